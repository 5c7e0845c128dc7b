"""Compile the words of the standard's code meanings; run by hand at a new edition.

    python -m site_agent.deidentify.compile_code_words

``code_words.txt`` has every word that is written in lower case, and every abbreviation
of two or three capitals, in a meaning of the DCM, SCT and LOINC codes in PS3.16's
context groups, as pydicom ships them. Persons and places have one capital, so that no
name is among them but one that is a word as well.
"""

from __future__ import annotations

import re

from pydicom.sr.codedict import codes

from site_agent.deidentify.dictionary import CODE_WORDS


def compile_words() -> list[str]:
    """Give the words in alphabetical order."""
    meanings = (
        getattr(scheme, keyword).meaning
        for scheme in (codes.DCM, codes.SCT, codes.LN)
        for keyword in scheme.dir()
    )
    words = {word for text in meanings for word in re.findall(r"[A-Za-z]{2,}", text)}
    return sorted({word.lower() for word in words if _is_common(word)})


def _is_common(word: str) -> bool:
    return word.islower() or (word.isupper() and len(word) <= 3)


if __name__ == "__main__":
    CODE_WORDS.write_text("\n".join(compile_words()) + "\n", "ascii")
