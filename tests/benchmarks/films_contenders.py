"""Programs that turn a folder of films into another: Hilum, `cp` and its peers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.free_cores import Alone

HERE = Path(__file__).parent
TRIES = 8
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
    """A command with ``{src}`` and ``{dst}``, and the wall seconds of its rounds.

    `base` is the contender whose time its own is compared with. A copier removes
    nothing, so that nobody asks what it leaves. `disturbed` counts the turns that
    others never left the cores to.
    """

    name: str
    command: tuple[str, ...]
    base: str = "cp"
    is_copier: bool = False
    seconds: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    disturbed: int = 0

    def run(self, source: Path, target: Path) -> subprocess.CompletedProcess[bytes]:
        """Run once from one folder into another, which is there."""
        named = [part.format(src=source, dst=target) for part in self.command]
        return subprocess.run(
            named, capture_output=True, check=False, cwd=HERE.parents[1]
        )

    def timed(self, source: Path, room: Path, least: int) -> float:
        """Run into a new folder while the cores are free, and return the seconds.

        Files of at least `least` bytes must come out as many as go in. Where others
        took a core meanwhile it is done again, up to `TRIES` times.
        """
        for _ in range(TRIES):
            seconds, is_alone = self._timed_once(source, room, least)
            if is_alone:
                return seconds
        self.disturbed += 1
        return seconds

    def _timed_once(self, source: Path, room: Path, least: int) -> tuple[float, bool]:
        target = Path(tempfile.mkdtemp(dir=room)) / "out"
        target.mkdir()
        alone = Alone()
        done = self.run(source, target)
        timed = alone.end()
        given = len(list(source.iterdir()))
        large = [each for each in target.rglob("*") if each.is_file()]
        large = [each for each in large if each.stat().st_size >= least]
        if given and (done.returncode or len(large) < given):
            said = done.stderr.decode("utf-8", "replace").splitlines()[-1:]
            raise SystemExit(f"{self.name}: {len(large)} of {given} films. {said}")
        shutil.rmtree(target.parent)
        return timed


def contenders(room: Path, peers: Path | None) -> Iterator[Contender]:
    """Give everyone who is there, `cp` first; Hilum writes its report into `room`."""
    command = (sys.executable, "-m", "site_agent.cli", "deidentify", "--no-scrub")
    agent = (*command, "{src}", "{dst}")
    report = ("--report", str(room / "report.jsonl"))
    copy = ("cp", "-r", "--reflink=never", "{src}", "{dst}")
    synced = ("sh", "-c", f"{' '.join(copy)} && sync -f {{dst}}")
    yield Contender("cp", copy, is_copier=True)
    yield Contender("Hilum, report", (*agent, *report))
    yield Contender("Hilum", agent)
    yield Contender("cp, synced", synced, "cp, synced", is_copier=True)
    yield Contender("Hilum, synced", (*agent, *report, "--sync"), "cp, synced")
    read_and_save = (sys.executable, "-c", PYDICOM, "{src}", "{dst}")
    yield Contender("pydicom", read_and_save, is_copier=True)
    yield from _peers(room, peers)


def _peers(room: Path, peers: Path | None) -> Iterator[Contender]:
    """Give the other de-identifiers that are installed."""
    path = os.pathsep.join(filter(None, (peers and f"{peers}/bin", os.environ["PATH"])))
    if peers and (peers / "bin" / "dicognito").exists():
        python = str(peers / "bin" / "python")
        command = (python, "-m", "dicognito", "--quiet", "-o", "{dst}", "{src}")
        yield Contender("dicognito", command)
    if anonymizer := shutil.which("dicom-anonymizer", path=path):
        yield Contender("dicom-anonymizer", (anonymizer, "{src}", "{dst}"))
    openssl = shutil.which("openssl")
    if (gdcmanon := shutil.which("gdcmanon", path=path)) and openssl:
        certificate = room / "certificate.pem"
        request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x")
        keep = ("-keyout", str(room / "key.pem"), "-out", str(certificate))
        subprocess.run([openssl, *request, *keep], check=True, capture_output=True)
        flags = ("-e", "-c", str(certificate), "-r", "-i", "{src}", "-o", "{dst}")
        yield Contender("gdcmanon", (gdcmanon, *flags))
