"""A failure to convert is told apart: the film's own, or of where it is written."""

from __future__ import annotations

import errno
from pathlib import Path

import pydicom
import pytest

from site_agent.deidentify.header.options import Options
from site_agent.on_disk.conversion import CANNOT_BE_OPENED, Conversion, LeftOut
from site_agent.on_disk.copying import can_be_read
from tests.site_agent.deidentify.both_ways import PSEUDONYMS
from tests.site_agent.deidentify.chest_film import chest_film

CONVERSION = Conversion(PSEUDONYMS, Options())


def test_file_on_a_disk_that_fails_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "film.dcm"
    pydicom.dcmwrite(path, chest_film())
    monkeypatch.setattr("site_agent.on_disk.conversion.write_film", fail)
    with pytest.raises(OSError, match="Input/output"):
        CONVERSION.convert(path, tmp_path / "new.dcm")
    # This one opens, and to read it is an error.
    assert not can_be_read(Path("/proc/self/mem"))
    monkeypatch.setattr("site_agent.on_disk.conversion.can_be_read", lambda _: False)
    outcome = CONVERSION.convert(path, tmp_path / "new.dcm")
    assert outcome == LeftOut(CANNOT_BE_OPENED, None)


def test_folder_that_is_gone_is_no_fault_of_the_film(tmp_path: Path) -> None:
    pydicom.dcmwrite(tmp_path / "film.dcm", chest_film())
    with pytest.raises(FileNotFoundError):
        CONVERSION.convert(tmp_path / "film.dcm", tmp_path / "gone" / "new.dcm")


def test_file_that_is_gone_is_not_passed_over(tmp_path: Path) -> None:
    outcome = CONVERSION.convert(tmp_path / "gone.dcm", tmp_path / "new.dcm")
    assert outcome == LeftOut(CANNOT_BE_OPENED, None)
