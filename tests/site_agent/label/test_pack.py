"""The English data pack, and packs that are wrong."""

import pytest

from protos.statistics_pb2 import Observation
from site_agent.label import pack
from site_agent.label.automaton import nodes
from site_agent.label.pack import Kind, PackError, expand, load


def test_phrase_is_expanded_over_alternatives_and_options() -> None:
    assert set(expand("?left|right pleural effusion|fluid")) == {
        (*side, "pleural", what)
        for side in ((), ("left",), ("right",))
        for what in ("effusion", "fluid")
    }


@pytest.mark.parametrize("phrase", ["nodule | mass", "nodule| mass", "? nodule"])
def test_phrase_with_a_bar_that_joins_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(PackError, match="without a space"):
        list(expand(phrase))


@pytest.mark.parametrize("phrase", ["~ seen", "not ~", "~~"])
def test_slot_for_adverbs_at_an_end_is_refused(phrase: str) -> None:
    with pytest.raises(PackError, match="between words"):
        list(expand(phrase))


def test_every_observation_but_no_finding_can_be_found() -> None:
    found = {
        observation
        for node in nodes(load("en").root)
        for meaning in node.meanings
        if meaning.kind is Kind.FINDING
        for observation in meaning.observations
    }
    assert found == set(Observation.values()[2:])


def test_every_kind_of_phrase_is_in_the_pack() -> None:
    kinds = {m.kind for node in nodes(load("en").root) for m in node.meanings}
    assert kinds == set(Kind) - {Kind.UNFOUND, Kind.SUBJECT}


def test_no_phrase_is_empty() -> None:
    assert load("en").root.meanings == ()


def test_language_without_a_pack() -> None:
    with pytest.raises(FileNotFoundError):
        load("tlh")


@pytest.mark.parametrize(
    "tables",
    [
        {"findings": {"GOUT": ["gout"]}, "organs": {}, "nothing": {"all": []}},
        {
            "findings": {},
            "organs": {},
            "nothing": {"all": []},
            "states": {},
            "cues": {"whisper": ["psst"]},
        },
    ],
)
def test_pack_that_names_what_does_not_exist(
    tables: dict[str, dict[str, list[str]]],
) -> None:
    with pytest.raises(PackError):
        list(pack._phrases(tables))
