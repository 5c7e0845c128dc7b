"""Judge the labeler beside medspaCy's ConText and negspacy, on the same reports.

    python -m tests.benchmarks.labels [--peers VENV] [--count 20000] [--mode coder]

VENV is an environment with what ``tests/benchmarks/peers.txt`` lists; it is made if it
is not there. The reports, their gold and the judge are looked for in ``../shared``;
without them only speed, start and memory are measured.

Even reports were seen while the labeler was made, odd ones were not. The peers are
given the finding phrases of our English pack to look for, and decide by their own rules
what is denied or doubted; what they say is combined by CheXpert's rules. Speed is of
CPU time: of Hilum the whole command with reading and writing less its start, of the
peers the labelling alone.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import tempfile
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from site_agent.label.pack import expand
from site_agent.reports.labelling import COLUMNS
from tests.benchmarks.judging import (
    Bar,
    judged,
    peer,
    peers_python,
    show,
    site_agent,
)
from tests.shared_folder import SHARED

LENGTH = 267  # characters of the mean report
BARS = [
    Bar("IU hedge-neutral micro-F1 of 13 labels", "micro", 0.95, 0.965),
    Bar("IU hedge-neutral macro-F1 of 14 labels", "macro", 0.90, 0.93),
    Bar("IU strict weighted F1", "weighted_strict", 0.92, 0.94),
    Bar("uncertain labels per report, at least", "uncertain_per_report", 0.10, None),
    Bar(
        "uncertain labels per report, at most",
        "uncertain_per_report",
        0.25,
        None,
        False,
    ),
    Bar("NegBio gold, 7 classes, strict F1", "f1", 0.90, 0.92),
    Bar(
        "SARLE: normal called positive or uncertain",
        "normal_called",
        0.010,
        0.005,
        False,
    ),
    Bar("SARLE: hedged gets an uncertain", "hedged_uncertain", 0.85, 0.92),
    Bar("SARLE: abnormal gets a positive", "abnormal_positive", 0.93, 0.95),
    Bar("SARLE: sentences with a mention", "mentioned", 0, None),
    Bar(f"reports/s of {LENGTH} characters, one core", "speed", 5000, 20000),
    Bar("start-up, seconds", "start", 0.3, None, False),
    Bar("memory, MB", "memory", 150, None, False),
]
Labeler = Callable[[Path, Path], None]
SENTENCES = """Cardiac and mediastinal contours are within normal limits. The lungs are
clear. No pneumothorax or pleural effusion is seen. Mild degenerative changes of the
thoracic spine. Low lung volumes with basilar opacities, which may represent atelectasis
or pneumonia. There is no evidence of congestive failure.""".replace("\n", " ")


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", type=Path, help="environment with the other tools")
    parser.add_argument("--count", type=int, default=20000, help="reports to be timed")
    parser.add_argument("--mode", default="radiologist", help="of our labels")
    options = parser.parse_args()
    data = SHARED / "data" / "reports"
    with tempfile.TemporaryDirectory() as temporary:
        room = Path(temporary)
        labelers: dict[str, Labeler] = {"Hilum": of_ours(options.mode)}
        if python := peers_python(options.peers):
            lexicon = room / "lexicon.json"
            lexicon.write_text(json.dumps(finding_phrases()))
            for name in ("medspacy", "negspacy"):
                labelers[name] = of_peer(python, name, lexicon)
        columns: dict[str, dict[str, float]] = {}
        for parity, half in ((0, "seen"), (1, "held out")):
            for name, labeler in labelers.items():
                if data.is_dir():
                    columns[f"{name}, {half}"] = quality(labeler, data, parity, room)
                elif parity:
                    columns[f"{name}, {half}"] = {}
        if not data.is_dir():
            print(f"{SHARED} is absent: no gold, and so no quality is measured.")
        columns["Hilum, held out"] |= cost(
            timed_reports(room, options.count, data), room
        )
        for name in ("medspacy", "negspacy"):
            if python and name in labelers:
                reports = timed_reports(room, options.count // 20, data)
                said = peer(python, name, room / "lexicon.json", reports, room / "out")
                column = columns[f"{name}, held out"]
                column["speed"] = said["texts"] / said["seconds"]
        show(BARS, columns, "Hilum, held out")


def of_ours(mode: str) -> Labeler:
    """Give the labeler that our command is in a mode."""

    def label(source: Path, target: Path) -> None:
        site_agent("label", source, "-o", target, "--mode", mode)

    return label


def of_peer(python: Path, name: str, lexicon: Path) -> Labeler:
    """Give a labeler that runs a peer."""

    def label(source: Path, target: Path) -> None:
        peer(python, name, lexicon, source, target)

    return label


def finding_phrases() -> dict[str, list[str]]:
    """Give the phrases of our English pack by label, every variant written out."""
    text = files("site_agent.label").joinpath("en.toml").read_text("utf-8")
    named = {
        name.replace("_", " ").title(): phrases
        for name, phrases in tomllib.loads(text)["findings"].items()
    }
    return {
        label: sorted(
            {" ".join(row) for each in named.get(label, ()) for row in expand(each)}
        )
        for label in COLUMNS.values()
    }


def quality(labeler: Labeler, data: Path, parity: int, room: Path) -> dict[str, float]:
    """Label the half of every gold set, and ask the judge."""
    figures: dict[str, float] = {}
    reports, labels = room / "reports.csv", room / "labels.csv"
    half(data / "iu_reports.csv", room / "iu.csv", parity)
    judged_inputs("iu", room / "iu.csv", reports)
    labeler(reports, labels)
    for kind, gold in (
        ("negbio", "iu_openi_nih14_negbio_gold.csv"),
        ("iu", "iu_mesh_gold14.csv"),
    ):
        half(data / gold, room / "gold.csv", parity)
        figures |= judged(
            "labels.py", kind, "--gold", room / "gold.csv", "--predictions", labels
        )
    half(data / "iu_sentences_abnormal_normal_sarle.csv", room / "gold.csv", parity)
    judged_inputs("sarle", room / "gold.csv", reports)
    labeler(reports, labels)
    return figures | judged(
        "labels.py", "sarle", "--sentences", room / "gold.csv", "--predictions", labels
    )


def judged_inputs(kind: str, source: Path, target: Path) -> None:
    """Let the judge write the texts."""
    judged("labels.py", "inputs", kind, source, "-o", target)


def half(source: Path, target: Path, parity: int) -> None:
    """Take the rows with an even or an odd uid, or number where there is none."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        kept = [
            row
            for number, row in enumerate(rows)
            if int(row.get("uid") or number) % 2 == parity
        ]
        names = rows.fieldnames or []
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(kept)


def timed_reports(room: Path, count: int, data: Path) -> Path:
    """Write `count` reports of about the mean length; real ones, if there are any."""
    texts = [SENTENCES]
    if data.is_dir():
        with (data / "iu_reports.csv").open(encoding="utf-8", newline="") as file:
            both = [
                f"FINDINGS: {row['findings']}\nIMPRESSION: {row['impression']}"
                for row in csv.DictReader(file)
            ]
        texts = sorted(both, key=lambda text: abs(len(text) - LENGTH))[:800]
    path = room / "timed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text"))
        writer.writerows(enumerate(itertools.islice(itertools.cycle(texts), count)))
    return path


def cost(reports: Path, room: Path) -> dict[str, float]:
    """Time our command, with many reports and with none; the best of three each."""
    nothing = room / "nothing.csv"
    nothing.write_text("id,text\n1,No effusion.\n")
    starts = [site_agent("label", nothing, "-o", room / "out.csv") for _ in range(3)]
    runs = [site_agent("label", reports, "-o", room / "out.csv") for _ in range(3)]
    with reports.open(encoding="utf-8", newline="") as file:
        count = sum(1 for _ in csv.reader(file)) - 1
    seconds = min(run.cpu for run in runs) - min(start.cpu for start in starts)
    return {
        "speed": count / seconds,
        "start": min(start.wall for start in starts),
        "memory": max(run.memory for run in runs),
    }


if __name__ == "__main__":
    main()
