"""The automaton takes the longest phrase, whatever it means."""

from protos.statistics_pb2 import Observation
from site_agent.label.pack import Kind, load
from site_agent.label.scan import scan
from site_agent.label.sentences import texts_of


def kinds(text: str) -> list[tuple[str, Kind]]:
    texts = texts_of(text)
    return [
        (" ".join(texts[hit.start : hit.end]), hit.kind)
        for hit in scan(texts, load().root)
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


def test_phrase_of_two_observations_is_one_hit() -> None:
    (hit,) = scan(["hydropneumothorax"], load().root)
    assert set(hit.meaning.observations) == {
        Observation.PNEUMOTHORAX,
        Observation.PLEURAL_EFFUSION,
    }


def test_unknown_words_give_nothing() -> None:
    assert kinds("lorem ipsum") == []
