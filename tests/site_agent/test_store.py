from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from protos.statistics_pb2 import (
    AGE_60_69,
    FEMALE,
    NEGATIVE,
    OTHER_INDICATION,
    PHILIPS,
    Observation,
)
from site_agent import folders, schema
from site_agent.config import SitePaths, Specification
from site_agent.errors import StoreError
from site_agent.manifest import leaf, parse
from site_agent.store import Store
from site_agent.study import (
    AuditedFile,
    AuditedStudy,
    Disposition,
    Facts,
    Reason,
    ReasonCode,
    Refusal,
)

MISSING = Refusal((Reason(ReasonCode.REPORT_MISSING),))


def audited(study: str, files: dict[str, bytes]) -> AuditedStudy:
    entries = {
        name: AuditedFile(name, hashlib.sha256(data).hexdigest())
        for name, data in files.items()
    }
    return AuditedStudy(
        study=study,
        patient="P" + study[1:],
        primary=entries["primary.dcm"],
        supplementary=tuple(
            entry for name, entry in entries.items() if name.startswith("supplementary")
        ),
        report=entries["report.json"],
        facts=Facts(AGE_60_69, FEMALE, 2019, PHILIPS, "DEVICE", OTHER_INDICATION),
        labels=dict.fromkeys(Observation.values()[1:], NEGATIVE),
        methods=("113100",),
    )


def files_of(text: str) -> dict[str, bytes]:
    return {"primary.dcm": text.encode(), "report.json": b"{}"}


@pytest.fixture
def paths(tmp_path: Path) -> SitePaths:
    return SitePaths(tmp_path / "site")


@pytest.fixture
def store(paths: SitePaths) -> Iterator[Store]:
    with Store(paths) as opened:
        yield opened


def put(store: Store, study: str, text: str = "film") -> AuditedStudy:
    kept = audited(study, files_of(text))
    store.accept(kept, files_of(text), "token")
    return kept


def test_record_comes_back_as_it_was_kept(store: Store) -> None:
    kept = put(store, "SAAA")
    assert list(store.accepted()) == [kept]
    assert parse(leaf(kept)) == kept
    assert (store.study_folder(kept) / "primary.dcm").read_bytes() == b"film"


def test_files_that_were_not_audited_are_not_kept(store: Store) -> None:
    kept = audited("SAAA", files_of("film"))
    with pytest.raises(StoreError, match="audited"):
        store.accept(kept, files_of("another film"))
    with pytest.raises(StoreError, match="audited"):
        store.accept(kept, {**files_of("film"), "extra.txt": b""})
    assert list(store.studies()) == []


def test_report_that_arrives_later_replaces_the_refusal(store: Store) -> None:
    store.refuse("SAAA", MISSING, "first")
    assert [row.reasons for row in store.studies()] == [MISSING.reasons]
    put(store, "SAAA")
    assert [row.disposition for row in store.studies()] == [Disposition.ACCEPTED]


def test_refusal_of_an_accepted_study_leaves_no_bytes(
    store: Store, paths: SitePaths
) -> None:
    put(store, "SAAA")
    store.refuse("SAAA", MISSING, "second")
    assert list(paths.studies.iterdir()) == []
    assert list(store.accepted()) == []


def test_new_content_replaces_the_old_folder(store: Store, paths: SitePaths) -> None:
    put(store, "SAAA", "first")
    second = put(store, "SAAA", "second")
    assert list(paths.studies.iterdir()) == [store.study_folder(second)]


def test_entry_without_study_is_settled_by_the_study_that_explains_it(
    store: Store, paths: SitePaths
) -> None:
    store.refuse("SORPHAN", MISSING, "t", place="accession-1")
    kept = audited("SAAA", files_of("film"))
    staged = folders.stage(paths.staging, kept, files_of("film"))
    store.admit(kept, staged, "t", settles=["accession-1"])
    assert [row.study for row in store.studies()] == ["SAAA"]


def test_frozen_manifest_survives_replacement_and_refusal(store: Store) -> None:
    first = put(store, "SAAA", "first")
    frozen = store.freeze(Specification(), now=1)
    put(store, "SAAA", "second")
    store.refuse("SAAA", MISSING, "third")
    store.sweep()
    assert store.manifest(frozen.root).studies == (first,)
    assert (store.study_folder(first) / "primary.dcm").read_bytes() == b"first"


def test_same_content_again_leaves_the_frozen_folder_alone(store: Store) -> None:
    kept = put(store, "SAAA")
    store.freeze(Specification(), now=1)
    inode = store.study_folder(kept).stat().st_ino
    put(store, "SAAA")
    assert store.study_folder(kept).stat().st_ino == inode


def test_broken_folder_is_replaced_when_the_study_comes_again(store: Store) -> None:
    kept = put(store, "SAAA")
    (store.study_folder(kept) / "primary.dcm").write_bytes(b"bit rot")
    put(store, "SAAA")
    assert (store.study_folder(kept) / "primary.dcm").read_bytes() == b"film"


def test_same_studies_freeze_to_the_same_manifest(store: Store) -> None:
    put(store, "SBBB")
    put(store, "SAAA")
    first = store.freeze(Specification(), now=1)
    assert store.freeze(Specification(), now=2) == first
    assert [study.study for study in first.studies] == ["SAAA", "SBBB"]
    put(store, "SCCC")
    second = store.freeze(Specification(), now=3)
    assert store.roots() == (second.root, first.root)


def test_freeze_counts_what_came_in_and_not_only_what_was_kept(store: Store) -> None:
    put(store, "SAAA")
    store.refuse("SBBB", MISSING)
    assert store.freeze(Specification(), now=1).received == 2


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_damaged_file_is_not_frozen(store: Store, damage: str) -> None:
    put(store, "SAAA")
    kept = put(store, "SBBB")
    film = store.study_folder(kept) / "primary.dcm"
    if damage == "gone":
        film.unlink()
    else:
        film.write_bytes(b"other")
    with pytest.raises(StoreError, match="SBBB") as caught:
        store.freeze(Specification(), now=1)
    assert "SAAA" not in str(caught.value)


def test_freeze_without_studies_says_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError, match="site-agent run"):
        store.freeze(Specification(), now=1)


def test_manifest_cannot_be_changed_even_by_hand(
    store: Store, paths: SitePaths
) -> None:
    put(store, "SAAA")
    store.freeze(Specification(), now=1)
    database = sqlite3.connect(paths.database)
    for statement in (
        "DELETE FROM manifests",
        "DELETE FROM manifest_studies",
        "UPDATE manifests SET received = 9",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="immutable"):
            database.execute(statement)
    database.close()


def test_record_that_was_changed_is_noticed(store: Store, paths: SitePaths) -> None:
    kept = put(store, "SAAA")
    root = store.freeze(Specification(), now=1).root
    other = leaf(replace(kept, patient="POTHER"))
    database = sqlite3.connect(paths.database)
    database.execute("UPDATE records SET leaf = ?", (other,))
    database.commit()
    database.close()
    with pytest.raises(StoreError, match="changed"):
        store.manifest(root)


def test_unknown_root_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="is frozen here"):
        store.manifest(bytes(32))


def test_sweep_removes_what_an_interrupted_run_left(
    store: Store, paths: SitePaths
) -> None:
    kept = put(store, "SAAA")
    left = audited("SBBB", files_of("left"))
    folders.stage(paths.staging, left, files_of("left"))
    staged = folders.stage(paths.staging, replace(left, study="SCCC"), files_of("left"))
    staged.rename(paths.studies / staged.name)
    store.sweep()
    assert list(paths.staging.iterdir()) == []
    assert list(paths.studies.iterdir()) == [store.study_folder(kept)]


def test_database_of_a_newer_program_is_refused(store: Store, paths: SitePaths) -> None:
    database = sqlite3.connect(paths.database)
    database.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    database.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(paths)


def test_file_that_is_no_database_is_refused(paths: SitePaths) -> None:
    paths.home.mkdir()
    paths.database.write_bytes(b"This is not a database, but long enough." * 100)
    with pytest.raises(StoreError, match="backup"):
        Store(paths)


def test_each_migration_starts_from_every_older_version(paths: SitePaths) -> None:
    paths.home.mkdir()
    database = schema.connect(paths.database)
    tables = database.execute("SELECT sql FROM sqlite_master").fetchall()
    database.close()
    for done in range(len(schema.MIGRATIONS)):
        older = paths.home / f"{done}.db"
        partly = sqlite3.connect(older, isolation_level=None)
        for script in schema.MIGRATIONS[:done]:
            partly.executescript(script)
        partly.execute(f"PRAGMA user_version = {done}")
        partly.close()
        database = schema.connect(older)
        assert database.execute("SELECT sql FROM sqlite_master").fetchall() == tables
        database.close()
