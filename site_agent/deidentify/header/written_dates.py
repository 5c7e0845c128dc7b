"""Dates and numbers of persons as they are written into technical text.

A value that has one is not what it should be. Version numbers (``2.6.3.7``) and lists
of parameters are, so that not every row of digits counts.

Few texts have what every date has. What tells these from dates is compiled when the
first of them comes, since that takes longer than a film.
"""

from __future__ import annotations

import re
from functools import cache

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_FULL_DAY, _FULL_MONTH = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
# How months begin in eleven languages; `text.dates.MONTHS` takes long to import.
_BEGINNINGS = (
    "jan gen ene sty led feb fev lut uno mar mrz mrt maer maa brez apr avr abr kwi dub "
    "may mai mag mei maj kve jun jui giu cze cerv jul lug lip aug aou ago sie srp sep "
    "set wrz zari oct okt ott out paz rij nov lis dec des dez dic gru prosi"
)
_NAMED = f"(?:{'|'.join(_BEGINNINGS.split())})[a-z]{{0,10}}"
_BETWEEN = r"[-./_, ]{0,3}"

_MAY_BE_FIGURES = re.compile(r"\d{8}|\d[-./_, ]{1,2}\d")
_MAY_BE_NAMED = re.compile(
    r"\d[a-z]{0,2}[-./_, ]{0,3}[a-z]{3}|[a-z]{3}[-./_, ]{0,3}\d", re.IGNORECASE
)
_ONLY_A_DATE = re.compile(
    rf"{_YEAR}{_FULL_MONTH}{_FULL_DAY}"
    rf"|{_FULL_DAY}{_FULL_MONTH}{_YEAR}|{_FULL_MONTH}{_FULL_DAY}{_YEAR}"
)


@cache
def _figures() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\d)(?:{_YEAR}([-./_ ]?){_FULL_MONTH}\1{_FULL_DAY}"
        rf"|{_DAY}[-./]{_MONTH}[-./](?:{_YEAR}|\d\d)|{_MONTH}[-./]{_DAY}[-./]{_YEAR}"
        # With blanks, two figures may be anything: only a whole year makes it a date.
        rf"|{_DAY}[-./_, ]{{1,2}}{_MONTH}[-./_, ]{{1,2}}{_YEAR}"
        rf"|{_MONTH}[-./_, ]{{1,2}}{_DAY}[-./_, ]{{1,2}}{_YEAR}"
        rf"|{_FULL_DAY}{_FULL_MONTH}{_YEAR}|{_FULL_MONTH}{_FULL_DAY}{_YEAR})(?!\d)"
    )


@cache
def _named() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|er)?{_BETWEEN}{_NAMED}{_BETWEEN}"
        rf"(?:{_YEAR}|\d\d)(?!\d)"
        rf"|(?<![^\W\d_]){_NAMED}{_BETWEEN}"
        rf"(?:{_DAY}(?:st|nd|rd|th)?[-./_, ]{{1,3}})?{_YEAR}(?!\d)"
        rf"|(?<!\d){_YEAR}{_BETWEEN}{_NAMED}{_BETWEEN}{_DAY}(?!\d)",
        re.IGNORECASE,
    )


_NUMBER = re.compile(
    r"\d{6}"
    # 555 12 34 56: seven digits in groups
    r"|(?<![\d.])(?=\d(?:[ -]?\d){6})\d{1,4}(?:[ -]\d{2,4}){2,8}(?![\d.])"
    # MRN 76543
    r"|(?<![^\W\d_])(?:mrn|pid|pat|patient|acc|tel|phone)[ .:#_-]{0,3}\d{4}",
    re.IGNORECASE,
)


def is_a_date(number: str) -> bool:
    """Whether an integer or a decimal is a date and nothing else."""
    return _ONLY_A_DATE.fullmatch(number) is not None


def names_a_date(text: str) -> bool:
    """Whether a text has a date, in figures or with the name of a month."""
    return bool(
        (_MAY_BE_FIGURES.search(text) and _figures().search(text))
        or (_MAY_BE_NAMED.search(text) and _named().search(text))
    )


def names_a_number(text: str) -> bool:
    """Whether a text has a number of six digits, a telephone's or a labelled one."""
    return _NUMBER.search(text) is not None
