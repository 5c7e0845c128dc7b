"""What goes with a place that was found: house numbers, floors, flats, rooms, beds.

``Sarmiento 1177, depto. 3``, ``14 bis, avenue ...``, ``Travessa do Poço, 9, r/c dto``,
``Level 2, Tern Wing``, ``Curlew, Bed 14``, ``sala 7 łóżko 3``. A number alone beside a
name may be a size; so something has to say that the name is of a street or that
somebody lives there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import STREET
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, phrases, words

_NAMES = frozenset((Category.NAME, Category.PLACE))
_HOUSE = re.compile(
    r",? (?:n[.\u00ba\u00b0]{0,2} ?)?\d{1,5} ?(?:[a-z]|bis|ter|quater)?"
    r"(?:[/-]\d{1,4}[a-z]?)?(?![\w:]|[.,]\d|\s?[cm]?m\b|\s?(?:ml|%|jahre?|ans|lat|anni"
    r"|anos|years?|yo|y)\b)"
)
_UPPER = re.compile(r"\. ?(?:og|ug|stock|etage)\b|(?<= m)\. ?\d{1,4}(?!\w)")
_PHONE_NEXT = re.compile(r"[,;]? \(?(?:tel|telefon|tlf|phone|fon)\b")
_CLOSED = re.compile(r"[.,;)\n]|$| (?:in|en|te|a|i|w) ")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,/-])\d{1,4} ?(?:[a-z]|bis|ter|quater)?,? $")
_FARTHEST, _FARTHEST_WARD = 64, 40
# What tells at once that a figure may be near.
_FIGURE_AFTER = re.compile(r"[ ,.][^\d\n]{0,18}\d")
_ENDS_NUMBER, _SECOND = frozenset("0123456789,"), ("bis ", "ter ")
_SHORTEST_BEFORE = 4
_AFTER = frozenset(" ,./")
_LONGEST_NUMBER = 14
# A street's word before a name that is in no list for its full stop or its case.
_STREETS = frozenset(
    ("zza", "ulicy", "ulica", "ctra", "cra", "avda", "pza", "alei", "placu", "osiedlu")
) | frozenset(("za", "so", "go", "tv", "lgo", "bd"))


def find_beside_places(page: Page, spans: Iterable[Span]) -> Iterator[Span]:
    """Find what stands beside names and places, which are among `spans`."""
    named = [span for span in spans if span[2] in _NAMES]
    folded, rooms = page.folded, False
    for begun, end, _, rule in named:
        start, stop, room = begun, end, rule == "room"
        rooms = rooms or room
        if begun >= _SHORTEST_BEFORE and folded[begun - 1] == " ":
            start = _left(page, begun, rule)
        if folded[end : end + 1] in _AFTER:
            stop = _bed(page, end) if room else _right(page, begun, end)
        if start < begun or stop > end:
            yield Span(start, stop, Category.PLACE, "beside-place")
    if rooms:
        yield from _between_rooms(page, sorted(named))


def _between_rooms(page: Page, named: list[Span]) -> Iterator[Span]:
    """Join a room to the place before it: ``Curlew, Bed 14``."""
    link, longest = _link(), _longest_link()
    last = named[0]
    for span in named:
        near = span.rule == "room" and 0 < span.start - last.end <= longest
        if near and link.fullmatch(page.folded, last.end, span.start):
            yield Span(last.start, span.end, Category.PLACE, "between-rooms")
        if span.end > last.end:
            last = span


def _right(page: Page, start: int, end: int) -> int:
    """Give where the parts of an address end that follow the place ``[start, end)``."""
    at = end
    if not (_FIGURE_AFTER.match(page.folded, at) or page.folded[at - 1].isdigit()):
        return at
    house = _HOUSE.match(page.folded, at)
    if house is not None and _is_house(page, start, end, house.end()):
        at = house.end()
    if page.folded.startswith(".", at):
        upper = _UPPER.match(page.folded, at)
        at = at if upper is None else upper.end()
    while (flat := _flats().match(page.folded, at)) is not None:
        at = flat.end()
    return at


def _is_house(page: Page, start: int, end: int, stop: int) -> bool:
    """Whether a number up to `stop` is that of a house beside a name."""
    folded = page.folded
    if _flats().match(folded, stop) or _PHONE_NEXT.match(folded, stop):
        return True
    if _is_street(page, start, end):
        return True
    if not _CLOSED.match(folded, stop):
        return False
    return _is_lived_in(page, start)


def _is_lived_in(page: Page, start: int) -> bool:
    """Whether what stands before a place says that somebody lives there."""
    return _lives().search(page.folded, max(0, start - _FARTHEST), start) is not None


def _is_street(page: Page, start: int, end: int) -> bool:
    """Whether one of a name's words, or the word before it, is one of a street."""
    first = bisect_left(page.starts, start)
    last = bisect_left(page.starts, end, first)
    if any(kind & STREET for kind in page.kinds[first:last]):
        return True
    before = first - 1
    near = before >= 0 and start - page.ends[before] <= len(". ")
    return near and bool(page.folds[before] in _STREETS or page.kinds[before] & STREET)


def _left(page: Page, start: int, rule: str) -> int:
    """Give where the number of a street, or the floor of a house, begins before it."""
    folded = page.folded
    if rule == "room":
        ward = _wards().search(folded, max(0, start - _FARTHEST_WARD), start)
        return start if ward is None else ward.start()
    before = folded[start - 2]
    if folded[start].isdigit():
        floor = _floor_before().search(folded, max(0, start - _LONGEST_NUMBER), start)
        return start if floor is None else floor.start()
    if not (
        before in _ENDS_NUMBER
        or folded[start - 3] in _ENDS_NUMBER
        or folded.startswith(_SECOND, start - 4)
    ):
        return start
    if before == ",":
        level = _level_before().search(folded, max(0, start - 20), start)
        if level is not None:
            return level.start()
    near = max(0, start - _LONGEST_NUMBER)
    number = _NUMBER_BEFORE.search(folded, near, start)
    if number is None or not (rule == "street" or _is_lived_in(page, number.start())):
        return start
    return number.start()


def _bed(page: Page, at: int) -> int:
    """Give where a bed ends that is told by a letter or a thing: ``letto B``."""
    bed = _beds().match(page.folded, at)
    if bed is None:
        return at
    letter = page.text[bed.end() - 1]
    told = bed["letter"]
    return bed.end() if not told or letter.isupper() else at


@cache
def _flats() -> re.Pattern[str]:
    """Match a flat with a number or a letter, or one that needs none."""
    numbered = either(words("dwellings", "numbered"))
    sides, behind = (either(words("dwellings", entry)) for entry in ("sides", "behind"))
    floors = either(words("dwellings", "floors"))
    return re.compile(
        rf",? ?(?:(?:{numbered})\.? (?:n[.\u00ba\u00b0o]{{1,2}} ?)?"
        r"(?:\d{1,4}[a-z]?|[a-h])(?!\w)"
        r"|r/c(?: (?:dto|esq|dt|esqu)\b\.?)?"
        r"|\d{1,2}\.?[\u00ba\u00aa\u00b0oa](?!\w)\.? ?"
        rf"(?:[a-h](?!\w)|(?:{sides})\b\.?)?"
        rf"|\d{{1,2}}(?:\.|er|e|eme) (?:{floors})\b"
        rf"|(?:{behind})\b)"
    )


@cache
def _lives() -> re.Pattern[str]:
    lives = either(phrases("dwellings", "lives"))
    return re.compile(rf"(?:{lives})(?:[^.;\n]|(?<![a-z]{{4}})\.){{0,45}}$")


@cache
def _level_before() -> re.Pattern[str]:
    levels = either(words("dwellings", "levels") | words("dwellings", "buildings"))
    return re.compile(rf"(?<!\w)(?:{levels}) (?:\d{{1,3}}[a-z]?|[a-h]), $")


@cache
def _floor_before() -> re.Pattern[str]:
    """Match the same where its figure was found with the place: ``2, Tern Wing``."""
    levels = either(words("dwellings", "levels"))
    return re.compile(rf"(?<!\w)(?:{levels}) $")


@cache
def _beds() -> re.Pattern[str]:
    rooms = either(words("numbers", "rooms"))
    ends = either(words("dwellings", "ends"))
    return re.compile(
        rf"[ ,/]{{1,2}}(?:{rooms})[ .]{{1,2}}(?:(?P<letter>[a-h])|{ends})(?!\w)"
    )


@cache
def _wards() -> re.Pattern[str]:
    rooms = either(words("numbers", "rooms"))
    wards = either(words("dwellings", "wards"))
    return re.compile(
        rf"(?<!\w)(?:{wards})"
        rf"\.? ?\d{{1,2}}[a-z]?(?: est| ouest)?,? (?:{rooms})\.? ?$"
    )


@cache
def _link() -> re.Pattern[str]:
    rooms = either(words("numbers", "rooms"))
    return re.compile(rf"[ ,./-]{{1,3}}(?:{rooms})[ .:]{{0,2}}(?:nr\.? ?)?")


@cache
def _longest_link() -> int:
    return max(map(len, words("numbers", "rooms"))) + 10
