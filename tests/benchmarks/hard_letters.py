"""How much of what identifies goes from letters that were written to be hard.

    python -m tests.benchmarks.hard_letters [--unread]

``hard_letters.jsonl`` has 100 made-up letters in ten languages, as hospitals write
them, with what identifies in them marked by kind; they were at hand while rules were
written. The 30 of ``unread_letters.jsonl`` were not, and should stay so: look at their
totals alone, and seldom. Nothing is known beside the text. A letter in quarantine is
counted apart. A mark counts as gone when none of its letters and figures is left, but
for titles and particles: half of a generic word is a miss.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from site_agent.reports.rows import Report
from site_agent.reports.scrubbing import scrub_row

LETTERS = Path(__file__).with_name("hard_letters.jsonl")
UNREAD_LETTERS = LETTERS.with_name("unread_letters.jsonl")
_SAYS_NOTHING = re.compile(
    r"\b(?:dr|mrs?|ms|md|mme|frau|fr|herr|sig|oa|dres|von|van|der|de|d|im|w|ul|c|am|in|"
    r"und|tel)\b",
    re.IGNORECASE,
)


def main() -> None:
    """Print by kind how many marks there are, and how many are gone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--unread", action="store_true", help="judge the unread ones")
    judge(UNREAD_LETTERS if parser.parse_args().unread else LETTERS)


def judge(letters: Path) -> None:
    """Print the table of one file."""
    marks: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    quarantined = with_a_miss = removed = other = 0
    for row, line in enumerate(letters.read_text("utf-8").splitlines(), 1):
        letter = json.loads(line)
        text = letter["text"]
        done = scrub_row(Report(row, letter["id"], text, letter["language"])).released()
        if done.get("quarantined"):
            quarantined += 1
            continue
        covered = _places((span["start"], span["end"]) for span in done["spans"])
        misses = 0
        for start, end, kind in letter["identifiers"]:
            is_gone = _telling(text, start, end) <= covered
            marks[kind] += 1
            gone[kind] += is_gone
            misses += not is_gone
        with_a_miss += misses > 0
        marked = _places((start, end) for start, end, *_ in letter["identifiers"])
        marked |= _places(letter["either"])
        rest = {at for at, sign in enumerate(text) if sign.isalnum()} - marked
        other += len(rest)
        removed += len(rest & covered)
    print(f"{'':24}{'marks':>6}{'gone':>6}{'share':>7}")
    for kind in (*sorted(marks), "all"):
        of = marks[kind] if kind != "all" else marks.total()
        how_many = gone[kind] if kind != "all" else gone.total()
        print(f"{kind:24}{of:6}{how_many:6}{how_many / of:7.3f}")
    print(
        f"{row} letters, {quarantined} in quarantine, {with_a_miss} of the others with "
        f"a miss; of other letters and figures {removed / other:.3f} removed"
    )


def _places(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def _telling(text: str, start: int, end: int) -> set[int]:
    """Give the places in a mark that are of no title and no particle."""
    silent = _places(
        (start + found.start(), start + found.end())
        for found in _SAYS_NOTHING.finditer(text[start:end])
    )
    return {at for at in range(start, end) if text[at].isalnum()} - silent


if __name__ == "__main__":
    main()
