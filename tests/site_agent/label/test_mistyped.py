"""Words of findings with one wrong letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text
from site_agent.label.labeler import mentions_in
from site_agent.label.mistyped import Mistyped

WORDS = Mistyped(["pneumothorax", "effusion"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("efusion", "effusion"),
        ("efffusion", "effusion"),
        ("effudion", "effusion"),
        ("effusoin", "effusion"),
        ("effusions", "effusion"),
        ("effusion", "effusion"),
        ("pnuemothorax", "pneumothorax"),
        ("infusion", None),
        ("diffusion", None),
        ("effuso", None),
        ("", None),
    ],
)
def test_one_letter_is_forgiven_and_no_more(typed: str, meant: str | None) -> None:
    assert WORDS.meant(typed) == meant


@given(st.integers(0, 11), st.characters(categories=["Ll"]))
def test_any_wrong_letter_anywhere(at: int, letter: str) -> None:
    word = "pneumothorax"
    for typed in (
        word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1 :],
    ):
        assert WORDS.meant(typed) == word


@pytest.mark.parametrize(
    ("language", "text", "observation"),
    [
        ("en", "Cardiomegally is noted.", Observation.CARDIOMEGALY),
        ("en", "Bibasilar atelectisis.", Observation.ATELECTASIS),
        ("en", "Right lower consoli-\ndation.", Observation.CONSOLIDATION),
        ("de", "Pneumotorax links.", Observation.PNEUMOTHORAX),
        ("de", "Kardiomegallie.", Observation.CARDIOMEGALY),
        ("fr", "Athélectasie basale.", Observation.ATELECTASIS),
        ("es", "Neumotorrax derecho.", Observation.PNEUMOTHORAX),
        ("it", "Cardiomegallia.", Observation.CARDIOMEGALY),
        ("nl", "Pneumotorax rechts.", Observation.PNEUMOTHORAX),
        ("pl", "Kardiomegalja.", Observation.CARDIOMEGALY),
        ("pt", "Cardiomegália e pneumotorrax.", Observation.PNEUMOTHORAX),
        ("ru", "Пневматоракс справа.", Observation.PNEUMOTHORAX),
        ("sv", "Pneumotorax på höger sida.", Observation.PNEUMOTHORAX),
    ],
)
def test_mistyped_finding_is_found(
    language: str, text: str, observation: Observation.ValueType
) -> None:
    assert label_text(text, "", language)[observation] == Assertion.POSITIVE


@pytest.mark.parametrize("text", ["Right hemithorax.", "Confusion.", "An infusion."])
def test_another_word_is_not_taken_for_a_finding(text: str) -> None:
    assert not list(mentions_in(text))


def test_word_parted_at_the_end_of_a_line_keeps_its_place() -> None:
    text = "No pneumo-\n  thorax, follow-\nup."
    (mention,) = mentions_in(text)
    assert text[mention.start : mention.end] == "pneumo-\n  thorax"
    assert mention.assertion == Assertion.NEGATIVE
