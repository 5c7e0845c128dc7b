"""Where a name is that of a sign, a disease or a device: ``Kerley``, ``Swan-Ganz``."""

from __future__ import annotations

from functools import cache

from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.word_lists import parted_eponyms


def is_in_eponym(page: Page, word: int) -> bool:
    """Whether a word is an eponym, or a part of one that stands there as a whole."""
    folded, start, end = page.folded, page.starts[word], page.ends[word]
    for place, phrases in _eponyms_with().get(folded[start:end], {}).items():
        first = start - place
        if folded.startswith(phrases, first) and any(
            folded.startswith(phrase, first)
            and _stands(folded, first, first + len(phrase))
            for phrase in phrases
        ):
            return True
    return False


def _stands(folded: str, start: int, end: int) -> bool:
    """Whether no letter goes on before or behind ``[start, end)``."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    return not (before.isalpha() or after.isalpha())


@cache
def _eponyms_with() -> dict[str, dict[int, tuple[str, ...]]]:
    """Map each word of an eponym to where it stands in which."""
    found: dict[str, dict[int, tuple[str, ...]]] = {}
    for phrase, parts in parted_eponyms():
        for part in parts:
            place, places = phrase.index(part), found.get(part)
            if places is None:
                found[part] = {place: (phrase,)}
            else:
                places[place] = (*places.get(place, ()), phrase)
    return found
