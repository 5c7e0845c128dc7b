"""Compile the words of public reports; run by hand when there are more of them.

    python -m site_agent.deidentify.text.compile_report_words REPORTS.csv

``report_words.txt`` has every word that two reports or more of the Indiana collection
write with small letters in their findings or impression. Only reports with an even
number are read, so that the others can judge the words. The collection was
de-identified by hand and by program before it was published.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

_COLUMNS = ("findings", "impression")
_FEWEST = 2


def compile_words(reports: Path) -> list[str]:
    """Give the words in alphabetical order; the CSV has uid, findings, impression."""
    counted: Counter[str] = Counter()
    with reports.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            if int(row["uid"]) % 2 == 0:
                text = " ".join(row[column] for column in _COLUMNS)
                counted.update(set(re.findall(r"\b[a-z]{2,}\b", text)))
    return sorted(word for word, count in counted.items() if count >= _FEWEST)


if __name__ == "__main__":
    words = compile_words(Path(sys.argv[1]))
    written = Path(str(files(__package__).joinpath("report_words.txt")))
    written.write_text("\n".join(words) + "\n", "ascii")
