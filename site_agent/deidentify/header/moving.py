"""Dates and times that move into the past (PS3.15 E.3.6, with modified dates).

Everything of one patient moves by the same time, so that intervals stay. Either that
is a number of days, and times of day go, since they would not change; or it is days and
a part of a day. Then a date and the time that belongs to it (``StudyDate``,
``StudyTime``) move as the one moment that they are, across midnight too. A date without
its time moves by the days alone: it may come out one day later than another with its
time.

A value keeps its precision. A zone goes, so that a moment is taken as the clock on the
wall showed it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from site_agent.deidentify.dictionary import attributes, tags
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pseudonym import Pseudonyms

_DAY = 86_400_000_000  # microseconds
_TIME = r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?"  # colons are old
_TM = re.compile(_TIME)
_DT = re.compile(rf"(\d{{8}})((?:{_TIME})?)(?:[+-]\d{{4}})?")


class Shift(NamedTuple):
    """How far a patient's dates move into the past.

    Attributes
    ----------
    days : int
        Whole days.
    part : int
        Microseconds beyond, less than a day; 0 where times of day go.
    """

    days: int
    part: int = 0


def shift_of(patient: str, pseudonyms: Pseudonyms, options: Options) -> Shift:
    """Give how far the dates of a patient move, given the patient's pseudonym."""
    days = pseudonyms.date_shift_days(patient)
    moves = "TM" in options.moving
    return Shift(days, pseudonyms.time_shift_microseconds(patient) if moves else 0)


@cache
def time_of(tag: int) -> int | None:
    """Give the TM attribute that belongs to a DA attribute; None where none does."""
    known = attributes()[tag]
    if known.vr != "DA":
        return None
    return tags().get(known.keyword.replace("Date", "Time"))


def moved(
    vr: str, values: Sequence[str], times: Sequence[str], shift: Shift
) -> list[str] | None:
    """Move the values of an attribute; None where one is no date or time.

    Parameters
    ----------
    vr : str
        DA, DT or TM.
    values : sequence of str
        As they were written.
    times : sequence of str
        Of a DA, the values of `time_of` beside it; each belongs to the date at its
        place if there are as many.
    """
    own = [value.strip(" \0") for value in values]
    clocks: list[int | None] = [None] * len(own)
    if vr == "DA" and shift.part and len(times) == len(own):
        clocks = [_clock(time.strip(" \0")) for time in times]
    pairs = zip(own, clocks, strict=True)
    try:
        if vr == "TM":
            return [_moved_time(value, shift) for value in own]
        if vr == "DT":
            return [_moved_moment(value, shift) for value in own]
        # 1993.08.22 is old
        return [_moved_date(day.replace(".", ""), at, shift) for day, at in pairs]
    except (ValueError, OverflowError):
        return None


def _moved_date(text: str, clock: int | None, shift: Shift) -> str:
    # A DA has no zone, and a DT's is dropped.
    day = dt.datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007
    crosses = clock is not None and clock < shift.part
    return (day - dt.timedelta(shift.days + crosses)).strftime("%Y%m%d").zfill(8)


def _moved_time(text: str, shift: Shift) -> str:
    clock = _clock(text)
    if clock is None or not shift.part:
        raise ValueError("no time that could move")
    seconds, fraction = divmod((clock - shift.part) % _DAY, 1_000_000)
    whole = f"{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}"
    digits = text.replace(":", "")
    point = f".{fraction:06}"[: len(digits) - 6] if "." in digits else ""
    return whole[: len(digits)] + point


def _moved_moment(text: str, shift: Shift) -> str:
    match = _DT.fullmatch(text)
    if match is None or not (shift.part and match[2]):
        return _moved_date(text[:8], None, shift)
    clock = _clock(match[2])
    return _moved_date(match[1], clock, shift) + _moved_time(match[2], shift)


def _clock(text: str) -> int | None:
    """Give a TM value in microseconds; a leap second counts as the second after it."""
    match = _TM.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(each or 0) for each in match.groups()[:3])
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    whole = (hours * 60 + minutes) * 60 + seconds
    return whole * 1_000_000 + int((match[4] or "").ljust(6, "0"))
