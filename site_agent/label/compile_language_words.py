"""Compile the words by which languages are told; run by hand after a pack has changed.

    python -m site_agent.label.compile_language_words

``language_words.json`` has for each word of the packs, each beginning of a word and
each letter the languages that know it, with spaces between. A test compares.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from site_agent.label.language import DATA, SHORTEST_STEM, plain

_NO_WORDS = ("language", "status", "spelling", "sentences", "ignored", "letters")
_WORD = re.compile(r"[^\W\d_]+")

_Known = dict[str, set[str]]


def compiled(folder: Path) -> str:
    """Give the table of all packs in a folder as JSON, a word on each line."""
    words: _Known = {}
    stems: _Known = {}
    letters: _Known = {}
    for pack in sorted(folder.glob("*.toml")):
        tables = tomllib.loads(pack.read_text("utf-8"))
        language = tables["language"]
        for letter in tables.get("profile", {}).get("letters", ""):
            letters.setdefault(letter, set()).add(language)
        for word in re.split(r"[\s|?]+", " ".join(_strings(tables))):
            kind = stems if word.endswith("*") else words
            for part in _WORD.findall(plain(word)):
                kind.setdefault(part, set()).add(language)
    with_beginnings = {stem: set(_beginning(stem, stems)) for stem in stems}
    table = {"words": words, "stems": with_beginnings, "letters": letters}
    lines = {name: _as_lines(known) for name, known in table.items()}
    return json.dumps(lines, ensure_ascii=False, indent=0) + "\n"


def _as_lines(known: _Known) -> dict[str, str]:
    return {word: " ".join(sorted(known[word])) for word in sorted(known)}


def _beginning(stem: str, stems: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Give the languages that know the stem or a beginning of it."""
    for length in range(SHORTEST_STEM, len(stem) + 1):
        yield from stems.get(stem[:length], ())


def _strings(table: Any) -> Iterator[str]:
    """Give the words of a pack, not its abbreviations or spelling."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict):
        for name, value in table.items():
            if name not in _NO_WORDS:
                yield from _strings(value)
    elif isinstance(table, list):
        for value in table:
            yield from _strings(value)


if __name__ == "__main__":
    DATA.write_text(compiled(DATA.parent), "utf-8")
