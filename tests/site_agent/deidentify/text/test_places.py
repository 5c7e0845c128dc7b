"""Names of hospitals that are words of medicine or of daily language too."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.places import find_houses
from site_agent.deidentify.text.scrub import scrub


def houses(text: str, language: str) -> list[str]:
    return [
        text[span.start : span.end] for span in find_houses(open_page(text, language))
    ]


@pytest.mark.parametrize(
    ("language", "house"),
    [
        ("en", "Parent Medical Center"),
        ("en", "Page Memorial Hospital"),
        ("en", "Raynaud General Hospital"),
        ("en", "St. June's Hospital"),
        ("it", "OSPEDALE MAGGIORE DI SAN COLOMBANO"),
        ("it", "Ospedale di Case Perrone"),
        ("es", "HOSPITAL NUESTRA SEÑORA DEL PINAR"),
        ("pl", "Szpital Miejski Kościerzyna"),
        ("fr", "Hôpital Francillon"),
        ("fr", "CLINIQUE DU BON SECOURS DE CHAUDET-DESSUS"),
    ],
)
def test_house_goes_with_all_words_of_its_name(language: str, house: str) -> None:
    assert houses(f"12: {house}.", language) == [house]


@pytest.mark.parametrize(
    ("language", "house"),
    [
        ("en", "Brackley and District NHS Foundation Trust"),
        ("en", "Guy's and St Olave's NHS Foundation Trust"),
        ("en", "Thornbury Lodge Nursing Home"),
        ("en", "The Royal Infirmary of Dunmore"),
        ("en", "Hollybank Surgery"),
        ("en", "Ludlow Regional Chest Clinic"),
        ("en", "Methodist Medical College East Farley"),
        ("de", "MVZ Radiologie Bad Ems"),
        ("de", "Pneumologische Gemeinschaftspraxis Dr. Seidl & Kollegen"),
        ("de", "Klinikum Aue gGmbH"),
        ("fr", "Centre d'imagerie médicale du Vallon"),
        ("fr", "Maison de retraite Les Glycines"),
        ("fr", "CLINIQUE SAINTE-ODILE"),
        ("es", "Centro de Salud Alcaudete"),
        ("es", "Hospital Dr. Lacruz"),
        ("it", "A.O.U. Bellini - Torri"),
        ("it", "Casa di Cura Villa Erbosa"),
        ("nl", "AZ Sint-Rembert"),
        ("nl", "Diagnostisch Centrum Houten"),
        ("pl", "Szpital nr 2 w Mysłowicach"),
        ("pl", "Zespół Opieki Zdrowotnej w Oświęcimiu"),
        ("pt", "Unidade de Saúde Familiar Mourão"),
        ("pt", "ULS Tavira"),
        ("sv", "S:t Görans sjukhus"),
        ("sv", "Aleris Röntgen Motala"),
    ],
)
def test_house_goes_whole_with_the_generic_words_of_its_name(
    language: str, house: str
) -> None:
    assert houses(f"({house}), 12.", language) == [house]


def test_town_after_a_comma_belongs_to_the_house() -> None:
    text = "Films from Orion Hospital, East Farley, and here."
    assert houses(text, "en") == ["Orion Hospital, East Farley"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Department of Radiology. A nursing home resident."),
        ("en", "Review in Mr Ashe's clinic in two weeks."),
        ("en", "Post surgery. Cardiac Surgery. Previous Surgery."),
        ("de", "Zentrum für Bildgebende Diagnostik"),
        ("de", "Klinik für Radiologie und Nuklearmedizin"),
        ("fr", "MÉDIASTIN FIN ET CENTRÉ."),
        ("es", "Hospital de referencia. Centro de salud."),
        ("it", "Studio radiologico del torace. Casa di cura."),
        ("pl", "Klinika Chorób Płuc. Dom opieki."),
    ],
)
def test_department_and_house_without_a_proper_part_stay(
    language: str, text: str
) -> None:
    assert houses(text, language) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Transferred to the University Medical Center."),
        ("en", "Admitted to the general hospital."),
        ("en", "HEART NORMAL. HOSPITAL COURSE."),
        ("de", "Aus der Thoraxchirurgischen Klinik."),
        ("fr", "Cardiomégalie. Hôpital de jour."),
    ],
)
def test_house_without_a_name_stays(language: str, text: str) -> None:
    assert houses(text, language) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Treated at Quarrington Royal Hospital for Wegener granulomatosis.", "for W"),
        ("Seen at Quarrington Cancer Institute for a chest film.", "for a chest film"),
    ],
)
def test_house_ends_before_what_it_was_for(text: str, kept: str) -> None:
    done = scrub(text, KnownIdentifiers(), "en").text
    assert kept in done
    assert "Quarrington" not in done


def test_adjective_of_an_eponym_is_a_name_before_a_house() -> None:
    assert houses("1. Löfgrenska sjukhuset", "sv") == ["Löfgrenska sjukhuset"]


def test_word_that_calls_a_number_is_no_house() -> None:
    assert houses("51y, hosp no K-672161, req by", "en") == []


@pytest.mark.parametrize("end", ["", " ", "  ", " \n", "."])
def test_text_may_end_behind_half_of_a_town(end: str) -> None:
    text = f"seen at Government Medical College, North{end}"
    assert scrub(text, KnownIdentifiers(), "en").doubts == ()


@pytest.mark.parametrize("end", ["", " ", " & ", ", ", "' "])
@pytest.mark.parametrize(
    ("language", "begun"),
    [("pl", "Areszt Śledczy"), ("en", "Hardy Diagnostics"), ("es", "Centro Médico")],
)
def test_text_may_end_behind_a_word_for_a_house(
    language: str, begun: str, end: str
) -> None:
    scrubbed = scrub(begun + end, KnownIdentifiers(), language)
    assert all(0 <= span.start < span.end <= len(begun) for span in scrubbed.spans)
