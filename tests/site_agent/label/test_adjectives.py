"""Words that doubt or deny on either side reach the right way, and no further."""

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.labeler import mentions_in

YES, NO, MAYBE = Assertion.POSITIVE, Assertion.NEGATIVE, Assertion.UNCERTAIN


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("ru", "Справа не выявлено инфильтратов, выпота.", [NO, NO]),
        ("ru", "Инфильтратов и выпота не выявлено.", [NO, NO]),
        ("ru", "Небольшой выпот слева, инфильтратов не выявлено.", [YES, NO]),
        ("ru", "Состояние после пневмонии, выпота не выявлено.", [NO]),
        ("ru", "Правое лёгкое: не выявлено инфильтратов.", [NO]),
        ("pl", "Złamań ani odmy nie wykazano.", [NO, NO]),
        ("de", "Erguss links, Infiltrat nicht auszuschließen.", [YES, MAYBE]),
        ("de", "Infiltrat oder Erguss nicht auszuschließen.", [MAYBE, MAYBE]),
        ("de", "Erguss links, Drainage entfernt.", [YES, NO]),
        ("de", "Fraglicher Erguss.", [MAYBE]),
        ("de", "Erguss fraglich.", [MAYBE]),
        ("fr", "Pneumopathie probable.", [MAYBE]),
        ("de", "Infiltrat?", [MAYBE]),
        ("en", "Effusion (?) and nodule.", [MAYBE, YES]),
        ("en", "? pneumonia", [MAYBE]),
        ("en", "Nodule, ?fracture.", [YES, MAYBE]),
        (
            "en",
            "Effusion, nodule at the right apex behind the first rib?",
            [YES, MAYBE],
        ),
        ("de", "Herz vergr??ert, Erguss.", [YES]),
        ("de", "Frage nach Erguss, Fraktur?", []),
        ("en", "Effusion is difficult to exclude.", [MAYBE]),
        ("en", "The opacity is most likely mild atelectasis.", [YES, MAYBE]),
        ("en", "Nodule is suspected to be pneumonia.", [YES, MAYBE]),
        ("en", "Effusion is likely, atelectasis too.", [MAYBE, YES]),
        ("en", "It is difficult to exclude effusion.", [MAYBE]),
        ("en", "Effusion, pneumonia cannot be excluded.", [YES, MAYBE]),
        ("en", "Effusion, and pneumonia cannot be excluded.", [MAYBE, MAYBE]),
        ("en", "Effusion, nodule or edema is possible.", [MAYBE, MAYBE, MAYBE]),
        ("en", "Nodule +/- effusion, 5 +/- 1 mm.", [YES, MAYBE]),
        ("de", "Infiltrat \u00b1 Erguss.", [YES, MAYBE]),
    ],
)
def test_direction_of_a_cue(
    language: str, text: str, said: list[Assertion.ValueType]
) -> None:
    found = [
        mention.assertion
        for mention in mentions_in(text, language)
        if mention.observation != Observation.NO_FINDING
    ]
    assert found == said
