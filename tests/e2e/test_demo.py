"""The demonstration from its first key to its summary, with every real program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.demo.kept import is_served

pytestmark = pytest.mark.e2e

DEMO = (sys.executable, "-m", "deploy.demo")
HOMES = ("coordinator", "site-1", "site-2", "site-3")


def environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": root}


def test_story_is_told_to_its_end(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    told = subprocess.run(
        [*DEMO, "--out", out, "--studies", "8"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=900,
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    figures = json.loads((out / "summary.json").read_text())
    assert figures["not_as_planted"] == []
    assert figures["residue"] == []
    assert figures["run"]["state"] == "finished"
    assert (out / "model/model.safetensors").stat().st_size == figures["model"]["bytes"]
    assert "site-1" in (out / "model/card.md").read_text()
    for site in ("site-1", "site-2", "site-3"):
        assert figures["studies"][site]["dispositions"]["accepted"] == 8
        assert figures["left"][site]["statistics"]["entries"] == 1
        assert figures["log"]["cosigned"][site] > 0
    assert not any(is_served(out / home) for home in HOMES)


def test_interrupted_demonstration_leaves_nothing_running(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    command = [*DEMO, "--out", str(out), "--studies", "8"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    ) as demo:
        end = time.monotonic() + 300
        while not (out / "site-1/site.toml").exists() and time.monotonic() < end:
            time.sleep(0.2)
        assert is_served(out / "coordinator")
        demo.send_signal(signal.SIGINT)
        said, _ = demo.communicate(timeout=120)
    assert demo.returncode == 130, said[-3000:]
    assert "Interrupted" in said
    assert not any(is_served(out / home) for home in HOMES)
