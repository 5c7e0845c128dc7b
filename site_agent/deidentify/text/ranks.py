"""Titles, ranks and roles that stand before a name or behind it."""

from __future__ import annotations

from functools import cache

from site_agent.deidentify.text.lexicon import BETWEEN, CAPITAL, INITIAL, TITLE
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.vocabulary import words, written_phrases

AFTER_TITLE = frozenset((" ", ". ", ".", "  ", ".  ", "-", ".-", "\n", ".\n", ", "))
_LONGEST_ABBREVIATION = 5


def is_rank(page: Page, word: int) -> bool:
    """Whether a word is a rank that stands before a name: ``MAJ``, ``OÄ``."""
    return page.folds[word] in words("titles", "ranks")


def is_role(page: Page, word: int) -> bool:
    """Whether a word is a role as it stands after a name: ``MD``, ``radióloga``."""
    return page.words[word].lower() in _roles()


@cache
def _roles() -> frozenset[str]:
    """Give the roles of one word; short ones with their accents: Swedish ``på``."""
    written = (role.lower() for role in written_phrases("roles") if " " not in role)
    return words("titles", "degrees").union(written)


def skip_titles(page: Page, word: int) -> int:
    """Give the first word that is no title, no rank, nor one between titles.

    It is behind the last word where a sentence ends with the rank.
    """
    kinds = page.kinds
    while word < len(kinds) and (
        kinds[word] & BETWEEN or kinds[word] & (TITLE | INITIAL) == TITLE
    ):
        if not kinds[word] & TITLE and _names_a_person(page, word):
            break
        word += 1
        gap = page.gaps[word]
        if gap[:1] == "." and len(page.words[word - 1]) > _LONGEST_ABBREVIATION:
            return len(page.words)  # Seen by the doctor. Heart normal.
        if word < len(page.words) and gap not in AFTER_TITLE:
            break
    return word


def _names_a_person(page: Page, word: int) -> bool:
    """Whether a rank's word is a name: ``Name: Maj, K.``, ``ssk Maj ringd``."""
    if not page.kinds[word] & CAPITAL or not is_rank(page, word):
        return False
    after = page.words[word + 1 : word + 2]
    return page.gaps[word + 1][:1] == "," or not after or after[0].islower()
