"""How each attribute is treated at its place, decided once for each way to be asked."""

from __future__ import annotations

from enum import Enum, auto
from functools import cache
from typing import NamedTuple

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.denial import is_denied
from site_agent.deidentify.header.encoding import TEXT
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.profile import (
    DENIED,
    Action,
    Profile,
    Rule,
    load_profile,
    resolve,
)
from site_agent.deidentify.header.values import CODE_ATTRIBUTES


class Handling(Enum):
    """What is done with a value before `Treatment.action` says what became of it."""

    GO = auto()
    """It goes, whatever it is; the action says what takes its place."""
    CHECK = auto()
    """It stays if it looks like what it should be (`values`)."""
    REPLACE_UID = auto()
    """UIDs get pseudonyms."""
    RETAIN = auto()
    """An option keeps it, if it is of its VR (`retaining`)."""
    MOVE = auto()
    """Dates move, and times of day where that is chosen (`moving`)."""
    WORDS = auto()
    """Harmless words of it stay (`descriptors`)."""
    STATION = auto()
    """Application entity titles get pseudonyms, so that they can be told apart."""
    AGE = auto()
    """A number of years, banded above 89."""


class Treatment(NamedTuple):
    """What the profile says of an attribute at its place.

    Attributes
    ----------
    vrs : tuple of str
        Its VRs in the data dictionary.
    handling : Handling
        What is done with its value. Sequences stay, and their items are treated, where
        it is anything but GO.
    action : Action
        What that is called in PS3.15 E.1.1.
    fallback : Action
        X, Z or D: what happens to it where nothing of its value can stay.
    """

    vrs: tuple[str, ...]
    handling: Handling
    action: Action
    fallback: Action


class Treatments(dict[tuple[int, int], Treatment]):
    """Treatments by (attribute, the sequence it stands in), computed when asked for."""

    def __init__(self, options: Options, iod: str | None) -> None:
        super().__init__()
        self._options, self._iod = options, iod
        self._profile = load_profile()

    def __missing__(self, place: tuple[int, int]) -> Treatment:
        tag, parent = place
        treatment = treat(self._profile, self._options, self._iod, tag, parent)
        self[place] = treatment
        return treatment


@cache
def treatments(options: Options, iod: str | None) -> Treatments:
    """Give the treatments for an information object; None where none is known."""
    return Treatments(options, iod)


def treat(
    profile: Profile,
    options: Options,
    iod: str | None,
    tag: int,
    parent: int,
) -> Treatment:
    """Decide how an attribute of the data dictionary is treated at its place."""
    chosen = options.chosen
    vr = attributes()[tag].vr
    vrs = tuple(vr.split(" or "))
    kind = profile.type_of(tag, iod=iod, parent=parent)
    denied = resolve(DENIED, kind)
    rule = profile.rules.get(tag)
    if tag in CODE_ATTRIBUTES and _is_kept(profile.rules.get(parent), chosen):
        # The code of a department or a device is a local one.
        return Treatment(vrs, Handling.RETAIN, Action.KEEP, denied)
    if rule is not None:
        basic = resolve(rule.basic, kind)
        if basic is Action.REPLACE_UID:
            treatment = Treatment(vrs, Handling.REPLACE_UID, basic, denied)
        else:
            treatment = Treatment(vrs, Handling.GO, basic, basic)
        handling = by_option(rule, vrs, options)
        if handling is None:
            return treatment
        action = Action.KEEP if handling is Handling.RETAIN else Action.CLEAN
        return Treatment(vrs, handling, action, treatment.fallback)
    if is_denied(tag, vr):
        return Treatment(vrs, Handling.GO, denied, denied)
    if vr == "UI" and Option.UIDS not in chosen:
        return Treatment(vrs, Handling.REPLACE_UID, Action.REPLACE_UID, denied)
    handling = Handling.RETAIN if vr == "UI" else Handling.CHECK
    return Treatment(vrs, handling, Action.KEEP, denied)


def by_option(rule: Rule, vrs: tuple[str, ...], options: Options) -> Handling | None:
    """Give what the chosen options do instead of a row's basic action; None: nothing.

    A date that one option keeps and another moves is moved.
    """
    rows = rule.options
    said = {option: rows[option] for option in options.chosen if option in rows}
    if said.pop(Option.MODIFIED_DATES, None) and not options.moving.isdisjoint(vrs):
        return Handling.MOVE
    if "K" in said.values():
        return Handling.RETAIN
    if not said:
        return None
    if vrs == ("AE",):
        return Handling.STATION
    return Handling.WORDS if vrs == ("SQ",) or vrs[0] in TEXT else None


def _is_kept(rule: Rule | None, chosen: frozenset[Option]) -> bool:
    return rule is not None and any(rule.options.get(each) == "K" for each in chosen)
