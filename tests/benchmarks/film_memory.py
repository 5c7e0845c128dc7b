"""Show how much memory a process takes that looks for text in large films.

    python -m tests.benchmarks.film_memory [--work DIR]

For each size and compression it makes a study of two films with a name on them, and
lets `site-agent deidentify`, the steps of `site-agent run` and `site-agent sample` work
on it with one job. It prints the largest resident memory (VmHWM, shared libraries
included) of any process of each, in MB of 2^20 bytes, and what became of the films. It
takes some minutes, and 1 GB below DIR (/tmp).

Exit 1 when a process took 200 MB.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pydicom
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from tests.site_agent.inbox import ACCESSION, film, put, report

MOST = 200
HERE = Path(__file__).parents[2]
SITE_AGENT = [sys.executable, "-m", "site_agent.cli"]
RUN = [
    sys.executable,
    "-c",
    "from tests.benchmarks.film_memory import run_as; run_as()",
]


@dataclass(frozen=True)
class Case:
    """Two films of so many rows and columns."""

    name: str
    side: int
    syntax: str


CASES = (
    Case("4 million pixels", 2048, ExplicitVRLittleEndian),
    Case("18.5 million, the largest detectors", 4300, ExplicitVRLittleEndian),
    Case("18.5 million, JPEG 2000", 4300, JPEG2000Lossless),
    Case("18.5 million, JPEG-LS", 4300, JPEGLSLossless),
    Case("18.5 million, RLE", 4300, RLELossless),
    Case("32 million, the most", 5650, ExplicitVRLittleEndian),
    Case("36 million, left for a person", 6000, ExplicitVRLittleEndian),
    Case("25 million, JPEG 2000, left too", 5000, JPEG2000Lossless),
)


def write_study(inbox: Path, case: Case) -> None:
    """Write a film, a lateral and their report."""
    y, x = np.mgrid[0 : case.side, 0 : case.side].astype(np.float32) / case.side
    shades = 1600 + 900 * np.sin(4 * x) * np.cos(4 * y)
    shades += np.random.default_rng(7).normal(0, 12, shades.shape).astype(np.float32)
    ink = np.zeros(shades.shape, np.uint8)
    cv2.putText(ink, "REUTER, FRANCISCO", (200, 300), 0, 2.0, 255, 5, cv2.LINE_AA)
    shades[ink > 0] = 4000
    pixels = np.clip(shades, 0, 4095).astype(np.uint16).tobytes()
    size = {"Rows": case.side, "Columns": case.side, "PixelData": pixels}
    views = ({"ViewPosition": "PA"}, {"ViewPosition": "LL", "SOPInstanceUID": "1.2.9"})
    for view in views:
        path = put(inbox / f"{view['ViewPosition']}.dcm", film(1, **size, **view))
        if case.syntax != ExplicitVRLittleEndian:
            made = pydicom.dcmread(path)
            made.compress(case.syntax, generate_instance_uid=False)
            made.save_as(path)
    put(inbox / f"{ACCESSION}1.txt", report(1))


def run_as() -> None:
    """Do what `site-agent run` does, without a coordinator's invitation."""
    from site_agent.config import SitePaths, Specification
    from site_agent.deidentify.header.options import Options
    from site_agent.deidentify.pixels.allowed import usually_allowed
    from site_agent.deidentify.vault import Vault
    from site_agent.intake import run
    from site_agent.pipeline import Tools

    inbox, home = map(Path, sys.argv[1:])
    vault = Vault.create(home / "vault", bytes(32))
    tools = Tools(vault.pseudonyms, Options(), (), Specification(), usually_allowed())
    ended = run([inbox], paths=SitePaths(home), vault=vault, tools=tools, jobs=1)
    print(*ended.studies)


def largest(command: Sequence[object]) -> tuple[int, str]:
    """Run a command; give the most MB that a process of it took, and its last line."""
    with subprocess.Popen(
        list(map(str, command)),
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        most = 0
        while running.poll() is None:
            most = max(most, *_memory_of(running.pid))
            time.sleep(0.01)
        assert running.stdout is not None
        lines = running.stdout.read().split("\n")
    return most >> 10, next((line for line in lines if line), "")


def _memory_of(session: int) -> list[int]:
    """Give the kB that each process of a session took at most, so far."""
    found = [0, 0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == session:
                status = (process / "status").read_text()
                found += map(int, re.findall(r"VmHWM:\s+(\d+)", status))
        except OSError:
            continue  # it ended
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, help="where films are made")
    given = parser.parse_args()
    most = 0
    print(f"{'MB of a process, at most':38}{'deidentify':>12}{'run':>6}{'sample':>8}")
    for case in CASES:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            inbox, new, home, sheet = (Path(folder, each) for each in "inhs")
            write_study(inbox, case)
            first, said = largest([*SITE_AGENT, "deidentify", inbox, new, "--jobs", 1])
            second, ended = largest([*RUN, inbox, home])
            sampled = ["sample", "pixels", "--from", new, "--to", sheet]
            third, _ = largest([*SITE_AGENT, *sampled])
        print(f"{case.name:38}{first:12}{second:6}{third:8}   {said} {ended}")
        most = max(most, first, second, third)
    return int(most >= MOST)


if __name__ == "__main__":
    sys.exit(main())
