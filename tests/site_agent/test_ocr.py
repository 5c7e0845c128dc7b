"""Text is found and read in a process of its own, which ends with the one it serves."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from site_agent.deidentify.pixels.boxes import Grey
from site_agent.deidentify.pixels.networks import networks
from site_agent.ocr import OcrProcess, OcrStopped


@pytest.fixture(name="ocr")
def fixture_ocr() -> Iterator[OcrProcess]:
    process = OcrProcess()
    yield process
    process.stop()


def line(text: str) -> Grey:
    image = np.full((64, 240), 60, np.uint8)
    cv2.putText(image, text, (40, 45), cv2.FONT_HERSHEY_SIMPLEX, 1, 230, 2)
    return image


def test_answers_are_those_of_the_networks(ocr: OcrProcess) -> None:
    assert ocr.find(line("REUTER")) == networks().find(line("REUTER"))
    assert ocr.read(line("REUTER")) == networks().read(line("REUTER"))


def test_another_takes_the_place_of_a_killed_process(ocr: OcrProcess) -> None:
    before = {child.pid for child in multiprocessing.active_children()}
    ocr.start()
    (child,) = {child.pid for child in multiprocessing.active_children()} - before
    assert child is not None
    os.kill(child, signal.SIGKILL)
    assert ocr.read(line("REUTER"))[0] == "REUTER"


def test_part_of_a_film_that_ends_every_process_is_told(ocr: OcrProcess) -> None:
    with pytest.raises(OcrStopped, match="Run again"):
        ocr.read(np.zeros((0, 0), np.uint8))
    assert ocr.read(line("REUTER"))[0] == "REUTER"
