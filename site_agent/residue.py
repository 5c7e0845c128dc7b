"""What may still identify in a text: a search for known identifiers.

It shares no finder with the steps that remove, only the spellings and the words, so
that a mistake there shows here. What counts is stated in `find_residue`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from site_agent.deidentify.text.dates import MONTHS
from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.deidentify.text.names import PersonName
from site_agent.deidentify.text.spelling import fold, spellings
from site_agent.deidentify.text.vocabulary import common_words, either, words

_SEPARATOR = r"[ ^,._/\\|;:+=\t'-]"
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
_LONG_PAIR, _SHORT_PAIR = 10, 5
_SHORTEST_ALONE = 5
_SHORTEST_PLACE = 8
_SHORTEST_UID = 10
_DUMMY_DATES = {dt.date(year, 1, 1) for year in (1800, 1900, 1901)}


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as written, folded (same length), and its letters and digits alone."""

    written: str
    folded: str
    bare: str


def find_residue(
    texts: Iterable[str], known: KnownIdentifiers, *, shortest_number: int = 6
) -> frozenset[str]:
    """Name the kinds of known identifiers that some text still has; empty when clean.

    What counts, so that clean texts pass:

    * ``name``: both halves in any order with up to three separators, or with none when
      they have ten letters together; initial and family name, both with capitals;
      a title and the family name; the family name alone from five letters on, unless it
      is a word of medicine or daily language or of the device's maker. A given name
      alone never counts. Accents and case do not matter; digraphs and ``?`` for lost
      letters are known.
    * ``date``: day, month and year of four digits, in figures or words of any language.
      1 January of 1800, 1900 and 1901 stands for no date.
    * ``number``: from `shortest_number` letters and digits on (one more if all are
      digits; eight if all are letters), with any separators; not inside a longer run of
      letters and digits, so not in a digest nor in a component of a UID.
    * ``uid``: from ten characters on, with no digit beside it.
    * ``place``: from eight characters on: whole, up to its first comma, or any part of
      several words. A town alone does not count.
    """
    found: set[str] = set()
    for written in filter(None, texts):
        folded = fold(written)
        text = _Text(written, folded, re.sub(r"[\W_]+", "", folded))
        if any(_has_name(text, name, known.common) for name in known.names):
            found.add("name")
        if any(_has_date(text, day) for day in known.dates - _DUMMY_DATES):
            found.add("date")
        if any(_has_number(text, number, shortest_number) for number in known.ids):
            found.add("number")
        if any(_has_uid(text, uid) for uid in known.uids):
            found.add("uid")
        if any(_has_place(text, place) for place in known.texts):
            found.add("place")
    return frozenset(found)


def _has_name(text: _Text, name: PersonName, common: frozenset[str]) -> bool:
    families = {part for part in name.families if part == name.family or len(part) > 3}
    for family in {form for part in families for form in spellings(part)}:
        if len(family) < 2 or family not in text.folded:
            continue
        alone = len(family) >= _SHORTEST_ALONE and family not in common_words() | common
        pattern = _name_pattern(family, name, alone)
        for match in pattern.finditer(text.folded):
            initial = match["initial"] or match["initial_after"]
            if not initial or _both_capital(text.written, match, initial):
                return True
    return False


def _both_capital(written: str, match: re.Match[str], initial: str) -> bool:
    start = match.start() if match["initial"] else match.end() - len(initial)
    family = match.start("family_1" if match["initial"] else "family_2")
    return written[start].isupper() and written[family].isupper()


@lru_cache(maxsize=4096)
def _name_pattern(family: str, name: PersonName, alone: bool) -> re.Pattern[str]:
    escaped = re.escape(family)
    forms = [f"{_BEFORE}(?:{_titles()})\\.? {{1,2}}{escaped}{_AFTER}"]
    for part in (" ".join(name.given), *name.givens):
        for given in filter(None, spellings(part)):
            forms += _pairs(family, given)
    initials = {fold(letter) for letter in name.initials if letter.isalpha()}
    letter = f"(?:{either(initials)})" if initials and len(family) > 2 else "(?!)"
    forms += (
        f"{_BEFORE}(?P<initial>{letter})[. ^_-]{{1,2}}(?P<family_1>{escaped}){_AFTER}",
        f"{_BEFORE}(?P<family_2>{escaped})[, ^]{{1,2}}"
        f"(?P<initial_after>{letter}){_AFTER}",
    )
    if alone:
        forms.append(f"{_BEFORE}{escaped}{_AFTER}")
    return re.compile("|".join(forms))


def _pairs(family: str, given: str) -> list[str]:
    one, two = re.escape(family), re.escape(given)
    letters = len(family) + len(given)
    if letters >= _LONG_PAIR:
        gap = f"{_SEPARATOR}{{0,3}}"
        return [f"{one}{gap}{two}", f"{two}{gap}{one}"]
    if letters < _SHORT_PAIR or len(given) < 2:
        return []
    gap = f"{_SEPARATOR}{{1,3}}"
    return [f"{_BEFORE}{a}{gap}{b}{_AFTER}" for a, b in ((one, two), (two, one))]


@cache
def _titles() -> str:
    return either(words("titles", "plain"))


def _has_date(text: _Text, day: dt.date) -> bool:
    return str(day.year) in text.folded and bool(_date_pattern(day).search(text.folded))


@lru_cache(maxsize=4096)
def _date_pattern(day: dt.date) -> re.Pattern[str]:
    y, m, d = f"{day.year}", f"0?{day.month}", f"0?{day.day}"
    month = either(word for word, number in MONTHS.items() if number == day.month)
    between = r"(?:[-/._ ]|\. )"
    separated = "|".join(
        between.join(order) for order in ((y, m, d), (d, m, y), (m, d, y))
    )
    time = r"(?:[0-2]\d[0-5]\d\d{0,12})?"
    return re.compile(
        rf"(?<!\d)(?:{separated}"
        rf"|(?:{day:%Y%m%d}|{day:%d%m%Y}){time}"
        rf"|{d}(?:st|nd|rd|th|er|\.)?[\s./-]{{0,2}}(?:de |of |d')?(?:{month})"
        rf"[\s./,-]{{0,3}}(?:de |del )?{y}"
        rf"|(?:{month})\.? ?{d}(?:st|nd|rd|th)?,? ?{y})(?!\d)"
    )


def _has_number(text: _Text, number: str, shortest: int) -> bool:
    runs = re.findall(r"\d+|[^\W\d_]+", fold(number))
    bare = "".join(runs)
    least = shortest + bare.isdigit() + 2 * bare.isalpha()
    if len(bare) < least or bare not in text.bare:
        return False
    if bare.isalpha() and bare in common_words():
        return False
    body = r"[\W_]{0,2}".join(
        "[ ./_-]?".join(run) if run.isdigit() else re.escape(run) for run in runs
    )
    return bool(re.search(f"{_BEFORE}{body}{_AFTER}", text.folded))


def _has_uid(text: _Text, uid: str) -> bool:
    if len(uid) < _SHORTEST_UID or uid not in text.folded:
        return False
    return bool(re.search(rf"(?<!\d){re.escape(uid)}(?!\d)", text.folded))


def _has_place(text: _Text, place: str) -> bool:
    first, *further = (part.strip() for part in re.split(r"[,\n]", place))
    parts = {place, first, *(part for part in further if len(part.split()) > 1)}
    for part in parts:
        told = re.findall(r"[^\W_]+", fold(part))
        if len("".join(told)) < _SHORTEST_PLACE or common_words().issuperset(told):
            continue
        if "".join(told) in text.bare:
            body = r"[\W_]{1,4}".join(map(re.escape, told))
            if re.search(body, text.folded):
                return True
    return False
