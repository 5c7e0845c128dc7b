"""In which language a report is, among others of the same file.

A report that says its language is believed. Else its words tell it; where they do not,
or are few, it is taken to be in the language of nearly all reports before it, for a
hospital writes in one.
"""

from __future__ import annotations

from collections import Counter

from site_agent.label.language import detect

_FIRST = 150  # characters that tell the language of most reports
_FEW = 60  # characters that may look like another language by chance
_SURE_AFTER = 20  # reports
_NEARLY_ALL = 0.95
_LETTERS = 500  # characters whose script is looked at


class Languages:
    """Tells languages one report after the other.

    Parameters
    ----------
    known : tuple of str
        Languages with a data pack, as ISO 639-1 has them.
    given : str
        The language of reports that do not say theirs; empty if it is to be told.
    """

    def __init__(self, known: tuple[str, ...], given: str = "") -> None:
        self.known = known
        self._given = given
        self._met: Counter[str] = Counter()

    def of(self, text: str, said: str) -> str:
        """Tell the language of a report; empty when it is none of those known."""
        if said := short_code(said):
            return said if said in self.known else ""
        if self._given:
            return self._given
        usual = self._usual()
        if len(text) <= _FEW and usual:
            return "" if _is_foreign(text) else usual
        found = detect(text[:_FIRST], usual or "en")
        if not found.certain and len(text) > _FIRST:
            found = detect(text, usual or "en")
        if found.certain:
            self._met[found.language] += 1
        elif _is_foreign(text):
            return ""
        return found.language

    def _usual(self) -> str:
        """Give the language of nearly all reports so far; empty if there is none."""
        if not self._met:
            return ""
        language, most = self._met.most_common(1)[0]
        number = self._met.total()
        sure = number >= _SURE_AFTER and most >= _NEARLY_ALL * number
        return language if sure else ""


def short_code(language: str) -> str:
    """Bring a language into the form of the packs: ``de-AT`` and ``DE`` are ``de``."""
    return language.strip().lower().replace("_", "-").partition("-")[0]


def _is_foreign(text: str) -> bool:
    """Whether most letters are of a script that no pack is written in."""
    letters = [letter for letter in text[:_LETTERS] if letter.isalpha()]
    foreign = sum(
        not (letter < "\u0370" or "\u0400" <= letter < "\u0530" or letter in _LATIN)
        for letter in letters
    )
    return 2 * foreign > len(letters)


_LATIN = frozenset(map(chr, range(0x1E00, 0x1F00)))  # Latin Extended Additional
