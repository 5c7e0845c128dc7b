"""What is said of an organ binds to that organ."""

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text

YES, NO, MAYBE = Assertion.POSITIVE, Assertion.NEGATIVE, Assertion.UNCERTAIN
BLANK = Assertion.NOT_MENTIONED


@pytest.mark.parametrize(
    ("text", "heart", "mediastinum"),
    [
        ("Heart size is normal.", NO, BLANK),
        ("Heart size normal and lungs are clear.", NO, BLANK),
        ("Normal heart size and mediastinal contours.", NO, NO),
        ("Heart and mediastinum are within normal limits.", NO, NO),
        ("The heart is normal, and the mediastinum is widened.", NO, YES),
        ("The heart is enlarged but the mediastinum is normal.", YES, NO),
        ("The heart is not enlarged.", NO, BLANK),
        ("The heart may be enlarged.", MAYBE, BLANK),
        ("Neither the heart nor the mediastinum is enlarged.", NO, NO),
        ("No effusion, the heart is enlarged.", YES, BLANK),
        ("Heart size borderline.", MAYBE, BLANK),
        ("Heart size is top normal.", NO, BLANK),
        ("Normal to mildly enlarged heart.", MAYBE, BLANK),
        ("The heart is slightly large.", YES, BLANK),
        ("Increase in heart size.", YES, BLANK),
        ("Stable heart size.", BLANK, BLANK),
        ("The heart is shifted. The aorta is enlarged.", BLANK, BLANK),
        ("Lungs are normal.", BLANK, BLANK),
        ("Cardiomediastinal silhouette is unremarkable.", BLANK, NO),
    ],
)
def test_state_of_an_organ(
    text: str, heart: Assertion.ValueType, mediastinum: Assertion.ValueType
) -> None:
    labels = label_text(text, "")
    assert labels[Observation.CARDIOMEGALY] == heart
    assert labels[Observation.ENLARGED_CARDIOMEDIASTINUM] == mediastinum
