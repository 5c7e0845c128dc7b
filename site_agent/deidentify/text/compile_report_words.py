"""Compile the words of public reports and of the labeler's packs; run by hand.

    python -m site_agent.deidentify.text.compile_report_words REPORTS.csv

``report_words.txt`` has every word that two reports or more of the Indiana collection
write with small letters in their findings or impression. Only reports with an even
number are read, so that the others can judge the words. The collection was
de-identified by hand and by program before it was published. ``pack_words.txt`` has a
line for each language of the labeler: the words and, with ``*``, the stems of its pack.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

_COLUMNS = ("findings", "impression")
_FEWEST = 2
_NO_LANGUAGE = frozenset(("spelling", "sentences", "status", "language"))
_SHORTEST_WORD, _SHORTEST_STEM = 4, 6  # with the star


def compile_words(reports: Path) -> list[str]:
    """Give the words in alphabetical order; the CSV has uid, findings, impression."""
    counted: Counter[str] = Counter()
    with reports.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            if int(row["uid"]) % 2 == 0:
                text = " ".join(row[column] for column in _COLUMNS)
                counted.update(set(re.findall(r"\b[a-z]{2,}\b", text)))
    return sorted(word for word, count in counted.items() if count >= _FEWEST)


def compile_packs(folder: Path) -> list[str]:
    """Give a line for each language pack: its code, its words and its stems."""
    return [
        " ".join(
            [path.stem, *sorted(set(_words_in(tomllib.loads(path.read_text("utf-8")))))]
        )
        for path in sorted(folder.glob("??.toml"))
    ]


def _words_in(value: object) -> Iterator[str]:
    """Give the words of all texts of a table, at any depth."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in _NO_LANGUAGE:
                yield from _words_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words_in(each)
    elif isinstance(value, str):
        for word in re.findall(r"[^\W\d_]+\*?", value.lower()):
            if len(word) >= (_SHORTEST_STEM if word.endswith("*") else _SHORTEST_WORD):
                yield word


if __name__ == "__main__":
    words = compile_words(Path(sys.argv[1]))
    written = Path(str(files(__package__).joinpath("report_words.txt")))
    written.write_text("\n".join(words) + "\n", "ascii")
    packs = compile_packs(written.parents[2] / "label")
    written.with_name("pack_words.txt").write_text("\n".join(packs) + "\n", "utf-8")
