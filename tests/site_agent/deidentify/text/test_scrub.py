"""Whole reports: letterhead, text and signature, in wording of no one hospital."""

import itertools
import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_agent.deidentify.text.known import (
    KnownIdentifiers,
    identifiers_of_fields,
)
from site_agent.deidentify.text.scrub import scrub

NOTHING = KnownIdentifiers()

LETTERS = {
    "en": (
        "Larkfield Regional Hospital - X-ray Unit\n"
        "Pt: Ottoline Farquharson | Hosp no: 7733182 | DOB 3 May 1951\n"
        "Req by: Dr. B. Wing\n\n"
        "INDICATION: Cough for 3 days.\n"
        "FINDINGS: Kerley B lines. Swan-Ganz catheter, tip 4.2 cm above the carina. "
        "Compared with 12/28 no change. Discussed with Dr. Wing at 14:05.\n"
        "IMPRESSION: Compression of T8, no pneumothorax.\n\n"
        "Reported by Thaddeus Grimwood, FRCR, 4 May 2019. Ext. 5512",
        ["Ottoline", "Farquharson", "7733182", "1951", "Wing", "Grimwood", "5512"],
        ["Kerley B", "Swan-Ganz", "4.2 cm", "T8", "3 days", "no pneumothorax"],
    ),
    "de": (
        "Klinikum Wolfenach, Radiologie, Lindenallee 12, 34117 Wolfenach\n"
        "Pat.: Quandtmeier, Hildegund   geb. 04.11.1938   Fallnr.: 20198831\n"
        "Anforderung: Frau Dr. med. Zwickl\n\n"
        "Befund: Das Herz ist normal groß. Rundherd 12 mm, BWK 8 keilförmig. "
        "Kein Pleuraerguss. Kerley-B-Linien. Frau Quandtmeier wurde informiert.\n"
        "Beurteilung: Verdacht auf Pneumonie.\n\n"
        "Mit freundlichen Grüßen\nDr. Xaver Obermüllner",
        ["Quandtmeier", "Hildegund", "1938", "20198831", "Zwickl", "Obermüllner"],
        ["12 mm", "BWK 8", "Pleuraerguss", "Kerley-B", "Verdacht auf Pneumonie"],
    ),
    "fr": (
        "Centre Hospitalier de Brévaux, 14 rue des Tanneurs, 71330 Brévaux\n"
        "Patiente : Mme GUERLOTTE Apolline, née le 2 mars 1947\n\n"
        "Indication : toux depuis 3 jours.\n"
        "Résultats : Opacité basale gauche. Lignes de Kerley. Nodule de 8 mm.\n"
        "Conclusion : Foyer probable. Stable par rapport au 12/01/2018.\n\n"
        "Dr Barnabé Flochet, radiologue",
        ["GUERLOTTE", "Apolline", "1947", "2018", "Flochet", "Tanneurs"],
        ["Lignes de Kerley", "8 mm", "3 jours", "Opacité basale gauche"],
    ),
}


@pytest.mark.parametrize("language", LETTERS)
def test_letter_loses_its_people_and_keeps_its_medicine(language: str) -> None:
    text, gone, kept = LETTERS[language]
    scrubbed = scrub(text, NOTHING)
    assert [word for word in gone if word in scrubbed.text] == []
    assert [word for word in kept if word not in scrubbed.text] == []
    assert scrubbed.doubts == ()
    assert all(scrubbed.sections.values())


def test_sections_are_findings_and_impression_without_identifiers() -> None:
    scrubbed = scrub(LETTERS["en"][0], NOTHING)
    assert scrubbed.sections["impression"] == ("Compression of T8, no pneumothorax.")
    assert "[NAME]" in scrubbed.sections["findings"]


def test_spans_lie_in_the_text_and_do_not_overlap() -> None:
    text = LETTERS["de"][0]
    spans = scrub(text, NOTHING).spans
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    "written",
    ["Mueller-Thurgau", "MÜLLER-THURGAU", "Muller-Thurgau", "Thurgau", "Thurgua"],
)
def test_known_name_goes_in_every_spelling(written: str) -> None:
    known = identifiers_of_fields({"patient_name": "Müller-Thurgau^Ida"})
    text = f"FINDINGS: As {written} said, no effusion."
    assert written not in scrub(text, known).text


def test_unknown_capitalised_word_is_denied() -> None:
    text = "FINDINGS: As before Brzozowska notes a small effusion."
    assert "Brzozowska" not in scrub(text, NOTHING).text


def test_german_noun_after_an_article_is_no_name() -> None:
    text = "Befund: Das Herz ist normal. Keine Zwerchfellrelaxatio, der Gurkenwulst ist"
    assert "Gurkenwulst" in scrub(text, NOTHING).text


def test_ordinary_word_of_the_patients_name_stays_an_ordinary_word() -> None:
    text = "Patient: Heart, Rose\n\nFINDINGS: Heart size normal.\nIMPRESSION: Normal."
    scrubbed = scrub(text, NOTHING)
    assert "Heart size normal" in scrubbed.text
    assert "Rose" not in scrubbed.text


def test_age_over_89_is_banded_and_relative_time_stays() -> None:
    text = "INDICATION: 93-year-old woman.\nFINDINGS: New since 3 days earlier."
    assert scrub(text, NOTHING).text == (
        "INDICATION: 90+-year-old woman.\nFINDINGS: New since 3 days earlier."
    )


def test_script_that_is_not_read_is_a_doubt() -> None:
    scrubbed = scrub("FINDINGS: \u05d4\u05dc\u05d1 \u05ea\u05e7\u05d9\u05df.", NOTHING)
    assert [doubt.rule for doubt in scrubbed.doubts] == ["script-not-read"]


def test_long_figure_that_nobody_called_a_number_is_a_doubt() -> None:
    scrubbed = scrub("FINDINGS: Normal lung volumes. 48213", NOTHING)
    assert [doubt.rule for doubt in scrubbed.doubts] == ["figure-not-understood"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", ":", "Dr.", "Patient:", "?", "12"])
def test_hardly_any_text_is_scrubbed(text: str) -> None:
    assert len(scrub(text, NOTHING).text) <= len(text) + len("[NAME]")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aAZ.,:-'?/ \n\tDr1209|^@ßéİ\ufffd", max_size=80))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    known = identifiers_of_fields({"patient_name": "Aza^Dr", "patient_id": "A12-09"})
    spans = scrub(text, known).spans
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize(
    "text", ["1234-567", "\u0661\u0662-\u0660\u0663-2019", "5 \u00b2"]
)
@pytest.mark.parametrize("language", ["pt", "de", None])
def test_text_without_a_word_is_scrubbed(text: str, language: str | None) -> None:
    assert scrub(text, NOTHING, language).text


# A construct or two of each rule that looks at the next word, the next gap, or behind.
CONSTRUCTS = {
    "en": "Dr Orla X-ray. D/w S. Head, MD. Name: ROSE, GLENN has MRN A-47. 4C/2-2.",
    "de": "Geb.-Datum 3.IX. Dr. med. A. Rust-Ek, z.Hd. OA Bien, BWK 8-10. Zi. 3 Bett B",
    "fr": "Mme Y. Le Goff\u2013Cher, née en '31; CHU d'Elbe (05/12), vu par M. X-",
    "es": "C/ Mayor, 3, 28001 Elda. Dra. Á. de la O (J. 95) Día 3 u.s. 24/12 kl 05",
    "it": "Dott.ssa I. D'Alì, P.zza S. Lia 4/B (LI), l'8/11, ottobre 2 RSSNNA85T1",
    "nl": "Dhr. 't Hooft, J. van, kamer 3-1, 1234 AB Ede. PK/mk 12-3-'19, tst 45 /",
    "pl": "ul. Listopada 05/41, 65-401 Płońsk; lek. J. Las - Wąs, 2 maja 2000 r. 92 l.",
    "pt": "Lda. Paiva, R. do Poço, 9, r/c dto. Dr.ª I. Sá e Ó, utente 12 34 5 Q3",
    "sv": "S:t Görans, avd 3 säng 2, ÖL Å Ek/mk 8/11 -24. ssk Maj, 310512+1 Dikt: Y/ob",
}


@pytest.mark.parametrize("language", CONSTRUCTS)
def test_text_that_is_cut_off_anywhere_is_scrubbed(language: str) -> None:
    text = CONSTRUCTS[language]
    known = identifiers_of_fields({"patient_name": "R?st-Ek^Anna", "id": "A-47 12"})
    for at in range(len(text) + 1):
        for cut in (text[:at], f" {text[at:]}", text[:at].upper(), text[at:].title()):
            for told in (language, ""):
                spans = scrub(cut, known, told).spans
                assert all(0 <= span.start < span.end <= len(cut) for span in spans)


def test_capitals_at_the_end_are_none_before_a_number_at_the_beginning() -> None:
    assert scrub(" 265289 film A", NOTHING).text == " [ID] film A"


@pytest.mark.parametrize("text", ["Dr Orla X-", "Geb.-", "Name: QUANDT, GLENN "])
def test_text_that_ends_with_half_of_a_construct_is_scrubbed(text: str) -> None:
    assert "Orla" not in scrub(text, NOTHING).text
    assert "QUANDT" not in scrub(text, NOTHING, "nl").text


def test_date_in_figures_of_another_script_goes() -> None:
    written = "\u0661\u0662.\u0660\u0663.\u0662\u0660\u0661\u0669"  # 12.03.2019
    assert scrub(f"FINDINGS: Film of {written}.", NOTHING).text.endswith("of [DATE].")


def test_half_of_a_double_name_goes_whatever_word_it_is() -> None:
    text = "The patient's son, Jeffrey Chambers-Quandt, was present."
    assert scrub(text, NOTHING, "en").text == (
        "The patient's son, [NAME], was present."
    )


def test_name_of_another_place_in_the_letter_goes_everywhere() -> None:
    text = "Dr. Quandt asked.\nFINDINGS: Normal.\n\nIMPRESSION: as told by quandt."
    assert "uandt" not in scrub(text, NOTHING, "en").text


def test_a_text_twice_as_long_takes_twice_the_work() -> None:
    letter = (
        "Quarrington General Hospital\n"
        "Patient: Anna Hollis, DOB 3.2.1950, MRN 4711998\n"
        "Requested by Dr. Rose Lund on 3.4.2024, 12 Elm Street, Leeds LS1 4AB\n"
        "FINDINGS: No effusion. Heart 12 cm.\nIMPRESSION: Normal.\n"
        "Electronically signed: Anna Brook, MD 2024-04-03 12:30\n\n"
    )
    scrub(letter, KnownIdentifiers())  # what is read once is read

    def calls(text: str) -> int:
        counted = 0

        def count(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            scrub(text, KnownIdentifiers())
        finally:
            sys.setprofile(None)
        return counted

    assert calls(letter * 80) < 2.2 * calls(letter * 40)


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        ("es", "Informado por:\nMR Chamorro Mesa\n", "Informado por:\n[NAME]\n"),
        ("en", "Dear Dr MM Dumas, thanks", "Dear Dr [NAME], thanks"),
        ("nl", "Foto van J. De Maeyer, hier", "Foto van [NAME], hier"),
    ],
)
def test_initials_before_a_name_go_with_it(
    language: str, text: str, scrubbed: str
) -> None:
    assert scrub(text, KnownIdentifiers(), language).text == scrubbed
