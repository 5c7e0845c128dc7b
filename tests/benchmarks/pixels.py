"""Find out how much burned-in text is scrubbed, how much else is, and what it takes.

    python -m tests.benchmarks.pixels FILMS ... [--count 24] [--clean 8] [--seed 1]
        [--judge ../shared/judge] [--python PYTHON] [--only hilum]

For each folder of JPEG films the judge (``burned_in.py``) makes films with text. They
are scrubbed one by one, each way in a process of its own on one core: as ``site-agent
deidentify`` does, whose networks have a second process, with which the first takes
turns; by the same networks over the whole film at a long side of 1500; by RapidOCR as
its package runs it; and by Tesseract, where there is one on the PATH. The peers fill
what they find as Hilum does and let the same markers and texts stay, so that only the
finding is compared. The judge scores all of them. Seconds are of the processor, and
memory is the largest that was resident of one process. The status is 0 when Hilum meets
every bar. PYTHON is one that has what the judge needs (faker, OpenCV).
"""

from __future__ import annotations

from site_agent.memory import give_back_at_once  # isort: skip  # before pydicom

import argparse
import csv
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import cv2
import numpy as np
import pydicom

from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pixels.allowed import compared, usually_allowed
from site_agent.deidentify.pixels.boxes import Box, Grey, box_around
from site_agent.deidentify.pixels.filling import fill
from site_agent.deidentify.pixels.meaning import MARKERS, told_apart
from site_agent.deidentify.pixels.networks import networks
from site_agent.deidentify.pixels.seen import as_seen, clearer
from site_agent.deidentify.pseudonym import KEY_BYTES, Pseudonyms
from site_agent.films.scrubbing import ScrubbingConversion
from site_agent.ocr import ocr
from site_agent.on_disk.conversion import Conversion, Converted

JUDGE = Path("../shared/judge")
BARS = ("--min-recall", "0.99", "--min-markers", "1", "--max-quarantine", "0.05")
LONG_SIDE = 1500
GROUPS = ("all texts", "height 12", "height 16", "height 40", "tone low", "angle skew")

Scrub = Callable[[Path, Path], bool]
"""Writes a scrubbed film beside an old one; tells whether there is one."""


@dataclass(frozen=True)
class Cost:
    """Processor seconds of each film, by whether it has text; megabytes."""

    seconds: Mapping[bool, list[float]]
    memory: int


def main() -> int:
    """Make, scrub and score the films of each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=24, help="films with text")
    parser.add_argument("--clean", type=int, default=8, help="films without")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judge", type=Path, default=JUDGE)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--only", choices=WAYS, help="one way, and none of the others")
    args = parser.parse_args()
    ways = [args.only] if args.only else list(WAYS)
    if "tesseract" in ways and shutil.which("tesseract") is None:
        ways.remove("tesseract")
    return max([compare(folder, ways, args) for folder in args.films])


def compare(folder: Path, ways: Iterable[str], args: argparse.Namespace) -> int:
    """Score each way over films of one folder; give the judge's verdict on ours."""
    print(f"\n{folder.name}, seed {args.seed}", flush=True)
    judge = args.python, str(args.judge / "burned_in.py")
    status, columns = 0, {}
    with tempfile.TemporaryDirectory() as room:
        made = Path(room, "made")
        numbers = "--count", str(args.count), "--clean", str(args.clean)
        command = (*judge, "make", made, "--backgrounds", folder, *numbers)
        subprocess.run((*command, "--seed", str(args.seed)), check=True)
        truth = made.with_name("made.truth.json")
        films = {film["file"]: bool(film["texts"]) for film in read(truth)}
        for way in ways:
            out, table = Path(room, way), Path(room, f"{way}.csv")
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                cost = process.submit(scrub_all, way, films, made, out, table).result()
            scored = (*judge, "score", made, out, "--truth", truth, "--map", table)
            done = subprocess.run((*scored, *BARS), capture_output=True, text=True)
            columns[way] = {**figures_of(done.stdout), **figures_of_cost(cost)}
            if way == "hilum":
                status = done.returncode
                print(done.stdout)
    print(f"{'':24}{''.join(f'{way:>14}' for way in columns)}")
    for name in next(iter(columns.values())):
        cells = "".join(f"{column.get(name, '-'):>14}" for column in columns.values())
        print(f"{name:24}{cells}")
    return status


def read(truth: Path) -> list[dict[str, object]]:
    """Read what the judge knows of its films."""
    films: list[dict[str, object]] = json.loads(truth.read_text("utf-8"))
    return films


def scrub_all(
    way: str, films: Mapping[str, bool], made: Path, out: Path, table: Path
) -> Cost:
    """Scrub films, and write the table by which the judge finds them."""
    scrub = WAYS[way]()
    seconds: dict[bool, list[float]] = {True: [], False: []}
    out.mkdir()
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("input", "output"))
        for name, has_text in films.items():
            started = processor_seconds()
            if scrub(made / name, out / name):
                rows.writerow((name, name))
            seconds[has_text].append(processor_seconds() - started)
    ocr().stop()
    usage = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    memory = max(resource.getrusage(who).ru_maxrss for who in usage) >> 10
    return Cost(seconds, memory)


def processor_seconds() -> float:
    """Give those of this process and of its children, ended or not."""
    times = os.times()
    ended = times.children_user + times.children_system
    return time.process_time() + ended + sum(map(_seconds_of, active_children()))


def _seconds_of(child: BaseProcess) -> float:
    """Give the seconds of a child that runs: proc(5), utime and stime."""
    fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figures_of(printed: str) -> dict[str, str]:
    """Read the judge's table and its last line."""
    rows = re.findall(r"^(\w+ \S+)\s+\d+\s+\d+\s+([\d.]+)$", printed, re.MULTILINE)
    recalls = {f"recall, {name}": value for name, value in rows if name in GROUPS}
    last = dict(re.findall(r"(\w+)=([\d.e-]+)", printed.splitlines()[-1]))
    others = "markers_kept", "clean_identical", "altered_elsewhere"
    return {**recalls, **{name: last[name] for name in others}}


def figures_of_cost(cost: Cost) -> dict[str, str]:
    """Give the median and the most for films with and without text."""
    figures = {}
    for has_text, seconds in cost.seconds.items():
        median, most = statistics.median(seconds), max(seconds)
        name = "s per film with text" if has_text else "s per clean film"
        figures[name] = f"{median:.2f} .. {most:.2f}"
    return {**figures, "MB": str(cost.memory)}


# ---------------------------------------------------------------------------- the ways


def hilum() -> Scrub:
    """Do what ``site-agent deidentify`` does."""
    key = Pseudonyms(bytes(range(KEY_BYTES)))
    conversion = ScrubbingConversion(Conversion(key, Options()), usually_allowed())
    give_back_at_once()
    ocr().start()

    def scrub(source: Path, target: Path) -> bool:
        return isinstance(conversion.convert(source, target), Converted)

    return scrub


def whole_film() -> Scrub:
    """Detect and read by the same networks, over the whole film, shrunk."""
    both = networks()

    def find(film: Grey) -> list[Box]:
        scale = LONG_SIDE / max(film.shape)
        small = cv2.resize(film, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = both.find(clearer(np.asarray(small, np.uint8)))
        placed = [box.placed(scale, 0, 0, is_fine=True) for box in boxes]
        return told_apart(placed, film, both, usually_allowed())[0]

    return filling_what(find)


def rapidocr() -> Scrub:
    """Run RapidOCR as its package does, on one core."""
    from rapidocr import RapidOCR

    engine = "EngineConfig.onnxruntime"
    one = {f"{engine}.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    ocr = RapidOCR(params={**one, "Global.log_level": "critical"})

    def find(film: Grey) -> list[Box]:
        read = ocr(cv2.cvtColor(film, cv2.COLOR_GRAY2BGR))
        if read.boxes is None:
            return []
        found = zip(read.boxes, read.txts, read.scores, strict=True)
        return [
            box_around(cv2.minAreaRect(np.asarray(corners, np.float32)), float(score))
            for corners, text, score in found
            if goes(text)
        ]

    return filling_what(find)


def tesseract() -> Scrub:
    """Run Tesseract for sparse text (page segmentation mode 11), on one core."""

    def find(film: Grey) -> list[Box]:
        picture = cv2.imencode(".png", film)[1].tobytes()
        table = "-c", "tessedit_create_tsv=1"
        command = ("tesseract", "-", "-", "--psm", "11", *table)
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(
            command, input=picture, capture_output=True, check=True, env=environment
        )
        lines = done.stdout.decode().splitlines()
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        words = [row for row in rows if float(row["conf"]) >= 0 and goes(row["text"])]
        return [word_box(row) for row in words]

    return filling_what(find)


def word_box(row: Mapping[str, str]) -> Box:
    """Give the box of one word of Tesseract's table."""
    x, y, width, height = (
        float(row[name]) for name in ("left", "top", "width", "height")
    )
    rectangle = ((x + width / 2, y + height / 2), (width, height), 0.0)
    return box_around(rectangle, float(row["conf"]) / 100)


def goes(text: str) -> bool:
    """Whether a text that was read is none that may stay."""
    letters = "".join(filter(str.isalnum, text))
    return bool(letters) and letters not in MARKERS and not may_stay(text)


def may_stay(text: str) -> bool:
    """Whether a text is on the usual list."""
    return compared(text) in usually_allowed()


def filling_what(find: Callable[[Grey], list[Box]]) -> Scrub:
    """Fill what is found in the films' own pixels."""

    def scrub(source: Path, target: Path) -> bool:
        film = pydicom.dcmread(source)
        is_inverted = film.PhotometricInterpretation == "MONOCHROME1"
        pixels = film.pixel_array.copy()
        fill(pixels, find(as_seen(pixels, is_inverted=is_inverted)))
        film.PixelData = pixels.tobytes()
        film.save_as(target)
        return True

    return scrub


WAYS: dict[str, Callable[[], Scrub]] = {
    "hilum": hilum,
    "whole film": whole_film,
    "RapidOCR": rapidocr,
    "tesseract": tesseract,
}

if __name__ == "__main__":
    sys.exit(main())
