"""The folders of de-identified studies: written, moved into place, verified, swept.

A folder is named by its study's pseudonym and by its content, so that new content never
touches the files that a frozen manifest holds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest, sha256
from pathlib import Path

from site_agent import manifest
from site_agent.durable import sync_folder
from site_agent.errors import StoreError
from site_agent.study import AuditedStudy

Progress = Callable[[int, int], None]
"""Told how many studies of how many are done."""


def name(study: AuditedStudy) -> str:
    """Name the folder of exactly this content: ``<study>-<8 hex digits>``."""
    return f"{study.study}-{manifest.leaf_hash(study).hex()[:8]}"


def stage(
    staging: Path, study: AuditedStudy, files: Mapping[str, bytes | Path]
) -> Path:
    """Put the files of a study below `staging`, on disk when this returns.

    May run in any process: it touches neither the database nor ``studies/``.

    Parameters
    ----------
    files : mapping
        By name, what is written, or the file that is moved; one in the same file
        system.

    Raises
    ------
    StoreError
        The files are not those that were audited.
    """
    found = {
        file_name: _sha256(file) if isinstance(file, Path) else sha256(file).hexdigest()
        for file_name, file in files.items()
    }
    if found != {file.name: file.sha256 for file in study.files}:
        raise StoreError(f"The files of {study.study} are not those that were audited.")
    staged = staging / name(study)
    if staged.exists():
        shutil.rmtree(staged)
    staged.mkdir(mode=0o700)
    for file_name, file in files.items():
        place = staged / file_name
        if isinstance(file, Path):
            file.rename(place)
            place.chmod(0o600)
        else:
            place.touch(0o600)
            place.write_bytes(file)
        with place.open("rb") as written:
            os.fsync(written.fileno())
    sync_folder(staged)
    return staged


def move_in(staged: Path, studies: Path, study: AuditedStudy) -> None:
    """Move a staged folder to its place; a whole one that is there already stays.

    It may be one that a frozen manifest holds, so it is never missing for a moment.
    """
    folder = studies / name(study)
    if folder.exists() and is_whole(folder, study):
        remove(staged)
        return
    if folder.exists():
        folder.rename(staged.with_name(f"{staged.name}.broken"))
    staged.rename(folder)
    sync_folder(studies)


def is_whole(folder: Path, study: AuditedStudy) -> bool:
    """Tell whether every file of the study is there with its digest."""
    try:
        return all(_sha256(folder / file.name) == file.sha256 for file in study.files)
    except OSError:
        return False


def verify(studies: Path, frozen: Sequence[AuditedStudy], progress: Progress) -> None:
    """Read every file of the studies and compare it with its digest.

    Raises
    ------
    StoreError
        Naming every study with a missing or changed file.
    """

    def check(study: AuditedStudy) -> bool:
        return is_whole(studies / name(study), study)

    faults: list[str] = []
    with ThreadPoolExecutor() as pool:
        for done, (study, whole) in enumerate(
            zip(frozen, pool.map(check, frozen), strict=True), 1
        ):
            progress(done, len(frozen))
            if not whole:
                faults.append(study.study)
    if faults:
        raise StoreError(
            "Files of these studies are missing or were changed; restore them from the "
            "last backup: " + ", ".join(faults)
        )


def sweep(folder: Path, keep: Collection[str] = ()) -> None:
    """Remove everything in `folder` but what is named in `keep`."""
    for entry in folder.iterdir():
        if entry.name not in keep:
            remove(entry)


def remove(path: Path) -> None:
    """Remove a file or a folder; it may be gone already."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
