"""Compile the words of public reports and of the labeler's packs; run by hand.

    python -m site_agent.deidentify.text.compile_report_words [REPORTS.csv]

Without the reports only the words of the packs are compiled.
``report_words.txt`` has every word that two reports or more of the Indiana collection
write with small letters in their findings or impression. Only reports with an even
number are read, so that the others can judge the words. The collection was
de-identified by hand and by program before it was published. ``pack_words.txt`` has a
line for each language of the labeler: the words of its pack, the stems with ``*`` after
them, and what compounds end with, with ``-`` before it.
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
from typing import Any

_COLUMNS = ("findings", "impression")
_FEWEST = 2
_NO_LANGUAGE = frozenset(("spelling", "sentences", "status", "language"))
_SHORTEST, _SHORTEST_HEAD = 2, 5


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
        " ".join([path.stem, *words_of_pack(tomllib.loads(path.read_text("utf-8")))])
        for path in sorted(folder.glob("??.toml"))
    ]


def words_of_pack(pack: dict[str, Any]) -> list[str]:
    """Give the words of a pack as ``pack_words.txt`` has them."""
    heads = pack.get("compounds", {}).get("heads", ())
    long = (head for head in heads if len(head.rstrip("*")) >= _SHORTEST_HEAD)
    # Its keys are words too: what stands for others (``"isn't" = "is not"``).
    written = list(pack.get("written", ()))
    return sorted({*_words_in([pack, written]), *(f"-{head}" for head in long)})


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
            if len(word) >= _SHORTEST:
                yield word


if __name__ == "__main__":
    written = Path(str(files(__package__).joinpath("report_words.txt")))
    for reports in sys.argv[1:]:
        words = compile_words(Path(reports))
        written.write_text("\n".join(words) + "\n", "ascii")
    packs = compile_packs(written.parents[2] / "label")
    written.with_name("pack_words.txt").write_text("\n".join(packs) + "\n", "utf-8")
