"""Names that show by a title or by the words beside them."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.name_runs import name_run
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.persons import find_persons
from site_agent.deidentify.text.scrub import scrub


def named(text: str) -> list[str]:
    page = open_page(text)
    runs = {run for run, _ in find_persons(page)}
    return [
        text[page.starts[first] : page.ends[end - 1]] for first, end in sorted(runs)
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dr. Weber saw it", "Weber"),
        ("DR WEBER SAW it", "WEBER"),
        ("Dear Doctor quandtmeier, thank you", "quandtmeier"),
        ("dr. van der Berg", "van der Berg"),
        ("Herrn Prof. Dr. med. Klaus-Dieter Roth", "Klaus-Dieter Roth"),
        ("Sra. de la Cruz", "de la Cruz"),
        ("M. Petit", "M. Petit"),
        ("MUDr. Dvořáková", "Dvořáková"),
        ("Dott.ssa Rossi", "Rossi"),
        ("Mme Le Roux a", "Le Roux"),
        ("Il sig. Costa prosegue", "Costa"),
        ("née PETIT le 3", "PETIT"),
        ("geb. Klein", "Klein"),
        ("Dres. Paz informados", "Paz"),
        ("discussed with the referring physician John Doe", "John Doe"),
        ("Patientens maka Maria af Ekman är här", "Maria af Ekman"),
        ("Clear. Kurz will return", "Kurz"),
        ("No change. Ward will return", "Ward"),
        ("seen by Dr. Las and others", "Las"),
        ("Seen by Dr. M. The film is clear", "M"),
        ("seen by Dr. K. Las, MD", "K. Las"),
        ("THE PATIENT'S SON, JANUS WHITE, WAS THERE", "JANUS WHITE"),
        ("Name corrected from Quirino Moreno to another", "Quirino Moreno"),
    ],
)
def test_name_is_found(text: str, name: str) -> None:
    assert named(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Seen by the doctor. Heart normal.",
        "14 Fr. Left tube",
        "The team was informed",
        "Dr. No change",
        "discussed with the team",
        "M tuberculosis",
        "Patient will return",
    ],
)
def test_no_name_is_found(text: str) -> None:
    assert named(text) == []


def test_run_ends_on_its_line_and_before_words_that_are_no_name() -> None:
    assert name_run(open_page("Anna Weber\nHeart"), 0) == 2
    assert name_run(open_page("Anna Weber The film"), 0) == 2
    assert name_run(open_page("nobody"), 0) == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the lungs are clear. signed by dr rousseau", "rousseau"),
        ("patient name: daniel ochieng", "daniel ochieng"),
        ("Signed by priya natarajan md", "priya natarajan"),
        ("het is van patiënt: jan van dijk", "jan van dijk"),
        ("mr ochieng should return", "ochieng"),
    ],
)
def test_name_with_small_letters_after_what_stands_before_names(
    text: str, name: str
) -> None:
    assert named(text) == [name]


@pytest.mark.parametrize(
    "text", ["the dr should return", "signed by the radiologist", "patient: no cough"]
)
def test_small_words_of_a_report_are_no_names(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Seen by the interpreter Bruno Field.", "Bruno Field"),
        ("Double read by S Foot on call.", "S Foot"),
        ("Discussed with the duty registrar Foot, S. at noon.", "Foot, S"),
        ("Escalated to Nurse Practitioner O. Foot.", "O. Foot"),
        ("Telefonisch an Oberärztin Marie Kurz weitergeleitet.", "Marie Kurz"),
        ("Prévenu l'interne Luc PETIT à midi.", "Luc PETIT"),
        ("Validé par Avril le lendemain.", "Avril"),
        ("Avisada la enfermera Rosa Seco.", "Rosa Seco"),
        ("Informata la figlia Chiara Testa.", "Chiara Testa"),
        ("Doorgebeld aan huisarts J.-P. Klein.", "J.-P. Klein"),
        ("Konsultowano z lekarzem rodzinnym Nowak, A. wczoraj.", "Nowak, A"),
        ("Avisada a enfermeira-chefe Rita Peito.", "Rita Peito"),
        ("Dottern Maja Grön var med.", "Maja Grön"),
        ("Foot, S. FRCR", "Foot, S"),
        ("Rust could not stand.", "Rust"),
    ],
)
def test_person_beside_a_role_or_a_relation_goes_whole(text: str, name: str) -> None:
    assert any(one.startswith(name) for one in named(text)), named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Befund vorab per E-Mail versandt.",
        "Geb.-Datum: unbekannt",
        "Sehr geehrte Frau Kollegin, besten Dank.",
        "CHEST PA ERECT",
        "PNEUMOTORAX PÅ 8 MM HÖGER.",
        "Images sent to PACS.",
        "The nurse practitioner was informed. Lungs clear.",
    ],
)
def test_rank_title_or_thing_in_the_place_of_a_person_stays(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Requested by MAJ T. Foot", "T. Foot"),
        ("Sehr geehrter Herr Kollege Fuss,", "Fuss"),
        ("Anforderung durch OÄ Fuss", "Fuss"),
        ("Ordered by: Foot, DO", "Foot"),
    ],
)
def test_rank_before_a_name_and_degree_behind_it_stay(text: str, name: str) -> None:
    assert set(named(text)) == {name}


def test_article_in_capitals_before_a_title_is_no_initial() -> None:
    text = "DISCUTIDO COM O DR. RUST. AVISADO O DR. EK."
    kept = scrub(text, KnownIdentifiers(), "pt").text
    assert kept == "DISCUTIDO COM O DR. [NAME]. AVISADO O DR. [NAME]."


def test_particle_before_a_word_of_medicine_begins_no_name() -> None:
    text = "Zuweisung Ihres Patienten zum Thoraxröntgen."
    assert scrub(text, KnownIdentifiers(), "de").text == text


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        ("en", "Clear. Both Gray and I agree.", "Clear. Both [NAME] and I agree."),
        ("en", "Clear. Krebs then saw him.", "Clear. [NAME] then saw him."),
        ("en", "Pieper's daughter rang.", "[NAME]'s daughter rang."),
        ("en", "THE PATIENT'S SON CAME.", "THE PATIENT'S SON CAME."),
        ("en", "Wegener's granulomatosis.", "Wegener's granulomatosis."),
        ("nl", "De dochter van okafor belde.", "De dochter [NAME] belde."),
        ("nl", "Vrouw van eenennegentig jaar.", "Vrouw van 90+ jaar."),
        ("pt", "A mulher de Nascimento veio.", "A mulher [NAME] veio."),
        ("sv", "Fru Banks bor ensam.", "Fru [NAME] bor ensam."),
        ("sv", "Signerat okafor i dag.", "Signerat [NAME] i dag."),
        ("en", "There is an ovoid density.", "There is an ovoid density."),
    ],
)
def test_person_is_named_by_a_relative_a_verb_or_a_signature(
    language: str, text: str, scrubbed: str
) -> None:
    assert scrub(text, KnownIdentifiers(), language).text == scrubbed
