"""Headings, signatures and people of letters in the consortium's languages."""

import pytest

from site_agent.deidentify.text.letter import (
    Section,
    people_of,
    section_of_field,
    sections_of,
)

FINDINGS, IMPRESSION = Section.FINDINGS, Section.IMPRESSION


@pytest.mark.parametrize(
    ("findings", "impression", "signature"),
    [
        ("FINDINGS:", "IMPRESSION:", "Signed: Dr. Anna Weber"),
        ("Findings:", "Impression:", "Electronically signed by Anna Weber, MD"),
        ("FINDINGS", "IMPRESSION", "Dictated by: Anna Weber"),
        ("**Findings:**", "**Impression:**", "Dr. Anna Weber"),
        ("Befund:", "Beurteilung:", "gez. Dr. Anna Weber"),
        ("BEFUND", "ZUSAMMENFASSUNG", "Mit freundlichen Grüßen"),
        ("Résultats :", "Conclusion :", "Signé : Dr Anna Weber"),
        ("Hallazgos:", "Conclusión:", "Firmado: Dra. Anna Weber"),
        ("Reperti:", "Conclusioni:", "Firma: Dott.ssa Anna Weber"),
        ("Bevindingen:", "Conclusie:", "Ondertekend door Anna Weber"),
        ("Fynd:", "Bedömning:", "Signerat: Anna Weber"),
        ("Nález:", "Závěr:", "Podpis: MUDr. Anna Weberová"),
        ("Opis:", "Wnioski:", "Podpis: lek. Anna Weber"),
        ("Achados:", "Conclusão:", "Assinado por Anna Weber"),
    ],
)
def test_sections_of_a_letter(findings: str, impression: str, signature: str) -> None:
    letter = (
        f"Hospital of Nowhere\nTel. 0123 456\n\n{findings} Heart normal.\n"
        f"Lungs: clear.\n\n{impression} No disease.\n\n{signature}\nPage 1 of 1"
    )
    if not findings.rstrip(" *").endswith(":"):
        letter = letter.replace(f"{findings} ", f"{findings}\n").replace(
            f"{impression} ", f"{impression}\n"
        )
    assert sections_of(letter) == {
        FINDINGS: "Heart normal.\nLungs: clear.",
        IMPRESSION: "No disease.",
    }


def test_letter_in_one_line() -> None:
    letter = (
        "INDICATION: Cough. FINDINGS: Clear. Impression: Normal. Signed: Dr. A. Weber"
    )
    assert sections_of(letter) == {FINDINGS: "Clear.", IMPRESSION: "Normal."}


def test_other_heading_ends_a_section() -> None:
    letter = "Impression: Normal.\nRecommendation: See Dr. Weber.\nFindings: Clear."
    assert sections_of(letter) == {FINDINGS: "Clear.", IMPRESSION: "Normal."}


def test_missing_section_is_empty() -> None:
    assert sections_of("FINDINGS: Clear.")[IMPRESSION] == ""
    assert sections_of("Heart normal. Lungs clear.") == {FINDINGS: "", IMPRESSION: ""}


def test_words_of_the_text_are_no_headings() -> None:
    text = "FINDINGS: These findings are stable: no change. In conclusion normal."
    assert sections_of(text)[FINDINGS] == text.removeprefix("FINDINGS: ")


def test_wrapped_line_that_begins_with_a_title_is_no_signature() -> None:
    text = "IMPRESSION: Discussed with\nDr. Weber by phone. No pneumothorax."
    assert "No pneumothorax" in sections_of(text)[IMPRESSION]


@pytest.mark.parametrize("line", ["Signed by Weber, Anna, M.D.", "Radiolog: Weber"])
def test_signature_after_a_line_without_a_full_stop(line: str) -> None:
    assert sections_of(f"IMPRESSION: Clear lungs\n{line}")[IMPRESSION] == "Clear lungs"


def test_repeated_section_is_joined() -> None:
    text = "FINDINGS: One.\nTechnique: PA.\nFINDINGS: Two."
    assert sections_of(text)[FINDINGS] == "One.\nTwo."


def test_rule_line_ends_a_section_but_not_under_a_heading() -> None:
    text = "FINDINGS\n--------\nClear.\n\nIMPRESSION: Normal.\n\n______\nHanna Vogt"
    sections = sections_of(text)
    assert sections[FINDINGS].endswith("Clear.")
    assert sections[IMPRESSION] == "Normal."


def test_field_of_a_section() -> None:
    text = "Normal.\nSigned: Dr. Weber"
    assert sections_of(text, first=IMPRESSION)[IMPRESSION] == "Normal."


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("findings", FINDINGS),
        ("Befund", FINDINGS),
        ("CONCLUSIÓN", IMPRESSION),
        ("impression_diagnostica", Section.OTHER),
        ("indication", Section.CONTEXT),
    ],
)
def test_field_by_its_name(name: str, section: Section) -> None:
    assert section_of_field(name) is section


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Patient: RUST, Margarita (F), born 1946", "RUST"),
        ("Zuweiser: Dr. Tilmann Dietz", "Dietz"),
        ("Referred by: Dr. M?ller", "M?ller"),
        ("Signed: Hanna Vogt", "Vogt"),
        ("discussed with Hanna Vogt, RN", "Vogt"),
        ("Frau van der Berg was told", "van der Berg"),
    ],
)
def test_people_of_a_letter(text: str, family: str) -> None:
    assert family in {name.family for name in people_of(text)}


def test_impersonal_text_names_nobody() -> None:
    text = "Patient: see above. Normal heart. Discussed with the team. Left lung clear."
    assert list(people_of(text)) == []


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        *(("Report", "Opinion"), ("Befundbericht", "Zusammenfassung")),
        *(("Compte rendu", "Avis"), ("Informe", "Juicio diagnóstico")),
        *(("Referto", "Giudizio"), ("Verslag", "Besluit")),
        *(("Opis badania", "Rozpoznanie"), ("Relatório", "Parecer")),
        ("Utlåtande", "Sammanfattning"),
    ],
)
def test_headings_of_other_hospitals(findings: str, impression: str) -> None:
    sections = sections_of(f"{findings}: a b c.\n{impression}: d e f.")
    assert sections[Section.FINDINGS] == "a b c."
    assert sections[Section.IMPRESSION] == "d e f."
