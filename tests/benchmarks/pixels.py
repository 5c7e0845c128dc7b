"""Find out how much burned-in text is scrubbed, how much else is, and what it takes.

    python -m tests.benchmarks.pixels FILMS ... [--count 24] [--clean 8] [--seed 1]
        [--judge ../shared/judge] [--python PYTHON]

For each folder of JPEG films the judge (``burned_in.py``) makes films with text, they
are converted one by one as ``site-agent deidentify --scrub`` does, in one process on
one core, and the judge scores them with the bars of the project: recall 0.95 and, by
height and contrast, what its table shows; all markers; no clean film changed. Shown
besides are processor seconds per film, by size, and the largest resident memory.
PYTHON is one that has what the judge needs (faker, OpenCV); by default this one.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pixels.allowed import usually_allowed
from site_agent.deidentify.pixels.networks import networks
from site_agent.deidentify.pseudonym import KEY_BYTES, Pseudonyms
from site_agent.films.conversion import Conversion, Converted
from site_agent.films.scrubbing import ScrubbingConversion

JUDGE = Path("../shared/judge")
BARS = ("--min-recall", "0.99", "--min-markers", "1", "--max-quarantine", "0.05")


def main() -> int:
    """Run the judge over each folder; the status is 0 when every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=24, help="films with text")
    parser.add_argument("--clean", type=int, default=8, help="films without")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judge", type=Path, default=JUDGE)
    parser.add_argument("--python", default=sys.executable)
    args = parser.parse_args()
    key = Pseudonyms(bytes(range(KEY_BYTES)))
    conversion = ScrubbingConversion(Conversion(key, Options()), usually_allowed())
    networks()
    loaded = peak_megabytes()
    statuses = [judged(folder, conversion, args) for folder in args.films]
    print(f"memory: {loaded} MB with the networks, at most {peak_megabytes()} MB")
    return max(statuses)


def judged(
    folder: Path, conversion: ScrubbingConversion, args: argparse.Namespace
) -> int:
    """Make films of one folder, convert and score them; give the judge's status."""
    print(f"\n{folder.name}, seed {args.seed}", flush=True)
    judge = args.python, str(args.judge / "burned_in.py")
    with tempfile.TemporaryDirectory() as room:
        made, out = Path(room, "made"), Path(room, "out")
        numbers = "--count", str(args.count), "--clean", str(args.clean)
        command = (*judge, "make", made, "--backgrounds", folder, *numbers)
        subprocess.run((*command, "--seed", str(args.seed)), check=True)
        truth = made.with_name("made.truth.json")
        table = Path(room, "map.csv")
        convert_all(json.loads(truth.read_text("utf-8")), made, out, table, conversion)
        scored = (*judge, "score", made, out, "--truth", truth, "--map", table, *BARS)
        return subprocess.run(scored, check=False).returncode


def convert_all(
    films: list[dict[str, object]],
    made: Path,
    out: Path,
    table: Path,
    conversion: ScrubbingConversion,
) -> None:
    """Convert films, and print the processor seconds that each size took."""
    seconds: dict[str, list[float]] = defaultdict(list)
    out.mkdir()
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("input", "output"))
        for film in films:
            name = str(film["file"])
            started = time.process_time()
            outcome = conversion.convert(made / name, out / name)
            kind = "with text" if film["texts"] else "clean"
            seconds[f"{film['shape']} {kind}"].append(time.process_time() - started)
            if isinstance(outcome, Converted):
                rows.writerow((name, name))
    for kind, each in sorted(seconds.items()):
        median, most = statistics.median(each), max(each)
        print(f"{kind:24} median {median:5.2f} s, at most {most:5.2f} s per film")


def peak_megabytes() -> int:
    """Give the largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    sys.exit(main())
