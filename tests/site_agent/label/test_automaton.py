"""Adverbs that may stand in a phrase."""

import pytest

from site_agent.label.automaton import Node, let_adverbs_stand, walk
from site_agent.label.pack import Kind, Meaning
from site_agent.label.scan import scan

ADVERBS = {"~": [("clearly",), ("in", "the", "film"), ("in", "fact")]}
PHRASES = {
    "not seen": Kind.DENIED,
    "not ~ seen": Kind.DENIED,
    "not clearly seen": Kind.DOUBTED,
    "not ~ seen before": Kind.NO_DENIAL,
    "not": Kind.NOT,
    "in the": Kind.WITHIN,
}


@pytest.fixture(scope="module")
def root() -> Node:
    root = Node()
    for phrase, kind in PHRASES.items():
        walk(root, phrase.split()).meanings = (Meaning(kind),)
    let_adverbs_stand(root, ADVERBS)
    return root


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("not seen", {"not seen": Kind.DENIED}),
        ("not in fact seen", {"not in fact seen": Kind.DENIED}),
        (
            "not clearly in the film seen",
            {"not clearly in the film seen": Kind.DENIED},
        ),
        ("not clearly clearly seen", {"not clearly clearly seen": Kind.DENIED}),
        ("not clearly seen before", {"not clearly seen before": Kind.NO_DENIAL}),
    ],
)
def test_any_number_of_adverbs_stands_in_a_phrase(
    root: Node, text: str, found: dict[str, Kind]
) -> None:
    assert said(root, text) == found


def test_phrase_that_names_the_adverb_goes_before(root: Node) -> None:
    assert said(root, "not clearly seen") == {"not clearly seen": Kind.DOUBTED}


def test_adverbs_that_lead_to_no_phrase_are_no_part_of_one(root: Node) -> None:
    assert said(root, "not clearly in the lung") == {
        "not": Kind.NOT,
        "in the": Kind.WITHIN,
    }


def test_adverbs_at_the_end_of_a_sentence_end_the_search(root: Node) -> None:
    assert said(root, "not in the") == {"not": Kind.NOT, "in the": Kind.WITHIN}


def said(root: Node, text: str) -> dict[str, Kind]:
    texts = text.split()
    return {" ".join(texts[h.start : h.end]): h.kind for h in scan(texts, root)}
