"""A study is labelled in the language of its report, else in the site's."""

from __future__ import annotations

from pathlib import Path

import pytest

from protos.statistics_pb2 import (
    AgeBand,
    Assertion,
    Indication,
    Observation,
    Sex,
    Vendor,
)
from site_agent.config import LANGUAGES
from site_agent.label.pack import languages
from site_agent.label.step import label
from site_agent.study import (
    CheckedStudy,
    DeidentifiedImage,
    DeidentifiedReport,
    DeidentifiedStudy,
    Facts,
    ScrubbedStudy,
    Technical,
    View,
)

FILM = DeidentifiedImage(
    "2.25.1", Path("x"), Technical("DX", View.PA, 9, 9, 12, True, Vendor.AGFA, False)
)
FACTS = Facts(
    AgeBand.AGE_40_49, Sex.FEMALE, 2021, Vendor.AGFA, "D1", Indication.ROUTINE_CHECK_UP
)


def study(findings: str, impression: str) -> ScrubbedStudy:
    report = DeidentifiedReport(findings, impression)
    whole = DeidentifiedStudy("S1", "P1", (FILM,), report, FACTS, ())
    return ScrubbedStudy(CheckedStudy(whole, report, FILM, (), ()), FILM, (), ())


@pytest.mark.parametrize(
    ("findings", "default"),
    [
        ("The heart is enlarged. There is no pleural effusion.", "de"),
        ("Das Herz ist vergrößert. Kein Pleuraerguss.", "en"),
        ("Cardiomégalie. Pas d'épanchement pleural.", "en"),
        ("Сердце увеличено. Плевральный выпот не определяется.", "en"),
    ],
)
def test_report_is_read_in_its_own_language(findings: str, default: str) -> None:
    labels = label(study(findings, ""), default).labels
    assert labels[Observation.CARDIOMEGALY] == Assertion.POSITIVE
    assert labels[Observation.PLEURAL_EFFUSION] == Assertion.NEGATIVE


def test_report_of_few_words_is_read_in_the_language_of_the_site() -> None:
    short = study("", "PTX 3 mm, RX")
    assert label(short, "en").labels[Observation.PNEUMOTHORAX] == Assertion.POSITIVE


def test_site_can_be_set_to_every_language_that_there_is_a_pack_for() -> None:
    assert sorted(LANGUAGES) == list(languages())
