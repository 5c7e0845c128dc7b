"""The automaton of a regular expression, made from what `re` parses.

Its states are the places of the pattern that consume a character. `re` itself tells
which characters each takes, and parses the pattern.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

sre: Any = re._parser  # type: ignore[attr-defined]
constants: Any = re._constants  # type: ignore[attr-defined]

FEW = 8
"""Repeats up to so many times are written out; longer ones are loops."""

# One character of each kind that a pattern may tell from others; its own are added.
_CHARACTERS = (
    *map(chr, range(128)),
    *"\x85\xa0\xad²éÉßöÖİŁłΩωЖжЁёשل٣क中😀\u0131\u017f\u2013\u2019\u200b\u2028\u0301",
)
_ANY = -1  # a guard or a class that everything meets


@dataclass
class _Part:
    """A piece of the automaton: how it may begin and end, and if it may be empty.

    `first` gives for each state the number of ways to it, at most two, and what the
    character before must be; `last` the number of ways, what the state's own character
    must be, and what comes after. `empty` is the number of ways to match nothing.
    """

    first: dict[int, tuple[int, int]]
    last: dict[int, tuple[int, int, int]]
    empty: int
    guard: int = _ANY  # what comes before this part, if it is empty, must be of this
    ahead: int = _ANY  # and what comes after it of this
    boundary: bool = False  # and a word must begin or end here
    doubtful: bool = False  # something is looked for here, which may not be there


@dataclass
class Automaton:
    """The states of a pattern: their characters, and which may follow which."""

    characters: str
    classes: list[int] = field(default_factory=list)
    follow: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    endless: set[int] = field(default_factory=set)
    start: dict[int, tuple[int, int]] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    around: list[Any] = field(default_factory=list)  # what lookarounds look for

    def text_of(self, mask: int) -> str:
        """Give one character of a class."""
        return self.characters[(mask & -mask).bit_length() - 1]


def parse(pattern: str, flags: int = 0) -> tuple[Any, int]:
    """Parse a pattern as `re` does; with the flags that it sets itself."""
    parsed = sre.parse(pattern, flags)
    return parsed, parsed.state.flags


def build(parsed: Any, flags: int, *, few: int = FEW) -> Automaton:
    """Make the automaton of a parsed pattern."""
    automaton = Automaton("".join(sorted({*_CHARACTERS, *_literals(parsed)})))
    part = _Builder(automaton, few).sequence(parsed, flags)
    automaton.start = part.first
    automaton.ends = set(part.last) - automaton.doubtful
    return automaton


class _Builder:
    def __init__(self, automaton: Automaton, few: int) -> None:
        self.automaton = automaton
        self.few = few
        self.known: dict[str, int] = {}
        self.words = sum(
            1 << number
            for number, each in enumerate(automaton.characters)
            if each.isalnum() or each == "_"
        )

    def sequence(self, items: Iterable[Any], flags: int) -> _Part:
        return reduce(
            self.joined, (self.item(*each, flags) for each in items), _nothing()
        )

    def item(self, op: Any, value: Any, flags: int) -> _Part:
        name = str(op)
        if name in ("LITERAL", "NOT_LITERAL", "IN", "ANY", "RANGE", "CATEGORY"):
            return self.state(self.members(op, value, flags))
        if name == "SUBPATTERN":
            _, add, remove, inner = value
            return self.sequence(inner, (flags | add) & ~remove)
        if name == "ATOMIC_GROUP":
            return self.sequence(value, flags)
        if name == "BRANCH":
            return _either([self.sequence(each, flags) for each in value[1]])
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self.repeat(*value, flags)
        if name in ("ASSERT", "ASSERT_NOT"):
            return self.look(name == "ASSERT", *value, flags)
        if name == "AT":
            return self.place(str(value), flags)
        if name == "GROUPREF":
            part = self.state(_ANY & self.everything())
            part.empty = 1
            return part
        if name == "GROUPREF_EXISTS":
            _, yes, no = value
            return _either([self.sequence(yes, flags), self.sequence(no or (), flags)])
        raise NotImplementedError(f"{name} is not known to this analysis")

    def everything(self) -> int:
        return (1 << len(self.automaton.characters)) - 1

    def state(self, members: int) -> _Part:
        number = len(self.automaton.classes)
        self.automaton.classes.append(members)
        return _Part({number: (1, _ANY)}, {number: (1, _ANY, _ANY)}, 0)

    def joined(self, one: _Part, other: _Part) -> _Part:
        self.link(one.last, other.first)
        first = dict(one.first)
        if one.empty:
            for state, (ways, guard) in other.first.items():
                if self.automaton.classes[state] & one.ahead:
                    allowed = guard & one.guard & self.beyond(state, one.boundary)
                    _add(first, state, ways * one.empty, allowed)
        last = dict(other.last)
        if other.doubtful:
            self.automaton.doubtful |= set(one.last)
        if other.empty:
            for state, (ways, guard, ahead) in one.last.items():
                number, here, after = last.get(state, (0, 0, 0))
                last[state] = (
                    min(2, number + ways * other.empty),
                    here | (guard & other.guard),
                    after | (ahead & other.ahead),
                )
        return _Part(
            first,
            last,
            min(2, one.empty * other.empty),
            one.guard & other.guard,
            one.ahead & other.ahead,
            one.boundary or other.boundary,
            one.doubtful or (other.doubtful and not one.last),
        )

    def beyond(self, state: int, boundary: bool) -> int:
        """Give what may stand before a state at the beginning or end of a word."""
        members, words = self.automaton.classes[state], self.words
        if not boundary or (members & words and members & ~words):
            return _ANY
        return ~words if members & words else words

    def link(
        self,
        last: dict[int, tuple[int, int, int]],
        first: dict[int, tuple[int, int]],
    ) -> None:
        classes = self.automaton.classes
        for state, (ways, here, ahead) in last.items():
            row = self.automaton.follow[state]
            for other, (more, before) in first.items():
                if classes[state] & here & before and classes[other] & ahead:
                    row[other] = min(2, row.get(other, 0) + ways * more)

    def repeat(self, least: int, most: Any, inner: Any, flags: int) -> _Part:
        endless = most is constants.MAXREPEAT or most > 4096
        if not endless and most <= self.few:
            part = _nothing()
            for turn in range(most - 1, -1, -1):
                tail = self.joined(self.sequence(inner, flags), part)
                part = tail if turn < least else _either([tail, _nothing()])
            return part
        before = len(self.automaton.classes)
        part = self.sequence(inner, flags)
        self.link(part.last, part.first)
        if endless:
            self.automaton.endless |= set(range(before, len(self.automaton.classes)))
        if least == 0 and not part.empty:
            part.empty = 1
        return part

    def look(self, wanted: bool, direction: int, inner: Any, flags: int) -> _Part:
        self.automaton.around.append(inner)
        part = _nothing()
        part.doubtful = True
        members = self.next_to(inner, direction, flags)
        if members is None:
            return part
        alone = len(inner) == 1 and str(inner[0][0]) != "BRANCH"
        if not wanted:
            members = self.everything() & ~members if alone else _ANY
        if direction < 0:
            part.guard = members
        else:
            part.ahead = members
        return part

    def next_to(self, inner: Any, direction: int, flags: int) -> int | None:
        """Give the class of the character beside the place that looks around."""
        if not len(inner):
            return None
        op, value = inner[-1 if direction < 0 else 0]
        if str(op) in ("LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY"):
            return self.members(op, value, flags)
        if str(op) == "BRANCH":
            each = [self.next_to(branch, direction, flags) for branch in value[1]]
            known = [members for members in each if members is not None]
            return reduce(int.__or__, known) if len(known) == len(each) else None
        return None

    def place(self, name: str, flags: int) -> _Part:
        part = _nothing()
        part.doubtful = True
        if name == "AT_BEGINNING_STRING" or (
            name == "AT_BEGINNING" and not flags & re.MULTILINE
        ):
            part.guard = 0
        elif name == "AT_BEGINNING":
            part.guard = 1 << self.automaton.characters.index("\n")
        elif name == "AT_BOUNDARY":
            part.boundary = True
        return part

    def members(self, op: Any, value: Any, flags: int) -> int:
        """Tell by `re` itself which characters a class has."""
        key = f"{op} {value} {flags & (re.IGNORECASE | re.DOTALL | re.ASCII)}"
        if key not in self.known:
            state = sre.State()
            state.flags = flags & ~re.VERBOSE
            state.str = ""
            single = sre.SubPattern(state, [(op, value)])
            code = re._compiler.compile(single, state.flags)  # type: ignore[attr-defined]
            matches = code.fullmatch
            self.known[key] = sum(
                1 << number
                for number, character in enumerate(self.automaton.characters)
                if matches(character)
            )
        return self.known[key]


def _nothing() -> _Part:
    return _Part({}, {}, 1)


def _either(parts: list[_Part]) -> _Part:
    first: dict[int, tuple[int, int]] = {}
    last: dict[int, tuple[int, int, int]] = {}
    for part in parts:
        for state, way in part.first.items():
            _add(first, state, *way)
        last |= part.last  # of alternatives, no two have a state in common
    empty = [part for part in parts if part.empty]
    either = _Part(first, last, min(2, sum(part.empty for part in empty)))
    if empty:
        either.guard = reduce(int.__or__, (part.guard for part in empty))
        either.ahead = reduce(int.__or__, (part.ahead for part in empty))
        either.boundary = all(part.boundary for part in empty)
        either.doubtful = all(part.doubtful for part in empty)
    return either


def _add(ways: dict[int, tuple[int, int]], state: int, number: int, guard: int) -> None:
    before, allowed = ways.get(state, (0, 0))
    ways[state] = (min(2, before + number), allowed | guard)


def _literals(parsed: Any) -> Iterator[str]:
    """Give the characters that a pattern names, their neighbours and other cases."""
    if isinstance(parsed, tuple) and len(parsed) == 2:
        if str(parsed[0]) in ("LITERAL", "NOT_LITERAL"):
            yield from _near(parsed[1])
        elif str(parsed[0]) == "RANGE":
            yield from (*_near(parsed[1][0]), *_near(parsed[1][1]))
    if isinstance(parsed, tuple | list | sre.SubPattern):
        for each in parsed:
            yield from _literals(each)


def _near(code: int) -> Iterator[str]:
    for each in (code - 1, code, code + 1):
        if 0 <= each < 0x110000:
            yield chr(each)
            yield from (
                case
                for case in (chr(each).lower(), chr(each).upper())
                if len(case) == 1
            )
