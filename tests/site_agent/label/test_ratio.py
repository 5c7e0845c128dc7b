"""The cardiothoracic ratio as a statement on the heart."""

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text
from site_agent.label.labeler import mentions_in

LARGE, NORMAL = Assertion.POSITIVE, Assertion.NEGATIVE
BLANK = Assertion.NOT_MENTIONED


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "CTR 16/28.", LARGE),
        ("en", "CTR 0.58", LARGE),
        ("en", "The cardiothoracic ratio is 60 %.", LARGE),
        ("en", "Cardiothoracic ratio measures approximately 45%.", NORMAL),
        ("en", "CTR 12/28.", NORMAL),
        ("en", "Cardiothoracic ratio > 0.5.", LARGE),
        ("en", "Cardiothoracic ratio is 0.5.", BLANK),
        ("en", "Cardiothoracic ratio > 0.4.", BLANK),
        ("fr", "ICT < 0,5.", NORMAL),
        ("nl", "CTR <50%.", NORMAL),
        ("en", "Cardiothoracic ratio 2019.", BLANK),
        ("en", "CTR 16/0.", BLANK),
        ("en", "CTR cannot be measured.", BLANK),
        ("en", "CTR is normal.", NORMAL),
        ("es", "Índice cardiotorácico aumentado.", LARGE),
        ("en", "CTR 16/", BLANK),
        ("de", "Herz-Thorax-Quotient 0,58.", LARGE),
        ("fr", "Index cardio-thoracique à 0,58.", LARGE),
        ("es", "Índice cardiotorácico de 0,58.", LARGE),
        ("it", "Indice cardio-toracico 0,58.", LARGE),
        ("nl", "Cor-thorax ratio 0,58.", LARGE),
        ("pl", "Wskaźnik sercowo-płucny 0,58.", LARGE),
        ("pt", "Índice cardiotorácico de 0,58.", LARGE),
        ("ru", "КТИ 58 %.", LARGE),
        ("sv", "Hjärt-thorax-kvot 0,58.", LARGE),
    ],
)
def test_heart_of_more_than_half_the_thorax_is_enlarged(
    language: str, text: str, expected: Assertion.ValueType
) -> None:
    labels = label_text(text, "", language)
    assert labels[Observation.CARDIOMEGALY] == expected


def test_number_is_part_of_the_evidence() -> None:
    text = "No effusion is seen; CTR is 16/28 cm."
    mention = list(mentions_in(text))[-1]
    assert text[mention.start : mention.end] == "CTR"
    assert text[mention.cue_start : mention.cue_end] == "is 16/28"
