"""What the labeler reads in a text, mention by mention."""

from __future__ import annotations

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.labeler import mentions_in

_VALUES = {Assertion.POSITIVE: "1", Assertion.NEGATIVE: "0", Assertion.UNCERTAIN: "?"}


def said(
    text: str, language: str, observation: Observation.ValueType | None = None
) -> str:
    """Give ``1``, ``0`` or ``?`` for each mention, in the order of the text.

    With an observation, only for mentions of it.
    """
    found = (
        mention
        for mention in mentions_in(text, language)
        if observation in (None, mention.observation)
    )
    ordered = sorted(found, key=lambda mention: mention.start)
    return "".join(_VALUES[mention.assertion] for mention in ordered)
