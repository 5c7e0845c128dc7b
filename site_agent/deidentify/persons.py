"""Persons in running text who are known only by how they are written.

A title (``Dr.``, ``Frau``, ``Sig.ra``) or a phrase like ``discussed with`` is followed
by a run of capitalised words: that is a name. Words of several languages come from
``vocabulary.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.spelling import fold
from site_agent.deidentify.vocabulary import (
    common_words,
    either,
    phrases,
    words,
    written_words,
)

_UPPER = "".join(chr(c) for c in range(0x530) if chr(c).isupper())
_INNER = r"[\w?\ufffd'\u2019]"
# An old system may have put "?" for the first letter too.
_WORD = (
    rf"(?:[{_UPPER}]\.|[{_UPPER}?\ufffd]{_INNER}{{1,40}}(?:-{_INNER}{{1,40}}){{0,3}}"
    rf"|[{_UPPER}](?!{_INNER}))"
)
_WORDS = re.compile(_WORD)
_RUN_BEFORE = re.compile(rf"(?<!\w){_WORD}(?: {_WORD}){{0,3}}$")
_LONGEST_ABBREVIATION = 5
_LONGEST_NAME = 60  # characters


def find_named(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Find ``[start, end)`` of the names after a title or beside words about people.

    `folded` is `text` through `fold`. The title itself is not part of the name.
    """
    yield from _titled(text, folded)
    yield from _before_telling(text, folded)
    for match in _addressing().finditer(folded):
        start = skip_titles(folded, match.end())
        end = name_run(text, start)
        if end > start and not _is_common(text[start:end]):
            yield start, end


def _before_telling(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Find the capitalised words before ``was informed`` and the like."""
    for match in _telling().finditer(folded):
        near = max(0, match.start() - _LONGEST_NAME)
        run = _RUN_BEFORE.search(text[near : match.start()])
        if run and not _is_letter_word(run[0]):
            start = skip_titles(folded, near + run.start())
            if start < match.start():
                yield start, match.start()


def name_run(text: str, start: int) -> int:
    """Give the end of the name that begins at `start`; `start` if none does.

    A name is up to five capitalised words on one line, with initials and particles
    (``J. van der Berg``). It ends before a capitalised word that can be no name
    (``The``, ``No``, ``Impression``).
    """
    run = _run().match(text, start)
    if run is None:
        return start
    end = start
    for word in _WORDS.finditer(text, start, run.end()):
        if fold(word[0]) in words("titles", "never") - words("names", "particles"):
            break
        end = word.end()
    return end


def skip_titles(folded: str, start: int) -> int:
    """Give the place after the titles that begin at `start`."""
    titles = _titles_here().match(folded, start)
    return titles.end() if titles else start


def _titled(text: str, folded: str) -> Iterator[tuple[int, int]]:
    for match in _title().finditer(folded):
        written = text[match.start(1) : match.end(2)]
        if not _is_title(match, text, written):
            continue
        end = name_run(text, match.end())
        if end == match.end():
            continue
        yield match.end(), end


def _is_title(match: re.Match[str], text: str, written: str) -> bool:
    """Tell a title from the end of a sentence and from a unit (``14 Fr.``)."""
    if match[1] in words("titles", "plain"):
        return not match[2] or len(match[1]) <= _LONGEST_ABBREVIATION
    before = text[max(0, match.start() - 2) : match.start()].strip()
    return written in written_words("titles", "exact") and not before.isdigit()


def _is_common(name: str) -> bool:
    first = fold(name).split()[0].strip(".")
    return first in common_words() or first in words("titles", "never")


def _is_letter_word(name: str) -> bool:
    last = fold(name).split()[-1]
    return last in words("common", "letter") or last in words("titles", "never")


@cache
def _telling() -> re.Pattern[str]:
    return re.compile(rf" (?:{either(phrases('told'))})(?!\w)")


@cache
def _title() -> re.Pattern[str]:
    bare = {fold(title).rstrip(".") for title in written_words("titles", "exact")}
    alone = either(words("titles", "plain") | bare)
    more = either(words("titles", "between"))
    return re.compile(
        rf"(?<![\w.])({alone})(?!\w)(\.?)"
        rf"(?:[ -]{{0,2}}(?:{more})(?!\w)\.?){{0,5}}\s{{0,2}}"
    )


@cache
def _titles_here() -> re.Pattern[str]:
    every = either(words("titles", "plain") | words("titles", "between"))
    return re.compile(rf"(?:(?:{every})(?!\w)\.?[ -]{{0,2}}){{1,5}}")


@cache
def _run() -> re.Pattern[str]:
    particles = rf"(?:(?i:{either(words('names', 'particles'))}) ){{0,3}}(?:[dl]')?"
    return re.compile(
        rf"{particles}{_WORD}(?:(?: {{1,2}}|(?<=\.)){particles}{_WORD}){{0,4}}"
    )


@cache
def _addressing() -> re.Pattern[str]:
    role = (
        r"(?:the |nurse |referring |ordering |attending |physician |doctor |colleague )"
    )
    return re.compile(
        rf"(?<!\w)(?:{either(phrases('addressed'))})(?!\w)[:,]?\s{{1,2}}{role}{{0,3}}"
    )
