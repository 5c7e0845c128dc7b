"""Text is found and read in a process of its own, which ends with the one it serves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from site_agent.deidentify.pixels.boxes import Grey
from site_agent.deidentify.pixels.networks import networks
from site_agent.ocr import OcrProcess, OcrStopped

SERVED = """
import multiprocessing, time
from site_agent.ocr import OcrProcess
if __name__ == "__main__":
    OcrProcess().start()
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(600)
"""


@pytest.fixture(name="ocr")
def fixture_ocr() -> Iterator[OcrProcess]:
    process = OcrProcess()
    yield process
    process.stop()


def line(text: str) -> Grey:
    image = np.full((64, 240), 60, np.uint8)
    cv2.putText(image, text, (40, 45), cv2.FONT_HERSHEY_SIMPLEX, 1, 230, 2)
    return image


def started(ocr: OcrProcess) -> int:
    """Start the process and give its number."""
    before = {child.pid for child in multiprocessing.active_children()}
    ocr.start()
    (child,) = {child.pid for child in multiprocessing.active_children()} - before
    assert child is not None
    return child


def is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_answers_are_those_of_the_networks(ocr: OcrProcess) -> None:
    assert ocr.find(line("REUTER")) == networks().find(line("REUTER"))
    assert ocr.read(line("REUTER")) == networks().read(line("REUTER"))


def test_killed_process_is_told_and_another_takes_its_place(ocr: OcrProcess) -> None:
    os.kill(started(ocr), signal.SIGKILL)
    with pytest.raises(OcrStopped, match="Run again"):
        ocr.find(line("REUTER"))
    assert ocr.read(line("REUTER"))[0] == "REUTER"


def test_answer_that_nobody_waited_for_is_no_answer_to_the_next_question(
    ocr: OcrProcess,
) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise TimeoutError

    ocr.start()
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(TimeoutError):
            ocr.find(np.zeros((384, 384), np.uint8))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert ocr.read(line("REUTER"))[0] == "REUTER"


def test_process_ends_with_the_one_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "served.py"
    program.write_text(SERVED)
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        child = int(served.stdout.readline())
        assert is_running(child)
        served.kill()
    deadline = time.monotonic() + 30
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)
