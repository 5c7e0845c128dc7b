"""The cardiothoracic ratio: ``CTR 16/28``, ``cardiothoracic ratio is 58 %``.

The heart is enlarged where it takes more than half of the thorax's width on an upright
PA film, the threshold of Danzer (1919). Half itself says nothing, but ``< 0.5`` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from protos.statistics_pb2 import Observation
from site_agent.label.pack import Kind, Meaning
from site_agent.label.scan import Hit

_FARTHEST = 5  # words between the ratio's name and its number
_HALF = 0.5
_BELOW, _ABOVE = ("<", "\u2264"), (">", "\u2265")
_POSSIBLE = (0.25, 0.95)
_HEART = Meaning(Kind.ORGAN, (Observation.CARDIOMEGALY,))
_LARGE, _NORMAL = Meaning(Kind.ABNORMAL), Meaning(Kind.NORMAL)


def state_of_the_heart(texts: Sequence[str], name: Hit) -> list[Hit]:
    """Give the heart and, if there is a number, what it says of it."""
    heart = name._replace(meaning=_HEART)
    for place in range(name.end, min(name.end + _FARTHEST, len(texts))):
        value = _number(texts[place])
        if value is None:
            continue
        end = place + 1
        if texts[end : end + 1] == ["/"] and end + 1 < len(texts):
            end += 2
            value /= _number(texts[end - 1]) or 1.0
        value = value / 100 if value > 1 else value
        said = _said(value, texts[place - 1])
        if said is None or not _POSSIBLE[0] < value < _POSSIBLE[1]:
            break
        return [heart, Hit(name.end, end, said)]
    return [heart]


def _said(value: float, before: str) -> Meaning | None:
    """Tell what a ratio says, or one below or above of it."""
    if before in _BELOW:
        return _NORMAL if value <= _HALF else None
    if before in _ABOVE:
        return _LARGE if value >= _HALF else None
    if value == _HALF:
        return None
    return _LARGE if value > _HALF else _NORMAL


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if text[0].isdecimal() else None
