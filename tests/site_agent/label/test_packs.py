"""The gold of every language: sentences as dictated, and the labels they must get.

A line of ``gold/LANGUAGE.jsonl`` is ``{"text": ..., "labels": {"Edema": 1.0}}`` with
CheXpert's names and 1.0, 0.0 and -1.0; what is not named must stay blank. No Finding is
compared where a line names it. ``"held": true`` marks the lines that were put aside
while the pack was written.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypedDict

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text
from site_agent.label.pack import load

GOLD = Path(__file__).parent / "gold"
PACKS = {
    pack.name.removesuffix(".toml")
    for pack in files("site_agent.label").iterdir()
    if pack.name.endswith(".toml")
}
LANGUAGES = sorted(PACKS - {"en"})
NAMES = {
    Observation.Name(observation).replace("_", " ").title(): observation
    for observation in Observation.values()[1:]
}
VALUES = {
    Assertion.POSITIVE: 1.0,
    Assertion.NEGATIVE: 0.0,
    Assertion.UNCERTAIN: -1.0,
}
DEVICES, NO_FINDING = "Support Devices", "No Finding"
RIGHT = 0.98  # of the sentences, in every label


class Sentence(TypedDict, total=False):
    """A line of the gold."""

    text: str
    labels: dict[str, float]
    held: bool


@cache
def gold(language: str) -> tuple[Sentence, ...]:
    lines = (GOLD / f"{language}.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line)


def given(sentence: Sentence, language: str) -> dict[str, float]:
    """Give the labels that are not blank, and No Finding where the gold names it."""
    labels = label_text(sentence["text"], "", language)
    return {
        name: VALUES[labels[observation]]
        for name, observation in NAMES.items()
        if labels[observation] in VALUES
        and (name != NO_FINDING or name in sentence["labels"])
    }


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_sentences_get_the_labels_of_the_gold(language: str) -> None:
    sentences = gold(language)
    wrong = [
        f"{sentence['text']}  wanted {sentence['labels']}, got {labels}"
        for sentence in sentences
        if (labels := given(sentence, language)) != sentence["labels"]
    ]
    assert 1 - len(wrong) / len(sentences) >= RIGHT, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gold_is_large_enough_and_names_only_observations(language: str) -> None:
    sentences = gold(language)
    assert len({sentence["text"] for sentence in sentences}) >= 60
    for sentence in sentences:
        assert sentence["labels"].keys() <= NAMES.keys(), sentence["text"]
        assert set(sentence["labels"].values()) <= set(VALUES.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_gold_covers_every_observation_as_there_denied_and_doubted(
    language: str,
) -> None:
    said = {pair for s in gold(language) for pair in s["labels"].items()}
    assert {name for name, value in said if value == 1.0} == NAMES.keys()
    denied = {name for name, value in said if value == 0.0}
    assert denied == NAMES.keys() - {NO_FINDING}
    doubted = {name for name, value in said if value == -1.0}
    assert doubted >= NAMES.keys() - {NO_FINDING, DEVICES, "Pleural Other"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_is_a_preview_until_a_native_radiologist_has_read_it(
    language: str,
) -> None:
    assert load(language).status == "preview"
    assert load(language).language == language
