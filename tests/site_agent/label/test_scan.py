"""The automaton takes the longest phrase, whatever it means."""

from site_agent.label.pack import Kind, load
from site_agent.label.scan import scan
from site_agent.label.sentences import sentences


def kinds(text: str) -> list[tuple[str, Kind]]:
    (words,) = sentences(text)
    return [
        (" ".join(w.text for w in words[hit.start : hit.end]), hit.kind)
        for hit in scan(words, load().root)
    ]


def test_longest_phrase_wins() -> None:
    assert kinds("no change") == [("no change", Kind.NO_DENIAL)]
    assert kinds("pericardial effusion") == [("pericardial effusion", Kind.NOTHING)]
    assert kinds("no effusion") == [("no", Kind.DENIAL), ("effusion", Kind.FINDING)]


def test_phrase_that_breaks_off_leaves_its_beginning() -> None:
    assert kinds("no significant effusion") == [
        ("no", Kind.DENIAL),
        ("effusion", Kind.FINDING),
    ]


def test_phrase_with_two_meanings_gives_two_hits() -> None:
    assert [kind for _, kind in kinds("hydropneumothorax")] == [Kind.FINDING] * 2


def test_unknown_words_give_nothing() -> None:
    assert kinds("lorem ipsum") == []
