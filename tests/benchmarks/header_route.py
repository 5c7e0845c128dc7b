"""Prove the header route: complete, valid, as fast as `cp`, and small in memory.

    python -m tests.benchmarks.header_route [--count 60] [--rounds 7] [--peers VENV]

The first table holds Hilum to what is asked of it; the second has everyone side by
side: films of 2048 x 2048 pixels, each contender turning the folder into another on the
same file system, whole processes in turns, files in the page cache. "Beyond" is the
ratio to `cp` without the start, which is the same command over an empty folder; both
ratios are medians over the rounds, each with the `cp` of its own round. A turn waits
until the cores are free, since other work would count against those that take several.
"Left" is what is still there of a film with every attribute of PS3.15 Table E.1-1, by
``../shared/judge/e11_stress.py`` where that is at hand, else by our own
count. Who is not installed is passed over; to have all:

    python3 -m venv VENV && VENV/bin/pip install -r tests/benchmarks/peers_films.txt

Exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom

from site_agent.deidentify.header.engine import Declined
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.reading import quiet
from tests.benchmarks.films_contenders import Contender, contenders
from tests.benchmarks.judging import judged
from tests.shared_folder import CHEST_FILMS, TABLE_E1_1
from tests.site_agent.deidentify.both_ways import as_bytes, by_engine, by_pydicom
from tests.site_agent.deidentify.chest_film import chest_film
from tests.site_agent.deidentify.dciodvfy import errors_in
from tests.site_agent.deidentify.every_row import SECRET, plant_every_row

SIDE = 2048
SEEDS = (4, 5, 6)
FEW, MANY = 1_000, 20_000
HUGE_SIDE, HUGE_FRAMES = 16_000, 4
PIXELS = struct.pack("<HH2sH", 0x7FE0, 0x10, b"OW", 0)


HERE = Path(__file__).parents[2]
# A process counts the memory of the one that starts it, so that has to be a small one.
MEASURED = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
cost = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([cost.ru_utime + cost.ru_stime, cost.ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Row:
    """A line of the first table; what is measured must not be more than `most`."""

    what: str
    most: float
    value: float | None


def main() -> int:
    """Measure, print both tables, and tell whether a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", type=Path, help="venv with other de-identifiers")
    parser.add_argument("--folder", type=Path, help="where to write, some 6 GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        room = Path(temporary)
        everyone = list(contenders(room, options.peers))
        race(everyone, room, options.count, options.rounds)
        rows = [*quality(everyone, room), *speed(everyone), *memory(room)]
        show_bars(rows)
        show_everyone(everyone, options.count, room)
    return any(row.value is not None and row.value > row.most for row in rows)


def race(everyone: list[Contender], room: Path, count: int, rounds: int) -> None:
    """Let all take turns over the same films, and over an empty folder."""
    source, empty = room / "films", room / "empty"
    source.mkdir()
    empty.mkdir()
    pixels = np.random.default_rng(1).integers(0, 4096, (SIDE, SIDE), np.uint16)
    for number in range(count):
        film = chest_film(
            SOPInstanceUID=f"1.2.3.{number}",
            StudyInstanceUID=f"1.2.4.{number // 2}",
            Rows=SIDE,
            Columns=SIDE,
            PixelData=np.roll(pixels, number, 0).tobytes(),
        )
        pydicom.dcmwrite(source / f"{number:05}.dcm", film)
    for _ in range(rounds):
        for each in everyone:
            each.starts.append(each.timed(empty, room, 0))
            each.seconds.append(each.timed(source, room, SIDE * SIDE))
    shutil.rmtree(source)


def speed(everyone: list[Contender]) -> Iterator[Row]:
    """Compare with `cp`, round by round."""
    by_name = {each.name: each for each in everyone}
    for name, what in (
        ("Hilum, report", "times cp beyond start-up, with the report"),
        ("Hilum", "times cp beyond start-up, without a report"),
        ("Hilum, synced", "times cp beyond start-up, report, both synced"),
    ):
        yield Row(what, 1.5, ratios(by_name[name], by_name)[1])
    yield Row("start-up, s", 0.5, statistics.median(by_name["Hilum, report"].starts))


def ratios(each: Contender, by_name: dict[str, Contender]) -> tuple[float, float]:
    """Give the ratio to `cp`, and that beyond the start."""
    base = by_name[each.base]
    mine, other = (
        list(zip(one.seconds, one.starts, strict=True)) for one in (each, base)
    )
    pairs = list(zip(mine, other, strict=True))
    whole = statistics.median(one[0] / two[0] for one, two in pairs)
    beyond = statistics.median(
        (one[0] - one[1]) / (two[0] - two[1]) for one, two in pairs
    )
    return whole, beyond


def quality(everyone: list[Contender], room: Path) -> Iterator[Row]:
    """Count what is left on both ways, and what is not valid any more."""
    hilum = next(each for each in everyone if each.name == "Hilum")
    for what, start in (("engine", 0), ("pydicom", 132)):
        left = [left_by(hilum, room, seed, start) or 0 for seed in SEEDS]
        yield Row(f"left of Table E.1-1, {len(SEEDS)} films, {what}", 0, sum(left))
    if not shutil.which("dciodvfy"):
        yield Row("new dciodvfy errors", 0, None)
        return
    new = 0
    own = room / "film.dcm"
    with quiet():
        pydicom.dcmwrite(own, chest_film())
    for path in (own, *CHEST_FILMS):
        copy = room / "copy.dcm"
        content = path.read_bytes()
        try:
            copy.write_bytes(by_engine(content, Options()))
        except Declined:
            copy.write_bytes(by_pydicom(content, Options()))
        new += len(errors_in(copy) - errors_in(path))
    yield Row(f"new dciodvfy errors, {len(CHEST_FILMS) + 1} films", 0, new)


def left_by(each: Contender, room: Path, seed: int, start: int = 0) -> float | None:
    """Count what a contender leaves of a film; None where it writes none.

    A film from byte 132 on has no preamble, and goes the slower way.
    """
    source = Path(tempfile.mkdtemp(dir=room))
    target = Path(tempfile.mkdtemp(dir=room))
    has_judge = TABLE_E1_1.exists()
    whole = room / "stress.dcm"
    if has_judge:
        judged(
            "e11_stress.py", "make", whole, "--table", TABLE_E1_1, "--seed", str(seed)
        )
    else:
        film = chest_film()
        plant_every_row(film)
        whole.write_bytes(as_bytes(film))
    (source / "film.dcm").write_bytes(whole.read_bytes()[start:])
    each.run(source, target)
    files = [path for path in target.rglob("*") if path.is_file()]
    if len(files) != 1:
        return None
    if not has_judge:
        return files[0].read_bytes().count(SECRET.encode())
    figures = judged("e11_stress.py", "score", whole, files[0], "--table", TABLE_E1_1)
    return sum(figures[name] for name in ("survivors", "x_kept", "private", "strings"))


def memory(room: Path) -> Iterator[Row]:
    """Measure memory for a huge film, and memory and time for many small ones."""
    huge = room / "huge"
    huge.mkdir()
    sides = {"Rows": HUGE_SIDE, "Columns": HUGE_SIDE}
    film = as_bytes(chest_film(**sides, NumberOfFrames=str(HUGE_FRAMES)))
    size = HUGE_SIDE * HUGE_SIDE * 2 * HUGE_FRAMES
    with (huge / "film.dcm").open("wb") as file:
        file.write(film[: film.index(PIXELS)] + PIXELS + struct.pack("<I", size))
        file.truncate(file.tell() + size)
    cost = deidentified(huge, room)
    yield Row(f"peak memory, a film of {size / 1e9:.1f} GB, MB", 200, cost[1])
    few, many = (deidentified(small_films(room, count), room) for count in (FEW, MANY))
    yield Row(f"peak memory, {MANY:,} films, MB", 200, many[1])
    flat = (many[0] / MANY) / (few[0] / FEW)
    yield Row(f"time per film, {MANY:,} to {FEW:,} films", 1.1, flat)


def small_films(room: Path, count: int) -> Path:
    """Write films of one header and few pixels, two of each study."""
    folder = room / f"small-{count}"
    folder.mkdir()
    film = as_bytes(
        chest_film(SOPInstanceUID="1.2.3.9999999", StudyInstanceUID="1.2.4.9999999")
    )
    for number in range(count):
        own = film.replace(b"1.2.3.9999999", f"1.2.3.{1_000_000 + number}".encode())
        study = f"1.2.4.{1_000_000 + number // 2}".encode()
        (folder / f"{number}").write_bytes(own.replace(b"1.2.4.9999999", study))
    return folder


def deidentified(source: Path, room: Path) -> tuple[float, float]:
    """Measure a run with everything over a folder, which is removed.

    Returns
    -------
    tuple
        Processor seconds beyond the start, and the peak of memory in MB.
    """
    (room / "nothing").mkdir(exist_ok=True)
    target = room / "written"
    flags = ["--no-scrub", "--report", f"{room}/report", "--map", f"{room}/map.csv"]
    costs = []
    for folder in (room / "nothing", source):
        command = ["-m", "site_agent.cli", "deidentify", str(folder), str(target)]
        program = [sys.executable, "-c", MEASURED, sys.executable, *command, *flags]
        said = subprocess.run(program, capture_output=True, check=True, cwd=HERE).stdout
        costs.append(json.loads(said.splitlines()[-1]))
    shutil.rmtree(source)
    shutil.rmtree(target)
    (start, _), (seconds, peak) = costs
    return seconds - start, peak


def show_bars(rows: list[Row]) -> None:
    """Print what is asked of Hilum, what was measured, and whether it holds."""
    print(f"{'':48}{'must':>8}{'is':>10}")
    for row in rows:
        if row.value is None:
            print(f"{row.what:48}{row.most:8g}{'-':>10}  not measured")
            continue
        verdict = "" if row.value <= row.most else "  MISSED"
        print(f"{row.what:48}{row.most:8g}{row.value:10.2f}{verdict}")


def show_everyone(everyone: list[Contender], count: int, room: Path) -> None:
    """Print one line for each contender."""
    by_name = {each.name: each for each in everyone}
    print(f"\n{count} films of {SIDE} x {SIDE}; those that sync against cp that does")
    head = ("median s", "start s", "ms/film", "/cp", "beyond", "left")
    print(f"{'':18}" + "".join(f"{name:>10}" for name in head))
    if disturbed := sum(each.disturbed for each in everyone):
        print(f"in {disturbed} turns other work took a core: do it again on free ones")
    for each in everyone:
        seconds, start = map(statistics.median, (each.seconds, each.starts))
        whole, beyond = ratios(each, by_name)
        left = None if each.is_copier else left_by(each, room, SEEDS[0])
        print(
            f"{each.name:18}{seconds:10.3f}{start:10.3f}"
            f"{1000 * (seconds - start) / count:10.2f}{whole:10.2f}{beyond:10.2f}"
            f"{'-' if left is None else int(left):>10}"
        )


if __name__ == "__main__":
    raise SystemExit(main())
