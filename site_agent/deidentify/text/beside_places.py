"""What goes with a place that was found: house numbers, floors, flats, rooms, beds.

``Sarmiento 1177, depto. 3``, ``14 bis, avenue ...``, ``Travessa do Poço, 9, r/c dto``,
``Level 2, Tern Wing``, ``Curlew, Bed 14``, ``sala 7 łóżko 3``. A number alone beside a
name may be a size; so something has to say that the name is of a street or that
somebody lives there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from string import ascii_letters

from site_agent.deidentify.text.lexicon import STREET
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, phrases, words

_NAMES = frozenset((Category.NAME, Category.PLACE))
_CODED = ("postcode", "state-and-code")
_LETTERED, _LONGEST_CODE = ("letterhead-figure", "address"), 8
_SHORTEST_ADDRESS, _LONGEST_ADDRESS = 12, 90
# A number, the street, and the town, between commas.
_ADDRESS_BEFORE = re.compile(
    r"\d(?<![\w.,/-]\d)\d{0,4}[A-Za-z]? (?:[A-Z\u00c0-\u00de][\w'\u2019.-]{0,20} ){0,3}"
    r"[A-Z\u00c0-\u00de][\w'\u2019.-]{0,20}, "
    r"(?:[A-Z\u00c0-\u00de][\w'\u2019-]{1,20}[ ,]{1,2}){1,4}$"
)
# When somebody was there: ``Regionalspital Villars (05/12)``, ``Hospital, en 11/00``.
_MONTH_BEHIND = re.compile(
    r"(?: in (?=\d)|(?:,? \(|, | in )(?:[a-z]{2} )?(?=\d{1,2}/\d\d(?:[).,;\n]|$)))"
    r"(?P<month>(?:0?[1-9]|1[0-2])/\d\d?)(?![\d/.]\d)"
)
_FARTHEST, _FARTHEST_WARD = 64, 40
# What tells at once that a figure may be near.
_FIGURE_AFTER = re.compile(r"[ ,.][^\d\n]{0,18}+\d")
_FIGURE = re.compile("[0-9]")
_ENDS_NUMBER = frozenset("0123456789,")
_SHORTEST_BEFORE = 4
_AFTER = frozenset(" ,./")
_LONGEST_NUMBER = 14


def find_beside_places(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """Find what stands beside names and places, which are among `spans`."""
    folded, rooms = page.folded, False
    for span in spans:
        begun, end, category, rule = span
        if (
            end - begun <= _LONGEST_CODE
            and rule in _LETTERED
            and page.text[end - 1].isupper()
        ):
            start = _before_code(page, begun)  # 4 Holm Loop, Ely, B1 8DY
            if start < begun:
                yield Span(start, end, Category.PLACE, "beside-place")
        if category not in _NAMES:
            continue
        start, stop, room = begun, end, rule == "room"
        rooms |= room
        if rule in _CODED:
            start = _before_code(page, begun)
        elif begun >= _SHORTEST_BEFORE and folded[begun - 1] == " ":
            start = _left(page, begun, rule)
        if folded[end : end + 1] in _AFTER:
            stop = _bed(page, end) if room else _right(page, begun, end)
        if start < begun or stop > end:
            yield Span(start, stop, Category.PLACE, "beside-place")
        elif rule == "house" and (month := _MONTH_BEHIND.match(folded, end)):
            yield Span(*month.span("month"), Category.DATE, "month-behind-house")
    if rooms:
        named = sorted(span for span in spans if span[2] in _NAMES)
        yield from _between_rooms(page, named)


def _before_code(page: Page, start: int) -> int:
    """Give where an address with a code begins: ``9 Holly Loop, Ely, B1 8DY``."""
    if start < _SHORTEST_ADDRESS or page.text[start - 2] not in ",.)" + ascii_letters:
        return start
    before = _ADDRESS_BEFORE.search(page.text, max(0, start - _LONGEST_ADDRESS), start)
    return start if before is None else before.start()


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
    house = _house().match(page.folded, at)
    if house is not None and _is_house(page, start, end, house.end()):
        at = house.end()
    if page.folded.startswith(".", at):
        upper = _upper().match(page.folded, at)
        at = at if upper is None else upper.end()
    while (flat := _flats().match(page.folded, at)) is not None:
        at = flat.end()
    return at


def _is_house(page: Page, start: int, end: int, stop: int) -> bool:
    """Whether a number up to `stop` is that of a house beside a name."""
    folded = page.folded
    if _flats().match(folded, stop) or _phone_next().match(folded, stop):
        return True
    if _is_street(page, start, end):
        return True
    if not _closed().match(folded, stop):
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
    if before < 0 or start - page.ends[before] > len(". "):
        return False
    listed = page.folds[before] in words("streets", "before")
    return listed or bool(page.kinds[before] & STREET)


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
        or folded.startswith(_second(), start - len("bis "))
    ):
        return start
    if before == "," and not folded[start - 4].isalpha():
        level = _level_before().search(folded, max(0, start - 20), start)
        if level is not None:
            return level.start()
    near = max(0, start - _LONGEST_NUMBER)
    if _FIGURE.search(folded, near, start) is None:
        return start
    number = _number_before().search(folded, near, start)
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
def _second() -> tuple[str, ...]:
    return tuple(f"{word} " for word in words("dwellings", "second"))


@cache
def _house() -> re.Pattern[str]:
    """Match the number of a house, which is neither a size nor an age."""
    second = either(words("dwellings", "second"))
    years = either(words("numbers", "years_after"))
    return re.compile(
        rf",? (?:n[.\u00ba\u00b0]{{0,2}} ?)?\d{{1,5}} ?(?:[a-z]|{second})?"
        r"(?:[/-]\d{1,4}[a-z]?)?"
        rf"(?![\w:]|[.,]\d|\s?[cm]?m\b|\s?(?:ml|%|{years})\b)"
    )


@cache
def _number_before() -> re.Pattern[str]:
    second = either(words("dwellings", "second"))
    return re.compile(rf"\d(?<![\w.,/-]\d)\d{{0,3}} ?(?:[a-z]|{second})?,? $")


@cache
def _upper() -> re.Pattern[str]:
    floors = either(words("dwellings", "floors"))
    return re.compile(rf"\. ?(?:{floors})\b|(?<= m)\. ?\d{{1,4}}(?!\w)")


@cache
def _phone_next() -> re.Pattern[str]:
    return re.compile(rf"[,;]? \(?(?:{either(words('dwellings', 'phones'))})\b")


@cache
def _closed() -> re.Pattern[str]:
    return re.compile(rf"[.,;)\n]|$| (?:{either(words('dwellings', 'towns'))}) ")


@cache
def _flats() -> re.Pattern[str]:
    """Match a flat with a number or a letter, or one that needs none."""
    numbered = either(words("dwellings", "numbered"))
    sides, behind = (either(words("dwellings", entry)) for entry in ("sides", "behind"))
    floors = either(words("dwellings", "floors"))
    ordinals = either(words("dwellings", "ordinals"))
    return re.compile(
        rf",?+ ?+(?:(?:{numbered})\.? (?:n[.\u00ba\u00b0o]{{1,2}} ?)?"
        r"(?:\d{1,4}[a-z]?|[a-h])(?!\w)"
        rf"|r/c(?: (?:{either(words('dwellings', 'halves'))})\b\.?)?"
        r"|\d{1,2}\.?[\u00ba\u00aa\u00b0oa](?!\w)\.? ?"
        rf"(?:[a-h](?!\w)|(?:{sides})\b\.?)?"
        rf"|\d{{1,2}}(?:\.|{ordinals}) (?:{floors})\b"
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
    ends = either(words("dwellings", "ends"))
    return _with_room("[ ,/]{1,2}", rf"[ .]{{1,2}}(?:(?P<letter>[a-h])|{ends})(?!\w)")


@cache
def _wards() -> re.Pattern[str]:
    wards = either(words("dwellings", "wards"))
    wings = either(words("dwellings", "wings"))
    ward = rf"(?<!\w)(?:{wards})\.? ?\d{{1,2}}[a-z]?(?: (?:{wings}))?,? "
    return _with_room(ward, r"\.? ?$")


@cache
def _link() -> re.Pattern[str]:
    return _with_room("[ ,./-]{1,3}", r"[ .:]{0,2}(?:nr\.? ?)?")


def _with_room(before: str, after: str) -> re.Pattern[str]:
    """Match a word for a room or a bed with what stands before and after it."""
    return re.compile(f"{before}(?:{either(words('numbers', 'rooms'))}){after}")


@cache
def _longest_link() -> int:
    return max(map(len, words("numbers", "rooms"))) + 10
