r"""What a regular expression may cost on the worst text, read from its structure.

Python's `re` tries one path after the other. How many there can be is decided by the
automaton of the pattern, not by trying texts (Weber and Seidl, 1991, "On the degree of
ambiguity of finite automata"). Its states are the places of the pattern that consume a
character; a repeat of up to `FEW` times is written out, a longer one is a loop.

*Exponential*: some state comes back to itself on the same text by two ways. Nested
loops over the same characters, ``(a+)+``, and alternatives that overlap in a loop,
``(a|ab?b?)*``, are of this kind.

*Polynomial*: two endless loops, one after the other, can run on the same text,
``a*a*``; the search for the place where the pattern begins is such a loop too, so that
``\w+@`` is slow on a long word. A guard, ``(?<!\w)\w+@``, or a bound, ``\w{1,64}@``,
mends that.

*Steps*: within bounds, the number of paths over a given text is counted.

The criteria err on the side of alarm: of a lookaround only the character beside it is
regarded, of one that must not match only if it is of one character. What it looks for
is judged as a pattern of its own. An atomic group is judged as if it were none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.site_agent.automaton import FEW, Automaton, build, parse

__all__ = ["FEW", "Finding", "build", "findings", "parse", "steps"]


@dataclass(frozen=True)
class Finding:
    """A cost that a pattern may have, and a text (a sample) that shows it."""

    kind: str  # "exponential" or "polynomial"
    pumped: str


def findings(pattern: str, flags: int = 0, *, searched: bool = True) -> list[Finding]:
    """Give the costs beyond linear that a pattern may have; none is the aim.

    Parameters
    ----------
    searched : bool
        Whether it may begin anywhere in a text (`search`, `finditer`, `sub`), and not
        only where it is applied (`match`, `fullmatch`).
    """
    parsed, effective = parse(pattern, flags)
    found: list[Finding] = []
    pending = [parsed]
    while pending:
        automaton = build(pending.pop(), effective)
        pending += automaton.around
        found += _exponential(automaton)
        found += _polynomial(automaton)
        if searched:
            found += _searched(automaton)
    return found


Pair = tuple[int, int]


def _exponential(automaton: Automaton) -> Iterator[Finding]:
    """Look for a state that comes back to itself on one text by two ways."""
    follow, classes = automaton.follow, automaton.classes
    for loop in components(automaton.follow, range(len(classes))):
        inside = set(loop)
        if len(loop) == 1 and loop[0] not in follow[loop[0]]:
            continue
        doubled = next(
            (
                other
                for state in loop
                for other, ways in follow[state].items()
                if other in inside and ways > 1
            ),
            None,
        )
        if doubled is not None:
            yield Finding("exponential", automaton.text_of(classes[doubled]))
            continue
        pairs: dict[Pair, list[Pair]] = {}
        pending: list[Pair] = [(state, state) for state in loop]
        while pending:
            pair = pending.pop()
            if pair in pairs:
                continue
            one, other = pair
            pairs[pair] = [
                (a, b) if a <= b else (b, a)
                for a in follow[one]
                if a in inside
                for b in follow[other]
                if b in inside and classes[a] & classes[b]
            ]
            pending += pairs[pair]
        for together in components(pairs, pairs):
            apart = [pair for pair in together if pair[0] != pair[1]]
            if apart and len(apart) < len(together):
                one, other = apart[0]
                text = automaton.text_of(classes[one] & classes[other])
                yield Finding("exponential", text)
                break


def _polynomial(automaton: Automaton) -> Iterator[Finding]:
    """Look for two endless loops, of which one leads to the other on a text of both."""
    follow, classes = automaton.follow, automaton.classes
    endless = automaton.endless
    loops = [
        loop
        for loop in components(follow, range(len(classes)))
        if endless & set(loop) and (len(loop) > 1 or loop[0] in follow[loop[0]])
    ]
    for loop in loops:
        reached = _reached(follow, loop)
        for other in loops:
            if other is loop or not reached & set(other):
                continue
            for one in loop:
                for two in other:
                    text = _both_run(automaton, one, two, set(loop), set(other))
                    if text:
                        yield Finding("polynomial", text)
                        break
                else:
                    continue
                break


def _both_run(
    automaton: Automaton, one: int, two: int, loop: set[int], other: set[int]
) -> str:
    """Find a text that leads from `one` to itself, to `two`, and from `two` to itself.

    That is a way from (one, one, two) to (one, two, two) in the threefold product.
    """
    follow, classes = automaton.follow, automaton.classes
    if not classes[one] & classes[two]:
        return ""
    start, goal = (one, one, two), (one, two, two)
    seen = {start}
    pending = [start]
    while pending:
        a, b, c = pending.pop()
        for next_a in follow[a]:
            if next_a not in loop:
                continue
            for next_c in follow[c]:
                shared = classes[next_a] & classes[next_c]
                if next_c not in other or not shared:
                    continue
                for next_b in follow[b]:
                    if not shared & classes[next_b]:
                        continue
                    found = (next_a, next_b, next_c)
                    if found == goal:
                        return automaton.text_of(shared & classes[next_b])
                    if found not in seen:
                        seen.add(found)
                        pending.append(found)
    return ""


def _searched(automaton: Automaton) -> Iterator[Finding]:
    """Look for an endless loop in which the pattern may begin again and again."""
    follow, classes = automaton.follow, automaton.classes
    for loop in components(follow, range(len(classes))):
        if not automaton.endless & set(loop):
            continue
        # Where the pattern may end, the search ends with it and begins no more.
        inside = set(loop) - automaton.ends
        for goal in inside:
            # Either no path of the pattern has begun, or it is at a state.
            start = (-1, goal)
            seen = {start}
            pending = [start]
            while pending:
                begun, at = pending.pop()
                for following in follow[at]:
                    if following not in inside:
                        continue
                    steps: list[Pair] = []
                    if begun < 0:
                        steps.append((-1, following))
                        steps += [
                            (state, following)
                            for state, (_, guard) in automaton.start.items()
                            if classes[at] & guard
                            and classes[state] & classes[following]
                        ]
                    else:
                        steps += [
                            (state, following)
                            for state in follow[begun]
                            if classes[state] & classes[following]
                        ]
                    if (goal, goal) in steps:
                        yield Finding("polynomial", automaton.text_of(classes[goal]))
                        pending.clear()
                        break
                    fresh = [step for step in steps if step not in seen]
                    seen.update(fresh)
                    pending += fresh
                else:
                    continue
                break
            else:
                continue
            break


def steps(automaton: Automaton, text: str, enough: int) -> int:
    """Count the paths of a pattern over the beginnings of a text, up to `enough`."""
    place = {character: n for n, character in enumerate(automaton.characters)}
    counts: dict[int, int] = {}
    total = 0
    for number, character in enumerate(text):
        bit = 1 << place[character]
        following: Counter[int] = Counter()
        if number == 0:
            for state, (ways, _) in automaton.start.items():
                if automaton.classes[state] & bit:
                    following[state] += ways
        for state, paths in counts.items():
            for other, ways in automaton.follow[state].items():
                if automaton.classes[other] & bit:
                    following[other] += paths * ways
        counts = following
        total += sum(counts.values())
        if total > enough or not counts:
            break
    return total


def _reached(follow: Any, loop: Iterable[int]) -> set[int]:
    seen: set[int] = set()
    pending = list(loop)
    while pending:
        state = pending.pop()
        if state not in seen:
            seen.add(state)
            pending += follow[state]
    return seen


def components(follow: Any, nodes: Iterable[Any]) -> list[list[Any]]:
    """Give the strongly connected components of a graph (Tarjan), without recursion."""
    index: dict[Any, int] = {}
    low: dict[Any, int] = {}
    stack: list[Any] = []
    held: set[Any] = set()
    found: list[list[Any]] = []
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(follow[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        held.add(root)
        while work:
            node, children = work[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    held.add(child)
                    work.append((child, iter(follow[child])))
                    break
                if child in held:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        each = stack.pop()
                        held.discard(each)
                        component.append(each)
                        if each == node:
                            break
                    found.append(component)
    return found
