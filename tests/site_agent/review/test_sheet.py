"""A contact sheet shows every film, readable by its owner alone, and names nobody."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from site_agent.on_disk.copying import CannotWrite
from site_agent.review.sheet import LONG_SIDE, pictures_of, write_sheet
from tests.site_agent.inbox import COLUMNS, ROWS, SYNTAXES, film, put


def shown(path: Path) -> np.ndarray:
    (one,) = all_shown(path)
    return one


def all_shown(path: Path) -> list[np.ndarray]:
    pictures = list(pictures_of(path, path.parent))
    assert None not in pictures
    return [decoded(png) for png in pictures if png is not None]


def decoded(png: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))


def bright_at_the_left(**changes: object) -> bytes:
    values = np.zeros((ROWS, COLUMNS), "<u2")
    values[:, : COLUMNS // 2] = 4095
    return film(PixelData=values.tobytes(), **changes)


def test_low_values_are_dark_and_with_monochrome1_bright(tmp_path: Path) -> None:
    plain = shown(put(tmp_path / "1", bright_at_the_left()))
    inverted = bright_at_the_left(PhotometricInterpretation="MONOCHROME1")
    inverse = shown(put(tmp_path / "2", inverted))
    assert plain.shape == inverse.shape == (ROWS, COLUMNS)
    assert plain[0, 0] > 250
    assert plain[0, -1] < 5
    assert inverse[0, 0] < 5
    assert inverse[0, -1] > 250


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_film_is_shown_in_whatever_transfer_syntax(tmp_path: Path, syntax: str) -> None:
    assert shown(put(tmp_path / "1", film(syntax=syntax))).ndim == 2


def test_large_film_is_made_smaller_and_keeps_its_shape(tmp_path: Path) -> None:
    rows, columns = 2 * LONG_SIDE, LONG_SIDE
    content = film(Rows=rows, Columns=columns, PixelData=bytes(2 * rows * columns))
    assert shown(put(tmp_path / "1", content)).shape == (LONG_SIDE, LONG_SIDE // 2)


def values_of(film_values: np.ndarray, **changes: object) -> bytes:
    shape = {"Rows": film_values.shape[-2], "Columns": film_values.shape[-1]}
    return film(**shape, PixelData=film_values.astype("<u2").tobytes(), **changes)


def test_faint_text_in_a_dark_corner_is_still_there(tmp_path: Path) -> None:
    values = np.full((200, 200), 100, np.uint16)
    values[100:, :] = 3000
    values[5:17, 5:60] = 160
    grey = shown(put(tmp_path / "1", values_of(values)))
    assert int(grey[10, 10]) - int(grey[50, 50]) >= 4


def test_even_film_is_no_error(tmp_path: Path) -> None:
    film = values_of(np.full((4, 4), 7))
    assert np.ptp(shown(put(tmp_path / "1", film))) == 0


def test_each_frame_is_shown(tmp_path: Path) -> None:
    frames = np.zeros((3, 40, 60))
    frames[2, 10:20, 10:20] = 4000
    path = put(tmp_path / "1", values_of(frames, NumberOfFrames="3"))
    assert [bool(np.ptp(one)) for one in all_shown(path)] == [False, False, True]
    page = write_sheet(tmp_path / "sheet", [("S1", path)], title="T", task="L")
    assert page.read_text().count("<img") == 3
    assert page.read_text().count("<figure>") == 1


def test_film_of_many_frames_says_that_not_all_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_agent.review.sheet.MOST_PICTURES", 2)
    path = put(tmp_path / "1", values_of(np.zeros((3, 40, 60)), NumberOfFrames="3"))
    page = write_sheet(tmp_path / "sheet", [("S1", path)], title="T", task="L")
    assert page.read_text().count("<img") == 2
    assert "only its first" in page.read_text()


def test_patch_that_is_far_too_bright_hides_nothing(tmp_path: Path) -> None:
    values = np.full((200, 200), 1000)
    values[5:17, 5:60] = 1600
    values[100:150, 100:150] = 65535
    bits = {"BitsStored": 16, "HighBit": 15}
    grey = shown(put(tmp_path / "1", values_of(values, **bits)))
    assert int(grey[10, 10]) - int(grey[50, 50]) >= 100


def test_sheet_names_its_films_and_belongs_to_its_owner(tmp_path: Path) -> None:
    good, bad = put(tmp_path / "1", film()), put(tmp_path / "2", b"no film")
    page = write_sheet(
        tmp_path / "sheet",
        [("S1 <primary>", good), ("S2", bad)],
        title="Sample",
        task="Look.",
    )
    text = page.read_text()
    assert "S1 &lt;primary&gt;" in text
    assert "cannot be shown" in text
    assert "script" not in text
    assert sorted(path.name for path in page.parent.iterdir()) == [
        "001.png",
        "index.html",
    ]
    for path in (page.parent, *page.parent.iterdir()):
        assert path.stat().st_mode & 0o077 == 0


def test_full_disk_is_told_and_what_a_killed_run_left_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, plain: Path) -> bool:
        plain.write_bytes(b"as much as there was room for")
        raise OSError(28, "No space left on device")

    one = put(tmp_path / "1", film())
    compressed = pydicom.dcmread(one)
    compressed.compress(RLELossless, generate_instance_uid=False)
    compressed.save_as(one)
    left = put(tmp_path / "sheet" / ".decoded" / "film.dcm", b"of a killed run")
    monkeypatch.setattr("site_agent.review.sheet.write_decoded", full)
    with pytest.raises(CannotWrite) as failed:
        write_sheet(left.parents[1], [("S1", one)], title="Sample", task="Look.")
    assert failed.value.why.errno == 28
    assert not list(left.parents[1].iterdir())
