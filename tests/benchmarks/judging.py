"""What the benchmarks of reports have in common: the judge, the peers, the clock."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared_folder import SHARED

HERE = Path(__file__).parent
FIGURE = re.compile(r"(\w+)=(-?[\d.e+-]+)")


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds by the clock and of CPU, and memory in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Bar:
    """A row of the table: what is measured, what it must be and what it should be.

    `least` tells whether more is better.
    """

    what: str
    key: str
    must: float
    stretch: float | None
    least: bool = True

    def verdict(self, value: float) -> str:
        """Say which of the two bars a value meets."""
        if self.stretch is not None and self.meets(value, self.stretch):
            return "stretch"
        return "must" if self.meets(value, self.must) else "MISSED"

    def meets(self, value: float, bar: float) -> bool:
        """Whether a value, rounded as it is shown, is good enough."""
        return round(value, 4) >= bar if self.least else round(value, 4) <= bar


def judged(script: str, *arguments: str | Path) -> dict[str, float]:
    """Run a judge and read the figures of its last line; its verdict is not needed."""
    command = [sys.executable, str(SHARED / "judge" / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if not lines or done.returncode not in (0, 1):
        raise SystemExit(f"{script}: {done.stderr.strip().splitlines()[-1:]}")
    return {name: float(value) for name, value in FIGURE.findall(lines[-1])}


def site_agent(*arguments: str | Path) -> Cost:
    """Run a command of ours on one core, and measure the whole process."""
    command = [sys.executable, "-m", "site_agent.cli", *map(str, arguments)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=HERE.parents[1]
    ) as process:
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"site-agent {arguments[0]}: {said.decode()[-500:]}")
    wall = time.perf_counter() - started
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def peers_python(venv: Path | None) -> Path | None:
    """Give the Python of the peers' environment, which is made if it is not there."""
    if venv is None:
        return None
    python = venv / "bin" / "python"
    if not python.exists():
        print(f"Making {venv} from tests/benchmarks/peers.txt ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        pip = (python, "-m", "pip", "install", "--quiet", "-r", HERE / "peers.txt")
        subprocess.run([str(each) for each in pip], check=True)
    return python


def peer(python: Path, *arguments: str | Path) -> dict[str, Any]:
    """Run a peer, and read the figures of its last line."""
    command = [str(python), str(HERE / "peers.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{arguments[0]}: {done.stderr.strip().splitlines()[-1:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def show(bars: list[Bar], columns: dict[str, dict[str, float]], judge: str) -> None:
    """Print the table; the column named `judge` says which bar is met."""
    width = max(len(name) for name in columns) + 2
    head = "".join(f"{name:>{max(width, 12)}}" for name in columns)
    print(f"{'':44}{'must':>9}{'stretch':>9}{head}  {judge} meets")
    for bar in bars:
        cells = "".join(
            f"{_short(values.get(bar.key)):>{max(width, 12)}}"
            for values in columns.values()
        )
        value = columns[judge].get(bar.key)
        verdict = "" if value is None else bar.verdict(value)
        sign = ">=" if bar.least else "<="
        print(
            f"{bar.what:44}{sign + _short(bar.must):>9}{_short(bar.stretch):>9}{cells}"
            f"  {verdict}"
        )


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}"
