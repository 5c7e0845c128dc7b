"""Content items and drawings: which stay, and what of them (PS3.15 E.3.3, E.3.4).

A content item is a name-value pair of a structured report or an acquisition context
(PS3.3 C.17.3). What stands in its value depends on its concept, and Table E.3.4-1 says
which concepts identify. What the table does not list is judged by its value type: words
are cleaned, names go, numbers and codes stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from site_agent.deidentify.header.denial import tags_named
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.profile import Action, load_profile
from site_agent.deidentify.header.treatment import Handling, Treatment

CONTENT_SEQUENCES = tags_named(
    """
    ContentSequence AcquisitionContextSequence SpecimenPreparationSequence
    WaveformAnnotationSequence
    """
)
"""The sequences that Clean Structured Content cleans instead of replacing."""

VALUE_TYPE = 0x0040A040
CONCEPT_NAME = 0x0040A043
MEASURED_VALUE, UNITS = 0x0040A300, 0x004008EA
CODE_VALUE, CODING_SCHEME = 0x00080100, 0x00080102

GRAPHIC_OBJECT_SEQUENCE, GRAPHIC_TYPE = 0x00700009, 0x00700023
SHAPES = frozenset(("POINT", "CIRCLE", "ELLIPSE"))
"""Graphic Type (PS3.3 C.10.5.1.2) of drawings that cannot be handwriting."""

_TEXT, _UID, _NUMBER = 0x0040A160, 0x0040A124, 0x0040A30A
_NAMES = frozenset(("PNAME", "TABLE"))
_TIMES = frozenset(("DATE", "TIME", "DATETIME"))
_SUBJECT_AGE = ("121033", "DCM", "NUM")
_YEARS = "a"  # UCUM


class Item(NamedTuple):
    """What has to be known of a content item; empty where it does not say.

    `units` is the code of the units of its measured value.
    """

    value_type: str
    code: str
    scheme: str
    units: str


Special = Mapping[int, Treatment]
"""Treatments of an item's attributes that differ from those elsewhere."""

NOTHING_SPECIAL: Special = {}


def special(item: Item, options: Options) -> Special | None:
    """Give what is special about the attributes of a content item; None: it goes."""
    return _special(item, options.chosen)


@cache
def _special(item: Item, chosen: frozenset[Option]) -> Special | None:
    key = (item.code, item.scheme, item.value_type)
    rule = load_profile().content.get(key)
    if rule is None:
        if item.value_type in _NAMES:
            return None
        if item.value_type in _TIMES and Option.MODIFIED_DATES not in chosen:
            return None
        return {_TEXT: _text(Handling.WORDS, Action.CLEAN)}
    said = {rule.options.get(option) for option in chosen}
    if said == {None} or not said:
        return None if rule.basic == "X" else _dummies()
    if key == _SUBJECT_AGE:
        age = Treatment(("DS",), Handling.AGE, Action.CLEAN, Action.EMPTY)
        return {_NUMBER: age} if item.units == _YEARS else None
    if "K" in said:
        uid = Treatment(("UI",), Handling.RETAIN, Action.KEEP, Action.DUMMY)
        return {_TEXT: _text(Handling.RETAIN, Action.KEEP), _UID: uid}
    return {_TEXT: _text(Handling.WORDS, Action.CLEAN)}


def _dummies() -> Special:
    # Dates, times and names have their own rows; UIDs and references get new UIDs.
    return {_TEXT: _text(Handling.GO, Action.DUMMY)}


def _text(handling: Handling, action: Action) -> Treatment:
    # An item without its value would be no item.
    return Treatment(("UT",), handling, action, Action.DUMMY)
