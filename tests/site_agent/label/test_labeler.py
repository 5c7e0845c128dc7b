"""The 14 labels, one phenomenon of radiologists' language at a time."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text, labeler
from site_agent.label.automaton import Node
from site_agent.label.labeler import mentions_in, mentions_in_report
from site_agent.label.scan import Hit, scan
from site_agent.label.sentences import LONGEST, texts_of

SHARED = Path(__file__).parents[4] / "shared/data/reports"
YES, NO, MAYBE = Assertion.POSITIVE, Assertion.NEGATIVE, Assertion.UNCERTAIN


def said(text: str) -> dict[str, Assertion.ValueType]:
    """Everything that is mentioned, without No Finding."""
    return {
        Observation.Name(observation): assertion
        for observation, assertion in label_text(text, "").items()
        if assertion != Assertion.NOT_MENTIONED
        and observation != Observation.NO_FINDING
    }


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Small left pleural effusion.", {"PLEURAL_EFFUSION": YES}),
        ("No pleural effusion.", {"PLEURAL_EFFUSION": NO}),
        (
            "No focal consolidation, pleural effusion, or pneumothorax.",
            {"CONSOLIDATION": NO, "PLEURAL_EFFUSION": NO, "PNEUMOTHORAX": NO},
        ),
        (
            "No pneumothorax, small left effusion.",
            {"PNEUMOTHORAX": NO, "PLEURAL_EFFUSION": YES},
        ),
        (
            "No pneumothorax with small effusion.",
            {"PNEUMOTHORAX": NO, "PLEURAL_EFFUSION": YES},
        ),
        (
            "No effusion is seen and atelectasis is present.",
            {"PLEURAL_EFFUSION": NO, "ATELECTASIS": YES},
        ),
        (
            "No consolidation but a nodule in the left apex.",
            {"CONSOLIDATION": NO, "LUNG_LESION": YES},
        ),
        ("Pneumothorax is not identified.", {"PNEUMOTHORAX": NO}),
        ("The effusion has resolved.", {"PLEURAL_EFFUSION": NO}),
        ("Interval resolution of edema.", {"EDEMA": NO}),
        ("No change in the left effusion.", {"PLEURAL_EFFUSION": YES}),
        ("No significant interval change in edema or effusion.",
         {"EDEMA": YES, "PLEURAL_EFFUSION": YES}),
        ("Pneumonia cannot be excluded.", {"PNEUMONIA": MAYBE}),
        ("Cannot exclude small effusion.", {"PLEURAL_EFFUSION": MAYBE}),
        ("Opacity may represent pneumonia.", {"LUNG_OPACITY": YES, "PNEUMONIA": MAYBE}),
        (
            "No focal opacity to suggest pneumonia.",
            {"LUNG_OPACITY": NO, "PNEUMONIA": NO},
        ),
        ("Atelectasis versus edema.", {"ATELECTASIS": MAYBE, "EDEMA": MAYBE}),
        ("Scarring or atelectasis.", {"LUNG_OPACITY": YES, "ATELECTASIS": MAYBE}),
        ("No nodules or masses.", {"LUNG_LESION": NO}),
        ("Heart size is normal.", {"CARDIOMEGALY": NO}),
        ("The heart is mildly enlarged.", {"CARDIOMEGALY": YES}),
        ("The heart is not enlarged.", {"CARDIOMEGALY": NO}),
        ("Heart size is borderline.", {"CARDIOMEGALY": MAYBE}),
        ("Borderline cardiomegaly.", {"CARDIOMEGALY": MAYBE}),
        ("Heart size upper limits of normal.", {"CARDIOMEGALY": NO}),
        (
            "Normal heart size and mediastinal contours.",
            {"CARDIOMEGALY": NO, "ENLARGED_CARDIOMEDIASTINUM": NO},
        ),
        ("Enlarged heart with clear lungs.", {"CARDIOMEGALY": YES}),
        ("Stable cardiomegaly with clear lungs.", {"CARDIOMEGALY": YES}),
        ("The aorta is enlarged. Heart unchanged.", {}),
        ("Widened mediastinum.", {"ENLARGED_CARDIOMEDIASTINUM": YES}),
        ("Old healed rib fracture.", {"FRACTURE": YES}),
        ("Fractures may not be demonstrated.", {}),
        ("Bilateral apical pleural thickening.", {"PLEURAL_OTHER": YES}),
        ("Pericardial effusion.", {}),
        ("Prior granulomatous disease. Calcified granuloma.", {}),
        ("History of pneumonia.", {}),
        ("Evaluate for pneumothorax.", {}),
        ("Previous pneumonia.", {}),
        (
            "Right hydropneumothorax.",
            {"PNEUMOTHORAX": YES, "PLEURAL_EFFUSION": YES},
        ),
        ("Nodular opacity.", {"LUNG_OPACITY": YES, "LUNG_LESION": YES}),
        ("Right PICC line tip in the SVC.", {"SUPPORT_DEVICES": YES}),
        ("Interval removal of the chest tube.", {"SUPPORT_DEVICES": NO}),
        ("Pulmonary vascular congestion.", {"EDEMA": YES}),
        (
            "A nodule is seen on the frontal view, not identified on the lateral view.",
            {"LUNG_LESION": YES},
        ),
        ("Lung markings are within normal limits.", {"LUNG_OPACITY": NO}),
    ],
)  # fmt: skip
def test_sentence(text: str, labels: dict[str, Assertion.ValueType]) -> None:
    assert said(text) == labels


def test_one_positive_mention_outweighs_the_others() -> None:
    labels = label_text("No effusion. Possible effusion.", "Small effusion.")
    assert labels[Observation.PLEURAL_EFFUSION] == YES


def test_doubt_outweighs_denial() -> None:
    labels = label_text("No pneumonia.", "Possible pneumonia.")
    assert labels[Observation.PNEUMONIA] == MAYBE


def test_no_finding_when_nothing_is_found_but_devices() -> None:
    labels = label_text("PICC in place. No effusion.", "Clear lungs.")
    assert labels[Observation.NO_FINDING] == YES
    assert labels[Observation.SUPPORT_DEVICES] == YES


@pytest.mark.parametrize("text", ["Cardiomegaly.", "Possible pneumonia."])
def test_a_finding_or_a_doubt_takes_no_finding_away(text: str) -> None:
    assert label_text(text, "")[Observation.NO_FINDING] == Assertion.NOT_MENTIONED


def test_every_observation_has_a_label() -> None:
    assert set(label_text("", "")) == set(Observation.values()[1:])


def test_evidence_names_phrase_cue_and_rule() -> None:
    text = "Lungs clear. No pleural effusion."
    (mention,) = mentions_in(text)
    assert text[mention.start : mention.end] == "pleural effusion"
    assert text[mention.cue_start : mention.cue_end] == "No"
    assert mention.rule == "denial"


@pytest.mark.parametrize(
    "text", ["Épanchement à gauche.", "Ré" * 3 + ". Épanchement", "É́ épanchement"]
)
def test_evidence_points_into_a_text_of_combining_marks(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    (mention,) = mentions_in_report(apart, "fr")
    assert mention.observation == Observation.PLEURAL_EFFUSION
    found = apart[mention.start : mention.end]
    assert unicodedata.normalize("NFC", found).lower() == "épanchement"


@pytest.mark.parametrize(
    ("text", "edema"),
    [
        ("No edema. Possible edema.", MAYBE),
        ("Possible edema. Edema.", YES),
        ("Vascular congestion.", YES),
        ("Vascular congestion. Possible congestion.", YES),
        ("Vascular congestion without edema.", MAYBE),
        ("Vascular congestion and perhaps edema.", MAYBE),
        ("Vascular congestion and edema, no alveolar edema.", YES),
    ],
)
def test_priority_of_assertions(text: str, edema: Assertion.ValueType) -> None:
    assert label_text(text, "")[Observation.EDEMA] == edema


@given(st.text())
def test_any_text_can_be_labelled(text: str) -> None:
    assert len(label_text(text, text)) == 14


@pytest.mark.parametrize(
    "unit", ["no ", "opacity or ", "Dr. ", "a ", "1. ", "\n", "heart ", "no edema, "]
)
def test_every_word_is_read_once_in_pieces_of_bounded_length(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work within a piece is bounded, so that all of it grows with the text alone."""
    read: list[int] = []

    def counted(texts: Sequence[str], root: Node) -> list[Hit]:
        read.append(len(texts))
        return scan(texts, root)

    monkeypatch.setattr(labeler, "scan", counted)
    pieces = []
    for times in (700, 7000):
        read.clear()
        labeler._reader.cache_clear()
        text = unit * times
        label_text(text, "")
        assert max(read, default=0) <= LONGEST
        assert sum(read) <= len(texts_of(text.lower()))
        pieces.append(len(read))
    labeler._reader.cache_clear()
    assert pieces[1] <= 12 * pieces[0] + 1  # cuts of pieces leave short ends


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/reports")
def test_published_examples_of_the_chexpert_labeler() -> None:
    with (SHARED / "chexpert_labeler_labeled_reports.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    value = {YES: "1.0", NO: "0.0", MAYBE: "-1.0", Assertion.NOT_MENTIONED: ""}
    agreed = total = 0
    for row in rows:
        for observation, assertion in label_text(row["Reports"], "").items():
            name = Observation.Name(observation).replace("_", " ").title()
            total += 1
            agreed += row[name] == value[assertion]
    assert agreed / total > 0.9
