"""Time the header route side by side with `cp` and with other de-identifiers.

    python -m tests.benchmarks.header_route [--count 60] [--rounds 5] [--peers VENV]

Films of 2048 x 2048 pixels are made, and each contender turns the folder into another
on the same file system, whole processes in turns, files in the page cache. Shown are
the median, the ratio to `cp`, and that ratio without the start (the median of the same
command over an empty folder). What is not there is passed over. To have all:

    python3 -m venv VENV && VENV/bin/pip install dicognito dicom-anonymizer
    apt-get install libgdcm-tools        # gdcmanon; or a link to it in VENV/bin

How complete each of them is, is another question: see ``docs/hospital.md``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pydicom

from tests.site_agent.deidentify.chest_film import chest_film

SIDE = 2048
PYDICOM = """
import sys, pathlib, pydicom
for path in pathlib.Path(sys.argv[1]).glob("*"):
    film = pydicom.dcmread(path)
    for element in film.iterall():
        element.value
    film.save_as(pathlib.Path(sys.argv[2]) / path.name)
"""


@dataclass
class Contender:
    """A command with ``{src}`` and ``{dst}``, and the wall seconds of its rounds."""

    name: str
    command: tuple[str, ...]
    seconds: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def run(self, source: Path, room: Path) -> float:
        """Run once into a new folder, and return the seconds."""
        target = Path(tempfile.mkdtemp(dir=room)) / "out"
        target.mkdir()
        named = [part.format(src=source, dst=target) for part in self.command]
        started = time.perf_counter()
        done = subprocess.run(named, capture_output=True, check=False)
        seconds = time.perf_counter() - started
        given = len(list(source.iterdir()))
        large = [each for each in target.rglob("*") if each.is_file()]
        large = [each for each in large if each.stat().st_size > SIDE * SIDE]
        if done.returncode or len(large) < given:
            said = done.stderr.decode("utf-8", "replace").splitlines()[-1:]
            raise SystemExit(f"{self.name}: {len(large)} of {given} films. {said}")
        shutil.rmtree(target.parent)
        return seconds


def main() -> None:
    """Make the films, let all take turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, help="venv with other de-identifiers")
    parser.add_argument("--folder", type=Path, help="where to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        room = Path(temporary)
        source, empty = room / "films", room / "empty"
        source.mkdir()
        empty.mkdir()
        make_films(source, options.count)
        contenders = list(all_contenders(room, options.peers))
        for _ in range(options.rounds):
            for each in contenders:
                each.starts.append(start_of(each, empty, room))
                each.seconds.append(each.run(source, room))
    show(contenders, options.count)


def make_films(folder: Path, count: int) -> None:
    """Write films that differ in their pixels and their UIDs."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 4096, (SIDE, SIDE), np.uint16)
    for number in range(count):
        film = chest_film(
            SOPInstanceUID=f"1.2.3.{number}",
            StudyInstanceUID=f"1.2.4.{number // 2}",
            Rows=SIDE,
            Columns=SIDE,
            PixelData=np.roll(pixels, number, 0).tobytes(),
        )
        pydicom.dcmwrite(folder / f"{number:05}.dcm", film)


def all_contenders(room: Path, peers: Path | None) -> Iterator[Contender]:
    """Give everyone who is there, `cp` first."""
    command = (sys.executable, "-m", "site_agent.cli", "deidentify", "--no-scrub")
    agent = (*command, "{src}", "{dst}")
    copy = ("cp", "-r", "--reflink=never", "{src}", "{dst}")
    yield Contender("cp", copy)
    yield Contender("Hilum", agent)
    yield Contender("Hilum, report", (*agent, "--report", str(room / "report.jsonl")))
    synced = f"{' '.join(copy)} && sync -f {{dst}}"
    yield Contender("cp, synced", ("sh", "-c", synced))
    yield Contender("Hilum, synced", (*agent, "--sync"))
    yield Contender("pydicom", (sys.executable, "-c", PYDICOM, "{src}", "{dst}"))
    yield from peer_contenders(room, peers)


def peer_contenders(room: Path, peers: Path | None) -> Iterator[Contender]:
    """Give the other de-identifiers that are installed."""
    path = os.pathsep.join(filter(None, (peers and f"{peers}/bin", os.environ["PATH"])))
    if peers and (peers / "bin" / "dicognito").exists():
        python = str(peers / "bin" / "python")
        command = (python, "-m", "dicognito", "--quiet", "-o", "{dst}", "{src}")
        yield Contender("dicognito", command)
    if anonymizer := shutil.which("dicom-anonymizer", path=path):
        yield Contender("dicom-anonymizer", (anonymizer, "{src}", "{dst}"))
    if (gdcmanon := shutil.which("gdcmanon", path=path)) and shutil.which("openssl"):
        certificate = room / "certificate.pem"
        request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x")
        keep = ["-keyout", str(room / "key.pem"), "-out", str(certificate)]
        program = shutil.which("openssl") or ""
        subprocess.run([program, *request, *keep], check=True, capture_output=True)
        flags = ("-e", "-c", str(certificate), "-r", "-i", "{src}", "-o", "{dst}")
        yield Contender("gdcmanon", (gdcmanon, *flags))


def start_of(contender: Contender, empty: Path, room: Path) -> float:
    """Seconds over an empty folder; what it says to that does not matter."""
    target = Path(tempfile.mkdtemp(dir=room))
    named = [part.format(src=empty, dst=target) for part in contender.command]
    started = time.perf_counter()
    subprocess.run(named, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    shutil.rmtree(target)
    return seconds


def show(contenders: list[Contender], count: int) -> None:
    """Print one line for each; those that sync are compared with `cp` that does."""
    medians = {each.name: statistics.median(each.seconds) for each in contenders}
    starts = {each.name: statistics.median(each.starts) for each in contenders}
    print(f"{count} films of {SIDE} x {SIDE}")
    print(
        f"{'':18}{'median s':>10}{'start s':>10}{'ms/film':>10}{'/cp':>8}{'beyond':>8}"
    )
    for name, seconds in medians.items():
        base = "cp, synced" if name.endswith("synced") else "cp"
        beyond = (seconds - starts[name]) / (medians[base] - starts[base])
        print(
            f"{name:18}{seconds:10.3f}{starts[name]:10.3f}"
            f"{1000 * seconds / count:10.2f}{seconds / medians[base]:8.2f}{beyond:8.2f}"
        )


if __name__ == "__main__":
    main()
