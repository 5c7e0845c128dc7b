"""``site-agent deidentify``: files in, de-identified files out, and nothing else."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Annotated

import pydicom
import typer
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydicom import Dataset

from site_agent.acquire.folder import FoundImage, files_below, look
from site_agent.deidentify.header import deidentify_header, to_bytes
from site_agent.deidentify.options import Dates, Options
from site_agent.deidentify.pseudonym import KEY_BYTES, Pseudonyms
from site_agent.deidentify.reading import UNREADABLE, quiet
from site_agent.deidentify.vault import read_secret
from site_agent.errors import ConfigurationError, SiteError, UnreadableFile


def deidentify(
    source: Annotated[
        Path,
        typer.Argument(metavar="SRC", help="A DICOM file, or a folder with some."),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="DST",
            help="The file to write; for a folder, the folder to write below: one "
            "folder for each study, one file for each image, named by their new UIDs.",
        ),
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            help="File (mode 0600) with the secret behind the pseudonyms. The same "
            "secret gives the same pseudonyms; without one they are of this run only.",
        ),
    ] = None,
    dates: Annotated[
        Dates, typer.Option("--dates", help="What becomes of dates.")
    ] = Dates.REMOVE,
    reveal: Annotated[
        bool,
        typer.Option(
            "--reveal", help="Name the files that were left out; names may identify."
        ),
    ] = False,
) -> None:
    """De-identify headers by PS3.15 Annex E, outside of any study or inbox.

    SRC is only read. Pixels stay as they are: text burned into them too. A file that
    cannot be de-identified is left out and counted with the reason, and the command
    then ends with 1.
    """
    conversion = _Conversion(_pseudonyms(key), Options(dates))
    if not source.is_dir():
        conversion.write(source, target)
        return
    if target.resolve().is_relative_to(source.resolve()):
        raise ConfigurationError("DST lies in SRC. Choose a folder beside it.")
    conversion.write_below(source, target)
    for line in conversion.summary(reveal=reveal):
        typer.echo(line, err=True)
    if conversion.left_out:
        raise typer.Exit(1)


@dataclass
class _Conversion:
    """One run over some files, and what became of them."""

    pseudonyms: Pseudonyms
    options: Options
    written: set[Path] = field(default_factory=set)
    left_out: list[tuple[Path, str]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def write_below(self, source: Path, target: Path) -> None:
        """De-identify every DICOM image below a folder."""
        for path in files_below(source):
            found = look(path)
            if not isinstance(found, FoundImage):
                self.skipped["no DICOM image"] += 1
                continue
            try:
                self._write_by_uid(self._clean(found), target)
            except SiteError as error:
                self.left_out.append((path, str(error)))

    def write(self, source: Path, target: Path) -> None:
        """De-identify one file; raises `UnreadableFile` when that cannot be done."""
        if not source.exists():
            raise ConfigurationError("SRC does not exist.")
        found = look(source)
        if not isinstance(found, FoundImage):
            raise UnreadableFile("SRC is no DICOM image.")
        content = to_bytes(self._clean(found))
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, content)

    def summary(self, *, reveal: bool) -> Iterator[str]:
        """Say how many files went where, by reason; with their names on request."""
        yield f"{len(self.written)} files written."
        for why, number in self.skipped.items():
            yield f"{number} passed over: {why}."
        for why, number in Counter(why for _, why in self.left_out).items():
            yield f"{number} left out: {why}"
        if reveal:
            yield from (f"{path}: {why}" for path, why in self.left_out)
        elif self.left_out:
            yield "Which they are: the same command with --reveal."

    def _write_by_uid(self, clean: Dataset, target: Path) -> None:
        folder = target / str(clean.get("StudyInstanceUID") or "no-study")
        content = to_bytes(clean)
        folder.mkdir(parents=True, exist_ok=True)
        # Two exports of one image, say with and without compression, are both kept.
        for number in count(1):
            name = str(clean.SOPInstanceUID) + (f"-{number}" if number > 1 else "")
            place = folder / f"{name}.dcm"
            if place not in self.written:
                break
            if place.read_bytes() == content:
                self.skipped["copies"] += 1
                return
        _replace(place, content)
        self.written.add(place)

    def _clean(self, found: FoundImage) -> Dataset:
        if found.damage:
            raise UnreadableFile(f"The file is damaged: {found.damage}.")
        with quiet():
            try:
                dataset = pydicom.dcmread(found.path, force=True)
            except UNREADABLE:
                raise UnreadableFile("The file cannot be read as DICOM.") from None
        return deidentify_header(dataset, self.pseudonyms, self.options)


def _pseudonyms(key: Path | None) -> Pseudonyms:
    if key is None:
        return Pseudonyms(secrets.token_bytes(KEY_BYTES))
    hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"hilum deidentify v1")
    return Pseudonyms(hkdf.derive(read_secret(key, None)))


def _replace(path: Path, content: bytes) -> None:
    # Beside and renamed, so that no reader finds half a film. Not forced onto the disk:
    # after a power cut the command is simply run again.
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
