"""Dates as people write them: numbers in every usual order, months in many languages.

The same finder serves the text step, which replaces every date, and the audit, which
asks whether a date that was found is one that is known to identify.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from calendar import isleap
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from site_agent.deidentify.text.spelling import fold

# en de fr es it pt nl sv da pl cs, nominative and genitive, folded; and abbreviations.
_MONTH_WORDS = (
    "january januar janner janvier enero gennaio janeiro januari stycznia styczen "
    "ledna leden jan janv ene gen sty",
    "february februar feber fevrier febrero febbraio fevereiro februari lutego luty "
    "unora unor feb fev fevr lut",
    "march marz maerz mars marzo marco maart maa marts marca marzec brezna "
    "brezen mar mrz mrt",
    "april avril abril aprile kwietnia kwiecien dubna duben apr avr abr kwi",
    "may mai mayo maggio maio mei maj maja kvetna kveten mag",
    "june juni juin junio giugno junho czerwca czerwiec cervna cerven jun giu cze jui",
    "july juli juillet julio luglio julho lipca lipiec cervence cervenec jul juil lug "
    "lip",
    "august aout agosto augustus augusti sierpnia sierpien srpna srpen aug ago sie aou",
    "september septembre septiembre setiembre settembre setembro wrzesnia wrzesien "
    "zari sept sep set wrz",
    "october oktober octobre octubre ottobre outubro pazdziernika pazdziernik rijna "
    "rijen oct okt ott out paz",
    "november novembre noviembre novembro listopada listopad listopadu nov lis",
    "december dezember decembre diciembre dicembre dezembro desember grudnia grudzien "
    "prosince prosinec dec dez dic gru",
)
# Spellings with "?" where an old system could not write the accent.
_BROKEN_MONTHS = {"m?rz": 3, "mar?o": 3, "f?vrier": 2, "ao?t": 8, "d?cembre": 12}
MONTHS = {
    word: number
    for number, words in enumerate(_MONTH_WORDS, 1)
    for word in words.split()
} | _BROKEN_MONTHS
"""Folded month names and their usual abbreviations -> 1..12."""

# Polish writes ``2 maja 2000 r.`` and ``02.05.2000r.``.
_YEAR_AFTER = re.compile(r" ?r(?:\.|oku\b)")
_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii"
ROMAN = {numeral: number for number, numeral in enumerate(_NUMERALS.split(), 1)}
# Other words too in one of the languages: ``2 may be``, ``1 out of``, Polish ``maja``.
# They are months with a year, else where `worded` has reasons for it.
_OTHER_WORDS = frozenset(
    ("may", "out", "set", "mar", "ago", "sie", "lip", "mag", "maja", "marca", "marco")
)
_ALONE = [month for month in MONTHS if month not in _OTHER_WORDS]
# Before a day, without a year, only full names (``Gen 5``).
_FIRST_ALONE = [month for month in _ALONE if len(month) > 3 and month != "sept"]


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_M = rf"(?:{_either(MONTHS)})"
_M_ALONE = rf"(?:{_either(_ALONE)})"
_M_FIRST_ALONE = rf"(?:{_either(_FIRST_ALONE)})"
_D = r"(?:[12]\d|3[01]|0?[1-9])"
_Y = r"(?:1[89]|20)\d\d"
_NTH = r"(?:st|nd|rd|th|er|-?e?go|\.?[oaºª°](?=\s)|\.|:[ae])?"
_OF_YEAR = (
    r"des\s{1,3}jahres|del?\s{1,3}ano|de\s{1,3}l'annee|dell'anno|van|do\s{1,3}ano\s{1,3}de"
    r"|of\s{1,3}the\s{1,3}year"
)
_OF = rf"(?:\s{{0,3}}(?:of|de|del|d['e]|den|{_OF_YEAR})\s{{1,3}})?"
# ISO 8601 and DICOM join a time of day with a letter.
_CLOCK = r"t\d\d(?::?[0-5]\d){1,2}(?:[.,]\d{1,6})?(?:z(?![a-z])|[+-]\d\d:?\d\d)?(?!\d)"
_NO_UNIT = r"(?!\d|[.,](?!\d\d:\d\d)\d|\s?(?:mm|cm|ml|mg|%|x)(?![a-z]))"
_NO_TIME = r"(?![:.h]\d|\s?(?:uhr|h)\b)"

# What follows the first figure tells the two kinds apart: another figure, or a word.
_IN_FIGURES = rf"""
      (?P<iso_y>{_Y})(?P<iso_s>[-/._\ ])(?P<iso_m>\d\d?)(?P=iso_s)(?P<iso_d>\d\d?)
        (?:{_CLOCK}|(?!\d))
    | (?P<com_y>{_Y})(?P<com_m>\d\d)(?P<com_d>\d\d)
        (?:\d\d[0-5]\d(?:[0-5]\d)?(?:\.\d{{1,6}})?(?:[+-]\d{{4}})?|{_CLOCK})?(?!\d)
    | (?P<moc_d>\d\d)(?P<moc_m>\d\d)(?P<moc_y>{_Y})(?!\d)
    | (?P<num_a>\d\d?)(?P<num_s>\.\ ?|[-/_\ ]|\ [-/.]\ )(?P<num_b>\d\d?)(?P=num_s)
        (?:(?P<num_y>{_Y})(?!\d)|(?<!\d\ )'?(?P<num_yy>\d\d){_NO_UNIT}(?!(?P=num_s)\d))
    | (?P<mix_d>{_D})[/.](?P<mix_m>0?[1-9]|1[0-2])[\ -]{{1,2}}(?P<mix_y>{_Y})(?!\d)
    | {_D}\s?(?P<gap_s>[-/.])\s{{0,2}}{_D}\s?(?P=gap_s)\s{{0,2}}{_Y}(?!\d)
    | (?:0?[1-9]|1[0-2])[/.-]{_Y}(?![\d/.-]\d|\d)
    | {_Y}[/.-](?:0[1-9]|1[0-2])(?![\d/.-]\d|\d)
"""
_WITH_MONTH = rf"""
      (?P<wrd_d>{_D}){_NTH}[\s./-]{{0,4}}{_OF}(?P<wrd_m>{_M})[\s./,-]{{0,4}}{_OF}
        (?P<wrd_y>{_Y})(?!\d)
    | (?P<wrs_d>{_D}){_NTH}[ ./-]{{0,2}}(?P<wrs_m>{_M})[ ./-]{{0,2}}
        '?(?P<wrs_yy>\d\d){_NO_UNIT}{_NO_TIME}
    | (?P<yam_y>{_Y})[\s.,/-]{{1,2}}(?P<yam_m>{_M})[\s./-]{{1,2}}(?P<yam_d>{_D})(?!\d)
    | {_Y}[\s./-]{{1,2}}{_M_ALONE}(?![a-z?])
    | (?P<rom_d>{_D})[\s./-]{{1,2}}(?P<rom_m>{_either(ROMAN)})[\s./-]{{1,2}}
        (?:(?P<rom_y>{_Y})(?!\d)|'?\d\d(?![\d:]|[.,]\d|\s?(?:mm|cm|ml|mg|%|x)))
    | {_D}{_NTH}[\s./-]{{0,2}}{_OF}{_M_ALONE}(?![a-z?])
"""
# A full stop or a comma goes before a date where it ends a word or a time of day.
NO_DECIMAL = (
    r"(?:(?<![.,])|(?<=[^\W\d][.,])|(?<=[)\].,][.,])|(?<=:\d\d,)|(?<=\d,)(?=\d\d:\d))"
)
_NO_FIGURE_BEFORE = rf"(?<!\d){NO_DECIMAL}(?<!\d[-/])"


_FIRST_FIGURES = re.compile(f"{_NO_FIGURE_BEFORE}(?:{_IN_FIGURES})", re.VERBOSE)
_FIRST_DAY = re.compile(f"{_NO_FIGURE_BEFORE}(?:{_WITH_MONTH})", re.VERBOSE)
_MONTH_FIRST = rf"""
    (?:
      (?P<eng_m>{_M})(?:
          \.?\ ?(?P<eng_d>{_D})(?:st|nd|rd|th)?,?\ ?
            (?:(?P<eng_y>{_Y})|['\u2019]\d\d)(?!\d)
        | [.,/-]?\s?{_OF}{_Y}(?!\d)
        | \.?(?:\ ?['\u2019]|\ ?-|/)\d\d{_NO_UNIT}{_NO_TIME}
      )
    | {_M_ALONE}\.?\ 0\d{_NO_UNIT}{_NO_TIME}(?![a-z])
    | {_M_FIRST_ALONE}\ {_D}(?:st|nd|rd|th)?{_NO_UNIT}(?![a-z])
    | {_M_FIRST_ALONE}\ del?\ \d\d{_NO_UNIT}{_NO_TIME}(?![a-z])
    )
"""
_FIRST_MONTH = re.compile(_MONTH_FIRST, re.VERBOSE)


_DAY_OF_ANY_MONTH = re.compile(
    rf"(?<!\d){NO_DECIMAL}{_D}{_NTH}[\s./-]{{0,2}}{_OF}(?P<month>{_M})(?![a-z?])"
)
# What stands before the figures of vertebrae: ``T``, ``Th``, ``BWK``.
_LEVEL, _LONGEST_LEVEL = re.compile(r"(?<![a-z])(?:[a-z]|t[hs]|[bhl]wk?|sk)\Z"), 4
_WITHOUT_DAY = frozenset((None, "eng_m", "eng_d", "gap_s", "rom_m"))
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_DAY, _FEBRUARY = 29, 2
_NUMBERED = frozenset(("num_y", "num_yy"))
_FORMS = "iso_d com_d moc_y num_y num_yy mix_y wrd_y wrs_yy yam_d rom_y eng_y"
# The last group of a match -> the groups of its year, its month and its day.
_PARTS = {
    last: (
        last if last.endswith("y") else f"{last[:3]}_y",
        *(
            ("num_b", "num_a")
            if last[:3] == "num"
            else (f"{last[:3]}_m", f"{last[:3]}_d")
        ),
    )
    for last in _FORMS.split()
}


@cache
def _first_digit() -> re.Pattern[str]:
    either = f"{_NO_FIGURE_BEFORE}(?:{_IN_FIGURES}|{_WITH_MONTH})"
    return re.compile(either, re.VERBOSE)


@cache
def _first_month() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w?]){_MONTH_FIRST}", re.VERBOSE)


class FoundDate(NamedTuple):
    """A date in a folded text at ``[start, end)``.

    `days` are the days it may mean: two for ``03/04/2018``, none without a year.
    """

    start: int
    end: int
    days: tuple[dt.date, ...]


def find_dates(folded: str) -> Iterator[FoundDate]:
    """Find every date in a text that went through `fold`; they do not overlap.

    A run of numbers that can be no date (``45/67/2018``) is none. Measurements with
    their units, single years and relative times (``3 days earlier``) are none either.
    """
    end = 0
    for match in _merged(folded):
        if match.start() < end or _is_levels(match):
            continue
        found = _found(match)
        if found is not None:
            yield found
            end = found.end


def date_at(folded: str, start: int, *, in_figures: bool) -> int | None:
    """Give where the date ends whose first figure stands at `start`, if one does.

    `in_figures` says that another figure follows the first, else that a word does.
    """
    match = (_FIRST_FIGURES if in_figures else _FIRST_DAY).match(folded, start)
    if match is None or not _is_one(match) or _is_levels(match):
        return None
    return _end(match)


def date_from_month(folded: str, start: int) -> int | None:
    """Give where the date ends that begins with the name of a month at `start`."""
    match = _FIRST_MONTH.match(folded, start)
    return None if match is None or not _is_one(match) else _end(match)


def day_of_any_month(folded: str, start: int) -> tuple[int, int] | None:
    """Give where a word stands that is a month after the day at `start`, if it is one.

    It may be another word as well (``2 may be``): whoever asks decides.
    """
    match = _DAY_OF_ANY_MONTH.match(folded, start)
    return None if match is None else match.span("month")


def _found(match: re.Match[str]) -> FoundDate | None:
    if _is_one(match):
        return FoundDate(match.start(), _end(match), _days(match))
    return None


def _is_one(match: re.Match[str]) -> bool:
    """Whether this is a date; a full one must be of the calendar."""
    if match.lastgroup in _WITHOUT_DAY:
        return True
    year, month, day = _read(match)
    return _exists(year, month, day) or (
        _may_be_american(match) and _exists(year, day, month)
    )


def _end(match: re.Match[str]) -> int:
    end = match.end()
    if match.string.startswith((" r", "r."), end) and (
        year := _YEAR_AFTER.match(match.string, end)
    ):
        return year.end()
    return end


def dates_in(text: str) -> frozenset[dt.date]:
    """Every day that a text may mention."""
    folded = fold(unicodedata.normalize("NFC", text))
    return frozenset(day for found in find_dates(folded) for day in found.days)


def _merged(folded: str) -> list[re.Match[str]]:
    both = itertools.chain(
        _first_digit().finditer(folded), _first_month().finditer(folded)
    )
    return sorted(both, key=lambda match: (match.start(), -match.end()))


def _is_levels(match: re.Match[str]) -> bool:
    """Whether this is a run of vertebrae like T10-11-12."""
    if match.lastgroup != "num_yy":
        return False
    start = match.start()
    return (
        _LEVEL.search(match.string, max(0, start - _LONGEST_LEVEL), start) is not None
    )


def _days(match: re.Match[str]) -> tuple[dt.date, ...]:
    """Give the days that a match may mean."""
    if match.lastgroup in _WITHOUT_DAY:
        return ()
    year, *order = _read(match)
    orders = [order]
    if _may_be_american(match) and order[0] != order[1]:
        orders = sorted((order, order[::-1]))
    return tuple(
        dt.date(year, month, day) for month, day in orders if _exists(year, month, day)
    )


def _read(match: re.Match[str]) -> tuple[int, int, int]:
    """Give the year, and month and day in the order of most countries."""
    # The last group tells the form.
    written, said, day = match.group(*_PARTS[match.lastgroup or ""])
    year = int(written)
    if len(written) == 2:  # 1930 to 2029
        year += 1900 if year >= 30 else 2000
    month = int(said) if said.isdigit() else MONTHS.get(said) or ROMAN[said]
    return year, month, int(day)


def _may_be_american(match: re.Match[str]) -> bool:
    """Whether the month may stand before the day: in figures, with no full stops."""
    return match.lastgroup in _NUMBERED and "." not in match["num_s"]


def _exists(year: int, month: int, day: int) -> bool:
    """Whether a day is of the calendar; a number too high is of no month."""
    if not 0 < month < len(_DAYS) or not 0 < day <= _DAYS[month]:
        return False
    return day < _LEAP_DAY or month != _FEBRUARY or isleap(year)
