"""Which parts of a report are findings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_report, label_text
from site_agent.label.labeler import mentions_in_report
from site_agent.label.pack import load
from site_agent.label.sections import Section, findings_of


def kept(text: str) -> str:
    spans = findings_of(text, load("en").headings)
    return "|".join(text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clear lungs.", "Clear lungs."),
        ("", ""),
        (
            "FINDINGS: Clear.\nIMPRESSION: Normal.",
            "FINDINGS: Clear.|IMPRESSION: Normal.",
        ),
        (
            "Findings:\nClear.\n\nImpression:\nNormal.",
            "Findings:\nClear.|Impression:\nNormal.",
        ),
        (
            "FINDINGS\nClear.\nIMPRESSION\nNormal.",
            "FINDINGS\nClear.|IMPRESSION\nNormal.",
        ),
        ("**Findings:** Clear.", "Findings:** Clear."),
        ("Indication: pneumonia?\nFindings: Clear.", "Findings: Clear."),
        (
            "INDICATION: cough. FINDINGS: Clear. IMPRESSION: Normal.",
            "FINDINGS: Clear.|IMPRESSION: Normal.",
        ),
        ("Chest, two views. Old film. Findings: Clear.", "Findings: Clear."),
        (
            "Lungs are clear.\nIMPRESSION: Normal.",
            "Lungs are clear.|IMPRESSION: Normal.",
        ),
        ("History: edema.\n\nThe lungs are clear.", "The lungs are clear."),
        ("Findings: Edema. Comparison: none. Effusion.", "Findings: Edema.|Effusion."),
        ("Findings: Edema.\nComparison: None.\nOld film.", "Findings: Edema."),
        ("Findings: The following: a nodule.", "Findings: The following: a nodule."),
        ("Lungs clear IMPRESSION: Normal", "Lungs clear|IMPRESSION: Normal"),
        ("Technique: PA.\nHeart: Large.", "Heart: Large."),
        ("Findings:\nChest: Clear.", "Findings:|Chest: Clear."),
        ("FINDINGS: Clear. ADDENDUM: Nodule.", "FINDINGS: Clear.|ADDENDUM: Nodule."),
        ("Exam: Chest PA.\nFindings: Clear.", "Findings: Clear."),
        ("Clinical history/indication: Edema.\n\nClear.", "Clear."),
        ("History / Findings: Edema.", "History / Findings: Edema."),
        (
            "Indication: cough. ?edema\nThe lungs are clear. No effusion.",
            "The lungs are clear. No effusion.",
        ),
        (
            "Indication: productive cough for three days and a known\n"
            "COPD. The lungs are clear.",
            "The lungs are clear.",
        ),
        ("Indication: Edema.\nPleura/film: Clear.", "Pleura/film: Clear."),
    ],
)
def test_parts_that_are_findings(text: str, expected: str) -> None:
    assert kept(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Clinical details: cough. Report: {}",
        "Clinical details: cough.\nReport:\n{}",
        "Indication: cough. Results: {}",
        "INDICATION: cough\nNARRATIVE:\n{}",
        "INDICATION: cough\nXR CHEST:\n{}",
        "Indication: cough. Discussion: {}",
        "Indication: cough. Assessment: {}",
        "History: cough. CXR: {}",
        "EXAMINATION: CHEST PA. {}",
        "Exam: Chest X-ray 12/3/2024: {}",
        "ADDENDUM: There is a {}",
        "FINAL REPORT: {}",
        "COMPARISON: None. {}",
        "COMPARISON: None. {} IMPRESSION: As above.",
        "Comparison:\n\n{}",
        "Technique: Portable view because of\ncough.\n{}",
        "Indication: cough. {}",
        "Indication: cough\n{}",
        "Indication: cough.\n{}\nImpression: As above.",
        "Indication: cough. Some other words: {}",
        "Chest, two views.\nIndication: cough. {}",
    ],
)
def test_finding_under_no_heading_of_its_own_is_read(text: str) -> None:
    labels = label_report(text.format("Large left pneumothorax."))
    assert labels[Observation.PNEUMOTHORAX] == Assertion.POSITIVE
    assert labels[Observation.NO_FINDING] == Assertion.NOT_MENTIONED


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Klinische Angaben: Pneumonie. Röntgen Thorax: Pneumothorax links."),
        ("fr", "Indication : pneumopathie. Radio thorax : Pneumothorax gauche."),
        ("es", "Motivo: neumonía. Rx de tórax: Neumotórax izquierdo."),
        ("it", "Notizie cliniche: polmonite. Esame: Pneumotorace sinistro."),
        ("nl", "Indicatie: pneumonie. Uitslag: Pneumothorax links."),
        ("pl", "Wskazania: zapalenie płuc. Zdjęcie RTG: Odma lewostronna."),
        ("pt", "Indicação: pneumonia. Os seguintes aspectos: Pneumotórax à esquerda."),
        ("ru", "Показания: пневмония. Рентгенограмма: Пневмоторакс слева."),
        ("sv", "Klinisk fråga: pneumoni. Resultat: Pneumothorax vänster."),
    ],
)
def test_headings_of_the_examination_in_nine_languages(
    language: str, text: str
) -> None:
    labels = label_report(text, language)
    assert labels[Observation.PNEUMOTHORAX] == Assertion.POSITIVE
    assert labels[Observation.PNEUMONIA] == Assertion.NOT_MENTIONED


@pytest.mark.parametrize(
    "text",
    [
        "Indication: pneumonia",
        "Indication: Cough. Fever.",
        "Technique: PA view.",
        "XR CHEST:\n",
    ],
)
def test_report_of_which_nothing_was_read_has_not_even_no_finding(text: str) -> None:
    assert set(label_report(text).values()) == {Assertion.NOT_MENTIONED}
    assert set(label_text("", " \n").values()) == {Assertion.NOT_MENTIONED}


def test_empty_text_has_no_finding() -> None:
    assert label_report(" ")[Observation.NO_FINDING] == Assertion.POSITIVE


def test_what_is_asked_for_is_no_finding() -> None:
    labels = label_report("Indication: Pneumonia.\nFindings: No effusion.")
    assert labels[Observation.PNEUMONIA] == Assertion.NOT_MENTIONED
    assert labels[Observation.PLEURAL_EFFUSION] == Assertion.NEGATIVE


def test_evidence_lies_in_the_whole_text() -> None:
    text = "Indication: edema.\nFindings: No effusion. Nodule."
    first, second = mentions_in_report(text)
    assert text[first.start : first.end] == "effusion"
    assert text[first.cue_start : first.cue_end] == "No"
    assert text[second.start : second.end] == "Nodule"
    assert second.cue_start == -1


@given(st.text("Findings: \nIMPRESON.", max_size=80))
def test_parts_are_in_order_and_do_not_overlap(text: str) -> None:
    places = [p for span in findings_of(text, load("en").headings) for p in span]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


def test_language_without_headings_is_all_findings() -> None:
    assert findings_of("Findings: clear", {}) == [(0, 15)]
    assert findings_of("Befund: frei", {"befund": Section.FINDINGS}) == [(0, 12)]
