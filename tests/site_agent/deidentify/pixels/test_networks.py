"""The networks find and read text; where they are missing, that is said at once."""

from __future__ import annotations

import importlib.util

import cv2
import numpy as np
import pytest

from site_agent.deidentify.pixels.boxes import Grey
from site_agent.deidentify.pixels.networks import check_installation, networks
from site_agent.errors import ConfigurationError


def line(text: str, rows: int = 48) -> Grey:
    image = np.full((rows, 24 * len(text)), 60, np.uint8)
    cv2.putText(image, text, (8, rows - 14), cv2.FONT_HERSHEY_SIMPLEX, 1, 230, 2)
    return image


@pytest.mark.parametrize("text", ["REUTER", "13.11.1957", "K18-95938"])
def test_line_is_read(text: str) -> None:
    read, sure = networks().read(line(text))
    assert read.replace(" ", "") == text
    assert sure > 0.8


def test_nothing_is_read_where_nothing_is() -> None:
    assert networks().read(np.full((30, 100), 90, np.uint8)) == ("", 0.0)


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (200, 2)])
def test_line_of_any_shape_is_read(shape: tuple[int, int]) -> None:
    text, sure = networks().read(np.zeros(shape, np.uint8))
    assert 0 <= sure <= 1
    assert isinstance(text, str)


def test_box_is_around_the_text() -> None:
    tile = np.full((150, 333), 60, np.uint8)  # no multiple of 32
    cv2.putText(tile, "REUTER", (100, 80), cv2.FONT_HERSHEY_SIMPLEX, 1, 230, 2)
    (box,) = networks().find(tile)
    assert box.score > 0.8
    found = box.tile(tile.shape, 0)
    ink = np.argwhere(tile > 100)
    assert found.y0 <= ink[:, 0].min()
    assert found.y1 >= ink[:, 0].max()
    assert found.x0 <= ink[:, 1].min() + 2
    assert found.x1 >= ink[:, 1].max() - 2


def test_empty_part_has_no_box() -> None:
    assert networks().find(np.full((64, 64), 99, np.uint8)) == []


def test_missing_networks_are_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_installation()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="scrub = false"):
        check_installation()
