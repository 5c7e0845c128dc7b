"""Where a name is that of a sign, a disease or a device: ``Kerley``, ``Swan-Ganz``."""

from __future__ import annotations

from functools import cache

from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.word_lists import parted_eponyms


def is_in_eponym(page: Page, word: int) -> bool:
    """Whether a word is an eponym, or a part of one that stands there as a whole."""
    folded, start, end = page.folded, page.starts[word], page.ends[word]
    for phrase, place in _eponyms_with().get(folded[start:end], ()):
        first = start - place
        if folded.startswith(phrase, first) and _stands(
            folded, first, first + len(phrase)
        ):
            return True
    return False


def _stands(folded: str, start: int, end: int) -> bool:
    """Whether no letter goes on before or behind ``[start, end)``."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    return not (before.isalpha() or after.isalpha())


@cache
def _eponyms_with() -> dict[str, list[tuple[str, int]]]:
    """Map each word of an eponym to the whole and where the word stands in it."""
    found: dict[str, list[tuple[str, int]]] = {}
    for phrase, parts in parted_eponyms():
        for part in parts:
            found.setdefault(part, []).append((phrase, phrase.index(part)))
    return found
