"""Films that are searched for text: what is said of them is true, nothing gets by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from blake3 import blake3
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless

from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pixels.allowed import usually_allowed
from site_agent.deidentify.pixels.film import NOT_FOUND
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.films.batch import Batch
from site_agent.films.journal import Journal
from site_agent.films.scrubbing import (
    FOR_REVIEW,
    ScrubbingConversion,
    scrubbers,
)
from site_agent.on_disk.conversion import (
    CANNOT_BE_OPENED,
    Conversion,
    Converted,
    LeftOut,
)
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

NAME = ("REUTER, FRANCISCO", 60, 120)
PSEUDONYMS = Pseudonyms(bytes(32))


def converter(*, with_account: bool = False) -> ScrubbingConversion:
    conversion = Conversion(PSEUDONYMS, Options(), with_account)
    return ScrubbingConversion(conversion, usually_allowed())


def written(folder: Path, name: str, *texts: tuple[str, int, int], **more: Any) -> Path:
    """Write a film whose header says nothing of burned-in text."""
    film = as_film(drawn(*texts), ExplicitVRLittleEndian, **more)
    del film.BurnedInAnnotation
    path = folder / name
    pydicom.dcmwrite(path, film)
    return path


def codes(film: pydicom.Dataset) -> list[str]:
    return [str(each.CodeValue) for each in film.DeidentificationMethodCodeSequence]


def test_scrubbed_film_says_so_and_shows_no_name(tmp_path: Path) -> None:
    source = written(tmp_path, "a.dcm", NAME)
    outcome = converter(with_account=True).convert(source, tmp_path / "b.dcm")
    assert isinstance(outcome, Converted)
    film = pydicom.dcmread(tmp_path / "b.dcm")
    assert film.BurnedInAnnotation == "NO"
    assert codes(film) == ["113100", "113101"]
    before = pydicom.dcmread(source).pixel_array
    assert np.array_equal(film.pixel_array[200:], before[200:])
    assert (film.pixel_array != before).any()
    assert outcome.row is not None
    assert outcome.row["text"]["boxes"] == 1
    assert 0 < outcome.row["text"]["share"] < 0.1
    assert outcome.row["output"]["bytes"] == (tmp_path / "b.dcm").stat().st_size
    assert "pixels" not in outcome.row
    assert not outcome.row["warnings"]


def test_clean_film_keeps_its_compressed_pixels_byte_for_byte(tmp_path: Path) -> None:
    film = as_film(drawn(), ExplicitVRLittleEndian, BurnedInAnnotation="NO")
    film.compress(JPEG2000Lossless, generate_instance_uid=False)
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    outcome = converter(with_account=True).convert(
        tmp_path / "a.dcm", tmp_path / "b.dcm"
    )
    assert isinstance(outcome, Converted)
    after = pydicom.dcmread(tmp_path / "b.dcm")
    assert after.PixelData == film.PixelData
    assert after.file_meta.TransferSyntaxUID == JPEG2000Lossless
    assert after.BurnedInAnnotation == "NO"
    assert codes(after) == ["113100", "113101"]
    assert outcome.row is not None
    assert outcome.row["text"] == {"boxes": 0, "share": 0.0}
    assert outcome.row["pixels"]["bytes"]


def test_each_frame_is_scrubbed_where_it_lies(tmp_path: Path) -> None:
    frames = np.stack([drawn(NAME), drawn(), drawn(("19571113", 60, 400))])
    film = as_film(frames[0], ExplicitVRLittleEndian)
    film.NumberOfFrames, film.PixelData = len(frames), frames.tobytes()
    del film.BurnedInAnnotation
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    converted = converter(with_account=True)
    outcome = converted.convert(tmp_path / "a.dcm", tmp_path / "b.dcm")
    assert isinstance(outcome, Converted)
    changed = pydicom.dcmread(tmp_path / "b.dcm").pixel_array != frames
    assert changed[0, :200].any()
    assert not changed[0, 200:].any()
    assert not changed[1].any()
    assert changed[2, 300:].any()
    assert outcome.row is not None
    digest = blake3((tmp_path / "b.dcm").read_bytes()).hexdigest()
    assert outcome.row["output"]["digest"] == f"blake3:{digest}"


def test_film_that_announces_text_is_not_taken_for_clean(tmp_path: Path) -> None:
    source = written(tmp_path, "a.dcm")
    film = pydicom.dcmread(source)
    film.BurnedInAnnotation = "YES"
    film.save_as(source)
    outcome = converter().convert(source, tmp_path / "b.dcm")
    assert isinstance(outcome, LeftOut)
    assert outcome.why == FOR_REVIEW.format(why=NOT_FOUND)


def test_file_without_pixels_does_not_say_they_are_clean(tmp_path: Path) -> None:
    film = as_film(
        drawn(), ExplicitVRLittleEndian, SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1"
    )
    for keyword in ("PixelData", "BurnedInAnnotation", "Rows", "Columns"):
        delattr(film, keyword)
    film.file_meta.MediaStorageSOPClassUID = film.SOPClassUID
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    outcome = converter().convert(tmp_path / "a.dcm", tmp_path / "b.dcm")
    assert isinstance(outcome, Converted)
    after = pydicom.dcmread(tmp_path / "b.dcm")
    assert "BurnedInAnnotation" not in after
    assert codes(after) == ["113100"]


def test_film_that_cannot_be_looked_at_is_left_out_with_the_reason(
    tmp_path: Path,
) -> None:
    source = written(tmp_path, "a.dcm", PhotometricInterpretation="PALETTE COLOR")
    outcome = converter(with_account=True).convert(source, tmp_path / "b.dcm")
    assert isinstance(outcome, LeftOut)
    assert "cannot be looked at" in outcome.why
    assert outcome.row is not None


def test_film_that_vanishes_is_left_out_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path, "a.dcm")
    convert = Conversion.convert

    def vanishing(self: Conversion, path: Path, target: Path) -> Any:
        outcome = convert(self, path, target)
        path.unlink()
        return outcome

    monkeypatch.setattr(Conversion, "convert", vanishing)
    outcome = converter().convert(source, tmp_path / "b.dcm")
    assert outcome == LeftOut(CANNOT_BE_OPENED, None)


def test_films_go_to_their_places_in_order_by_several_processes(
    tmp_path: Path,
) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    written(inbox, "1.dcm", NAME, SOPInstanceUID="1.2.3.1")
    written(inbox, "2.dcm", SOPInstanceUID="1.2.3.2")
    written(inbox, "3.dcm", SOPInstanceUID="1.2.3.2")
    (inbox / "4.txt").write_text("Francisco Reuter")
    told: list[tuple[str, dict[str, Any]]] = []
    target = tmp_path / "out"
    conversion = converter()
    with Journal(target) as journal:
        journal.begin({})
        workers = scrubbers(conversion, jobs=2)
        batch = Batch(conversion.conversion, workers, target, journal)
        batch.run(inbox, lambda path, row, _: told.append((path.name, row)))
        journal.finish()
    assert [name for name, _ in told] == ["1.dcm", "2.dcm", "3.dcm", "4.txt"]
    assert [("file" in row) for _, row in told] == [True, True, False, False]
    assert len(list(target.rglob("*.dcm"))) == 2
