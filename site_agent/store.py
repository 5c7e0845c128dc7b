"""The only writer of the site's database and of the de-identified files.

Each accepted study has a folder below ``studies/`` and a record, its canonical leaf,
in ``site.db``. New content of a study gets a new folder and a new record; the old ones
stay as long as a frozen manifest holds them. `kill -9` is harmless at every point:
first come the staged files, then the folder's name, then the row. A folder without a
row is swept away when the next run starts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from site_agent import folders, manifest, schema
from site_agent.config import SitePaths, Specification
from site_agent.errors import StoreError
from site_agent.manifest import Manifest
from site_agent.study import (
    AuditedStudy,
    Disposition,
    Reason,
    ReasonCode,
    Refusal,
)

# What neither a row nor a frozen manifest holds; a constant, so no injection (S608).
_UNUSED = """
    leaf_hash NOT IN (SELECT leaf_hash FROM manifest_studies)
    AND leaf_hash NOT IN (
        SELECT leaf_hash FROM studies WHERE leaf_hash IS NOT NULL
    )
"""


@dataclass(frozen=True, slots=True)
class StudyRow:
    """What became of one study.

    `input` is the token of what had come in. `place` is set for an entry without
    StudyInstanceUID: the keyed token of where it was found.
    """

    study: str
    disposition: Disposition
    reasons: tuple[Reason, ...]
    input: str
    place: str | None


class Store:
    """The site's studies and manifests; a context manager."""

    def __init__(self, paths: SitePaths) -> None:
        self._paths = paths
        for folder in (paths.home, paths.studies, paths.staging):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = schema.connect(paths.database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    # ------------------------------------------------------------------------ writing

    def accept(
        self, study: AuditedStudy, files: Mapping[str, bytes], input_token: str = ""
    ) -> None:
        """Keep an audited study and its files."""
        staged = folders.stage(self._paths.staging, study, files)
        self.admit(study, staged, input_token)

    def admit(
        self,
        study: AuditedStudy,
        staged: Path,
        input_token: str,
        *,
        settles: Iterable[str] = (),
    ) -> None:
        """Keep an audited study that `folders.stage` wrote; replaces its earlier row.

        `settles` are places whose entries (a report without study, a file without UID)
        this study explains; their rows go.
        """
        folders.move_in(staged, self._paths.studies, study)
        leaf_hash = manifest.leaf_hash(study)
        with self.transaction() as database:
            database.execute(
                "INSERT OR IGNORE INTO records (leaf_hash, study, leaf) "
                "VALUES (?, ?, ?)",
                (leaf_hash, study.study, manifest.leaf(study)),
            )
            row = StudyRow(study.study, Disposition.ACCEPTED, (), input_token, None)
            self._put(row, leaf_hash, settles)
        self._drop_unused(study.study)

    def refuse(
        self,
        study: str,
        refusal: Refusal,
        input_token: str = "",
        *,
        place: str | None = None,
        settles: Iterable[str] = (),
    ) -> None:
        """Record a refusal; replaces the study's earlier row, and leaves no bytes."""
        row = StudyRow(study, refusal.disposition, refusal.reasons, input_token, place)
        with self.transaction():
            self._put(row, None, settles)
        self._drop_unused(study)

    def forget(self, study: str) -> None:
        """Drop the row of a refused study that no longer means anything."""
        with self.transaction() as database:
            database.execute(
                "DELETE FROM studies WHERE study = ? AND leaf_hash IS NULL", (study,)
            )

    def sweep(self) -> None:
        """Remove what an interrupted run left: staged files, folders without a row.

        Only for the one process that holds the run's lock.
        """
        folders.sweep(self._paths.staging)
        with self.transaction() as database:
            database.execute(f"DELETE FROM records WHERE {_UNUSED}")  # noqa: S608
        rows = self._database.execute("SELECT leaf FROM records")
        held = {folders.name(manifest.parse(leaf)) for (leaf,) in rows}
        folders.sweep(self._paths.studies, keep=held)

    def freeze(
        self,
        specification: Specification,
        *,
        now: int,
        progress: folders.Progress = lambda done, total: None,
    ) -> Manifest:
        """Freeze the accepted studies, after reading every byte of their files again.

        The same studies give the same manifest, which is returned as it was frozen.

        Raises
        ------
        StoreError
            No study is accepted, or a file is missing or was changed.
        """
        studies = manifest.ordered(self.accepted())
        if not studies:
            raise StoreError("There are no accepted studies yet: site-agent run INBOX")
        folders.verify(self._paths.studies, studies, progress)
        root = manifest.root(studies)
        with self.transaction() as database:
            (received,) = database.execute("SELECT count(*) FROM studies").fetchone()
            new = database.execute(
                "INSERT OR IGNORE INTO manifests (root, specification, received, "
                "frozen_at) VALUES (?, ?, ?, ?)",
                (root, specification.sha256, received, now),
            )
            if new.rowcount:
                database.executemany(
                    "INSERT INTO manifest_studies (root, position, leaf_hash) "
                    "VALUES (?, ?, ?)",
                    [(root, i, manifest.leaf_hash(s)) for i, s in enumerate(studies)],
                )
        return self.manifest(root)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Change the database: all of it or nothing. Gives the connection.

        Raises
        ------
        StoreError
            It cannot be written.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StoreError(f"site.db cannot be written: {error}.") from error

    # ------------------------------------------------------------------------ reading

    def studies(self, disposition: Disposition | None = None) -> Iterator[StudyRow]:
        """Return what became of every study, or of those with one disposition."""
        rows = self._database.execute(
            "SELECT study, disposition, reasons, input, place FROM studies "
            "WHERE ?1 IS NULL OR disposition = ?1 ORDER BY study",
            (disposition,),
        )
        return map(_row, rows)

    def row(self, study: str) -> StudyRow | None:
        """Return what became of one study, None when it never came in."""
        found = self._database.execute(
            "SELECT study, disposition, reasons, input, place FROM studies "
            "WHERE study = ?",
            (study,),
        ).fetchone()
        return None if found is None else _row(found)

    def accepted(self) -> Iterator[AuditedStudy]:
        """Yield the accepted studies, ordered by pseudonym."""
        rows = self._database.execute(
            "SELECT leaf FROM studies JOIN records USING (leaf_hash) "
            "ORDER BY studies.study"
        )
        for (leaf,) in rows:
            yield manifest.parse(leaf)

    def study_folder(self, study: AuditedStudy) -> Path:
        """Return the folder that holds exactly these files of the study."""
        return self._paths.studies / folders.name(study)

    def roots(self) -> tuple[bytes, ...]:
        """Return the roots of the frozen manifests, the newest first."""
        rows = self._database.execute(
            "SELECT root FROM manifests ORDER BY frozen_at DESC, root"
        )
        return tuple(root for (root,) in rows)

    def manifest(self, root: bytes) -> Manifest:
        """Return a frozen manifest.

        Raises
        ------
        StoreError
            None has this root, or what the database holds does not give this root.
        """
        row = self._database.execute(
            "SELECT specification, received, frozen_at FROM manifests WHERE root = ?",
            (root,),
        ).fetchone()
        if row is None:
            raise StoreError(
                f"No manifest with root {root.hex()[:16]} is frozen here. Freeze one "
                "with `site-agent freeze`."
            )
        leaves = self._database.execute(
            "SELECT leaf FROM manifest_studies JOIN records USING (leaf_hash) "
            "WHERE root = ? ORDER BY position",
            (root,),
        )
        studies = tuple(manifest.parse(leaf) for (leaf,) in leaves)
        if manifest.root(studies) != root:
            raise StoreError(
                "site.db was changed: its records do not give the manifest's root. "
                "Restore it from the last backup."
            )
        return Manifest(root, studies, *row)

    # ------------------------------------------------------------------------ private

    def _put(
        self, row: StudyRow, leaf_hash: bytes | None, settles: Iterable[str]
    ) -> None:
        reasons = json.dumps([[reason.code, reason.detail] for reason in row.reasons])
        self._database.execute(
            "INSERT OR REPLACE INTO studies "
            "(study, disposition, reasons, input, place, leaf_hash) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (row.study, row.disposition, reasons, row.input, row.place, leaf_hash),
        )
        self._database.executemany(
            "DELETE FROM studies WHERE place = ? AND study != ?",
            [(place, row.study) for place in settles],
        )

    def _drop_unused(self, study: str) -> None:
        """Remove the folders and records of `study` that nothing holds any more."""
        unused = self._database.execute(
            f"SELECT leaf FROM records WHERE study = ? AND {_UNUSED}",  # noqa: S608
            (study,),
        ).fetchall()
        if not unused:
            return
        for (leaf,) in unused:
            folders.remove(self.study_folder(manifest.parse(leaf)))
        with self.transaction() as database:
            database.execute(
                f"DELETE FROM records WHERE study = ? AND {_UNUSED}",  # noqa: S608
                (study,),
            )


def _row(columns: tuple[str, str, str, str, str | None]) -> StudyRow:
    study, disposition, reasons, token, place = columns
    parsed = tuple(Reason(ReasonCode(c), detail) for c, detail in json.loads(reasons))
    return StudyRow(study, Disposition(disposition), parsed, token, place)
