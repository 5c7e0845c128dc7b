"""The demonstration's own search for identifiers finds what was planted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deploy.demo.residue import forms_of, search

NAME = {"kind": "patient name", "form": "name", "family": "Żółtowski", "given": "Łucja"}
BIRTH = {"kind": "birth date", "form": "date", "value": "1957-03-09"}
NUMBER = {"kind": "patient id", "form": "id", "value": "K-201 7734"}
ADDRESS = {"kind": "address", "form": "text", "value": "al. Łąkowa 161, Brzozów"}
UID = {"kind": "study uid", "form": "uid", "value": "2.25.4178564527179572044873"}
FORMS = forms_of([NAME, BIRTH, NUMBER, ADDRESS, UID])


def kinds(folder: Path) -> set[str]:
    return {kind for _, kind in search(folder, FORMS).found}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("ŻÓŁTOWSKI^ŁUCJA".encode("iso8859-2"), "patient name"),
        (b"Dear Zoltowski,", "patient name"),
        ("żółtowski".encode(), "patient name"),
        (b"born 19570309 here", "birth date"),
        (b"born 09.03.1957.", "birth date"),
        (b"born 9/3/1957 in", "birth date"),
        (b"on 9 March 1957 at", "birth date"),
        (b'{"id": "K2017734"}', "patient id"),
        (b"ID K-201 7734", "patient id"),
        ("AL. ŁĄKOWA 161, BRZOZÓW".encode(), "address"),
        (b"\x00\x01\x022.25.4178564527179572044873\x00\x00", "study uid"),
    ],
)
def test_identifier_is_found_between_binary_data(
    content: bytes, kind: str, tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 16, 5000, dtype=np.uint8).tobytes()
    (tmp_path / "site.db").write_bytes(noise + content + noise)
    assert kinds(tmp_path) == {kind}


def test_identifier_in_a_file_name_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "Zoltowski_Lucja"
    folder.mkdir()
    (folder / "film").write_bytes(b"")
    assert kinds(tmp_path) == {"patient name"}


def test_clean_output_has_no_residue(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("2026-11-21 08:00 S7Q 84 studies, 1957 files, born\n")
    (tmp_path / "noise").write_bytes(np.random.default_rng(2).bytes(200_000))
    residue = search(tmp_path, FORMS)
    assert residue.found == ()
    assert residue.files == 2
    assert residue.identifiers == 5


def test_vault_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "site-1/vault").mkdir(parents=True)
    (tmp_path / "site-1/vault/map").write_text("K-201 7734")
    assert kinds(tmp_path) == {"patient id"}
    assert not search(tmp_path, FORMS, passing_over=["site-*/vault*"]).found
