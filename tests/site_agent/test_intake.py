"""An inbox is taken in once, whatever interrupts it and whatever comes later."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from site_agent import intake
from site_agent.acquire.folder import Ignored
from site_agent.config import SitePaths, Specification
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.vault import Vault
from site_agent.errors import ConfigurationError
from site_agent.intake import Summary
from site_agent.pipeline import Tools
from site_agent.store import Store, StudyRow
from site_agent.study import Disposition, ReasonCode
from tests.site_agent.inbox import (
    ACCESSION,
    NAME,
    PATIENT,
    STUDY,
    film,
    put,
    record,
    report,
    write_inbox,
)

pytestmark = pytest.mark.e2e

SMALL = Specification(least_rows=32, least_columns=32)
IDENTIFIERS = [
    text.encode()
    for text in (PATIENT, ACCESSION, STUDY, *NAME.split("^"), "Wagenknecht", "Sebnitz")
]


@dataclass
class Site:
    """A site without a coordinator, and its inbox."""

    paths: SitePaths
    vault: Vault
    inbox: Path
    tools: Tools

    def run(self) -> Summary:
        return intake.run(
            [self.inbox], paths=self.paths, vault=self.vault, tools=self.tools, jobs=2
        )

    def rows(self) -> Mapping[str, StudyRow]:
        with Store(self.paths) as store:
            return {row.study: row for row in store.studies()}

    def row(self) -> StudyRow:
        (row,) = self.rows().values()
        return row

    def codes(self) -> set[ReasonCode]:
        return {reason.code for reason in self.row().reasons}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    paths = SitePaths(tmp_path / "site")
    paths.home.mkdir()
    (tmp_path / "inbox").mkdir()
    vault = Vault.create(paths.vault, b"a long enough secret", cost=2**15)
    tools = Tools(vault.pseudonyms, Options(), (), SMALL)
    return Site(paths, vault, tmp_path / "inbox", tools)


def test_good_studies_are_accepted_and_nothing_kept_identifies(site: Site) -> None:
    write_inbox(site.inbox, 3)
    summary = site.run()
    assert summary.studies == {Disposition.ACCEPTED: 3}
    assert summary.ignored == {Ignored.OTHER: 2, Ignored.EMPTY: 1}
    assert set(site.rows()) == {
        site.tools.pseudonyms.study(f"{STUDY}.{number}") for number in (1, 2, 3)
    }
    kept = [
        path
        for path in site.paths.home.rglob("*")
        if path.is_file() and site.paths.vault not in path.parents
    ]
    assert len(kept) >= 7
    for path in kept:
        content = path.read_bytes()
        assert not [text for text in IDENTIFIERS if text in content], path.name
    assert list(site.paths.staging.iterdir()) == []


def test_vault_tells_who_is_behind_each_study(site: Site) -> None:
    write_inbox(site.inbox, 1)
    site.run()
    identity = site.vault.identities()[site.row().study]
    assert identity["accession_number"] == [f"{ACCESSION}1"]
    assert identity["patient_name"] == [NAME]
    assert identity["images"] == [str(site.inbox / "images/PA000001/IM000001")]
    assert identity["reports"] == [str(site.inbox / f"reports/{ACCESSION}1.txt")]


def test_second_run_passes_over_what_is_known(site: Site) -> None:
    write_inbox(site.inbox, 2)
    put(site.inbox / "broken.dcm", b"no film")
    first = site.run()
    vault = (site.paths.vault / "identities.log").read_bytes()
    second = site.run()
    assert second == replace(first, known=3)
    assert (site.paths.vault / "identities.log").read_bytes() == vault


def test_report_that_arrives_later_makes_the_study_accepted(site: Site) -> None:
    put(site.inbox / "film", film(1))
    site.run()
    assert site.codes() == {ReasonCode.REPORT_MISSING}
    put(site.inbox / f"{ACCESSION}1.txt", report(1))
    site.run()
    assert site.row().disposition is Disposition.ACCEPTED


def test_study_that_arrives_later_settles_its_waiting_report(site: Site) -> None:
    put(site.inbox / f"{ACCESSION}1.txt", report(1))
    site.run()
    assert site.codes() == {ReasonCode.STUDY_MISSING}
    put(site.inbox / "film", film(1))
    site.run()
    assert site.row().disposition is Disposition.ACCEPTED


def test_film_exported_again_settles_the_damaged_one(site: Site) -> None:
    put(site.inbox / f"{ACCESSION}1.json", record(1))
    put(site.inbox / "film.dcm", film(1)[:420])
    site.run()
    assert len(site.rows()) == 2
    put(site.inbox / "film.dcm", film(1))
    site.run()
    assert site.row().disposition is Disposition.ACCEPTED


def test_damaged_film_that_was_taken_away_is_forgotten(site: Site) -> None:
    path = put(site.inbox / "film.dcm", film(1)[:420])
    site.run()
    assert site.codes() == {ReasonCode.UNREADABLE}
    path.unlink()
    site.run()
    assert site.rows() == {}


def test_all_reasons_are_told_at_once(site: Site) -> None:
    put(site.inbox / "a", film(1, ViewPosition="AP", Rows=16, BitsStored=8))
    put(site.inbox / "b", film(1, ViewPosition="AP", Rows=16, Columns=16))
    site.run()
    assert site.row().disposition is Disposition.REJECTED
    assert site.codes() >= {
        ReasonCode.CONFLICTING_INSTANCES,
        ReasonCode.REPORT_MISSING,
        ReasonCode.PROJECTION,
        ReasonCode.RESOLUTION,
        ReasonCode.BIT_DEPTH,
    }


def test_two_reports_are_ambiguous_and_none_is_missing(site: Site) -> None:
    put(site.inbox / "film", film(1))
    put(site.inbox / f"{ACCESSION}1.txt", report(1))
    put(site.inbox / "a.json", record(1))
    site.run()
    assert site.codes() == {ReasonCode.REPORT_AMBIGUOUS}


def test_damaged_header_rejects_nothing_but_another_modality(site: Site) -> None:
    put(site.inbox / "film", film(1)[:2500])
    site.run()
    assert site.row().disposition is Disposition.QUARANTINED
    assert site.codes() == {ReasonCode.UNREADABLE}
    put(site.inbox / "film", film(1, Modality="CT")[:2500])
    site.run()
    assert site.codes() == {ReasonCode.UNREADABLE, ReasonCode.MODALITY}


def test_film_without_patient_or_study_cannot_be_named(site: Site) -> None:
    put(site.inbox / "a", film(1, StudyInstanceUID=""))
    put(site.inbox / "b", film(2, PatientID=""))
    site.run()
    for row in site.rows().values():
        assert ReasonCode.IDENTITY_MISSING in {reason.code for reason in row.reasons}


def test_other_rules_judge_the_same_input_anew(site: Site) -> None:
    write_inbox(site.inbox, 1)
    site.run()
    site.tools = replace(site.tools, specification=Specification())
    assert site.run().known == 0
    assert ReasonCode.RESOLUTION in site.codes()
    assert list(site.paths.studies.iterdir()) == []


def test_frozen_study_keeps_its_files_when_more_of_it_arrives(site: Site) -> None:
    write_inbox(site.inbox, 1)
    site.run()
    with Store(site.paths) as store:
        frozen = store.freeze(SMALL, now=1)
    lateral = film(1, SOPInstanceUID=f"{STUDY}.1.2", ViewPosition="LL")
    put(site.inbox / "images/PA000001/IM000002", lateral)
    site.run()
    with Store(site.paths) as store:
        (now,) = store.accepted()
        assert len(now.supplementary) == 1
        (then,) = store.manifest(frozen.root).studies
        assert then.supplementary == ()
        assert (store.study_folder(then) / "primary.dcm").exists()
        assert store.freeze(SMALL, now=2).root != frozen.root


def test_inbox_with_a_part_of_an_accepted_study_takes_nothing_from_it(
    site: Site, tmp_path: Path
) -> None:
    write_inbox(site.inbox, 1)
    site.run()
    before = site.row()
    site.inbox = tmp_path / "next day"
    lateral = film(1, SOPInstanceUID=f"{STUDY}.1.2", ViewPosition="LL")
    put(site.inbox / "film", lateral)
    assert site.run().studies == {Disposition.ACCEPTED: 1}
    assert site.row() == before
    put(site.inbox / "report.json", record(1))
    put(site.inbox / "other.json", record(1, findings="Pleural effusion."))
    site.run()
    assert ReasonCode.REPORT_AMBIGUOUS in site.codes()


def test_inbox_around_the_home_is_refused(site: Site) -> None:
    for inbox in (site.paths.home.parent, site.paths.home):
        site.inbox = inbox
        with pytest.raises(ConfigurationError, match="within each other"):
            site.run()


def test_inbox_that_is_not_there_is_told(site: Site) -> None:
    site.inbox.rmdir()
    with pytest.raises(ConfigurationError, match="is not a folder"):
        site.run()


def test_disk_that_is_full_stops_the_run_and_blames_no_study(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_inbox(site.inbox, 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("site_agent.folders.move_in", full)
    with pytest.raises(intake.StoreError, match="No space left"):
        site.run()
    assert site.rows() == {}
    assert list(site.paths.staging.iterdir()) == []
    monkeypatch.undo()
    assert site.run().studies == {Disposition.ACCEPTED: 1}


def test_database_is_for_its_owner_only(site: Site) -> None:
    site.run()
    assert site.paths.database.stat().st_mode & 0o077 == 0
    assert site.paths.studies.stat().st_mode & 0o077 == 0
    with sqlite3.connect(site.paths.database) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
    assert list(site.paths.studies.iterdir()) == []
