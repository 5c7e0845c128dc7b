"""How much of what identifies goes from letters of hospitals that nobody had in mind.

    python -m tests.benchmarks.other_hands --python PYTHON [--peers VENV]
        [--count 900] [--seed 11]

``letters/*.json`` are letterheads, phrases, names of houses, forms of dates and of
numbers in nine languages, each file by another hand, none of which knew the rules. The
judge in ``../shared`` fills them with made-up people; PYTHON is one that has its needs
(numpy and Faker). Those from ``first`` to ``seventh`` were at hand while rules were
written; the last two of them write prose. The ``unread`` ones were not, and should stay
so: look at their totals alone. A report in quarantine counts as removed from end to
end, its clinical spans as damaged. VENV is as in ``report_text``: Presidio scrubs the
English reports of the last hand.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.judging import Bar, peers_python, show
from tests.benchmarks.report_text import SHARES, english_of, presidio, scrubbed
from tests.shared_folder import SHARED

LETTERS = Path(__file__).with_name("letters")
JUDGE = SHARED / "judge" / "report_deid.py"
REPORTS = SHARED / "data" / "reports" / "iu_reports.csv"
BARS = [
    *SHARES,
    Bar("headers given: fully removed", "full_known", 0.97, 0.995),
    Bar("headers given: reports with any leak", "leaky_known", 0.15, 0.05, False),
]


def main() -> None:
    """Make the reports of each file, scrub them, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", required=True, help="a Python that has Faker")
    parser.add_argument("--peers", type=Path, help="environment with the other tools")
    parser.add_argument("--count", type=int, default=900, help="reports of each hand")
    parser.add_argument("--seed", type=int, default=11, help="of people and choices")
    options = parser.parse_args()
    if not JUDGE.is_file():
        raise SystemExit(f"{JUDGE} is absent: there is nobody to judge.")
    with tempfile.TemporaryDirectory() as temporary:
        room, columns = Path(temporary), {}
        gold = room / "gold.jsonl"
        for templates in sorted(LETTERS.glob("*.json")):
            make(gold, templates, options)
            columns[templates.stem] = scrubbed(gold, room)
        english = english_of(gold, room)
        columns["its English"] = scrubbed(english, room)
        if python := peers_python(options.peers):
            columns["Presidio"] = presidio(python, english, room)
    show(BARS, columns, templates.stem)


def make(gold: Path, templates: Path, options: argparse.Namespace) -> None:
    """Let the judge make reports of one hand; the same for the same seed."""
    given = {"--reports": REPORTS, "--seed": options.seed, "--count": options.count}
    given |= {"--templates": templates, "-o": gold}
    subprocess.run(
        [
            options.python,
            JUDGE,
            "make",
            *(str(x) for pair in given.items() for x in pair),
        ],
        env=os.environ | {"PYTHONHASHSEED": "0"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    main()
