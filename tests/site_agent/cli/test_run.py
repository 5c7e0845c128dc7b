"""The commands of the data manager, in real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_agent.config import SitePaths, Specification, template
from site_agent.deidentify.vault import Vault, make_key_file, read_secret
from site_agent.durable import locked
from tests.site_agent.inbox import (
    ACCESSION,
    NAME,
    PATIENT,
    STUDY,
    film,
    put,
    write_inbox,
)

pytestmark = pytest.mark.e2e

KILLED = -signal.SIGKILL


def agent(
    home: Path, *arguments: str, killed: str = "", passphrase: str | None = None
) -> subprocess.CompletedProcess[str]:
    module = ("tests.site_agent.killed", *killed.split(), "--") if killed else (
        "site_agent.cli",
    )  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", *module, *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "COLUMNS": "120",
            **({"HILUM_VAULT_PASSPHRASE": passphrase} if passphrase else {}),
        },
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    paths = SitePaths(tmp_path / "site-1")
    paths.home.mkdir()
    text = template(site="site-1", consortium="demo", address="a:1", enrolment="a:2")
    paths.config.write_text(text)
    small = Specification(least_rows=32, least_columns=32)
    paths.specification.write_bytes(small.canonical)
    make_key_file(paths.vault_key)
    Vault.create(paths.vault, read_secret(paths.vault_key, None), cost=2**15)
    return paths.home


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    write_inbox(tmp_path / "inbox", 4)
    put(tmp_path / "inbox/images/AP", film(5, ViewPosition="AP"))
    put(tmp_path / "inbox/images/broken.dcm", film(6)[:420])
    return tmp_path / "inbox"


def contents(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield everything that a run keeps, but for the ciphertext of the vault."""
    for path in sorted((home / "studies").rglob("*")):
        if path.is_file():
            yield path.relative_to(home).as_posix(), path.read_bytes()


def listed(home: Path) -> object:
    return json.loads(agent(home, "studies", "--json", "--reveal").stdout)


def test_run_killed_at_every_step_ends_as_one_that_was_not(
    home: Path, inbox: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    assert agent(whole, "run", str(inbox)).returncode == 0
    for point in (
        "site_agent.intake:sort before 1",
        "site_agent.deidentify.vault:Vault.remember before 1",
        "site_agent.deidentify.vault:Vault.remember after 2",
        "site_agent.store:Store.refuse after 1",
        "site_agent.folders:move_in before 1",
        "site_agent.folders:move_in after 1",
        "site_agent.store:Store._put before 2",
        "site_agent.store:Store._put after 1",
        "site_agent.store:Store._drop_unused before 1",
    ):
        ended = agent(home, "run", str(inbox), "--jobs", "2", killed=point)
        assert ended.returncode == KILLED, (point, ended.stderr)
    assert agent(home, "run", str(inbox)).returncode == 0
    assert dict(contents(home)) == dict(contents(whole))
    assert listed(home) == listed(whole)
    assert list((home / "staging").iterdir()) == []
    roots = {agent(site, "freeze").stdout.split()[1] for site in (home, whole)}
    assert len(roots) == 1


def test_run_ends_with_a_table_and_refusals_are_no_failure(
    home: Path, inbox: Path
) -> None:
    ended = agent(home, "run", str(inbox))
    assert ended.returncode == 0
    assert "accepted" in ended.stdout
    assert "projection 1" in ended.stdout
    assert "unreadable 1" in ended.stdout
    assert "files that are neither DICOM nor a report: 2" in ended.stdout
    for identifier in (ACCESSION, PATIENT, STUDY, *NAME.split("^")):
        assert identifier not in ended.stdout + ended.stderr


def test_odd_header_leaks_into_no_message(home: Path, tmp_path: Path) -> None:
    odd = film(1).replace(b"19571113", b"Hoefig57").replace(b"20170815", b"Gundula!")
    put(tmp_path / "inbox/film.dcm", odd.replace(b"ISO_IR 100", b"Hoefig 100"))
    ended = agent(home, "run", str(tmp_path / "inbox"))
    assert ended.returncode == 0
    assert "Hoefig" not in ended.stdout + ended.stderr
    assert "Gundula" not in ended.stdout + ended.stderr


def test_studies_shows_reasons_and_reveals_on_request(home: Path, inbox: Path) -> None:
    agent(home, "run", str(inbox))
    plain = agent(home, "studies", "--rejected").stdout
    assert "projection: The study has no PA view." in plain
    assert "accepted" not in plain
    assert str(inbox) not in plain
    revealed = agent(home, "studies", "--quarantined", "--reveal").stdout
    assert str(inbox / "images/broken.dcm") in revealed
    accepted = json.loads(agent(home, "studies", "--accepted", "--json").stdout)
    assert len(accepted) == 4
    assert all(set(entry) == {"study", "disposition", "reasons"} for entry in accepted)


def test_freeze_tells_the_root_and_needs_a_study(home: Path, inbox: Path) -> None:
    empty = agent(home, "freeze")
    assert empty.returncode == 1
    assert "site-agent run" in empty.stderr
    agent(home, "run", str(inbox))
    frozen = agent(home, "freeze")
    assert frozen.returncode == 0
    assert "4 studies of 4 patients are frozen, of 6 that came in" in frozen.stdout


def test_second_run_at_the_same_time_is_refused(home: Path, inbox: Path) -> None:
    with locked(SitePaths(home).run_lock):
        ended = agent(home, "run", str(inbox))
    assert ended.returncode == 75
    assert "Another process" in ended.stderr


@pytest.mark.parametrize("command", [("run", "nowhere"), ("studies",), ("freeze",)])
def test_folder_that_is_no_home_is_told_in_one_line(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    ended = agent(tmp_path, *command)
    assert ended.returncode == 2
    assert "site-agent init" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_wrong_key_opens_no_vault_and_changes_nothing(
    home: Path, inbox: Path, tmp_path: Path
) -> None:
    make_key_file(tmp_path / "other.key")
    ended = agent(
        home, "run", str(inbox), "--vault-key-file", str(tmp_path / "other.key")
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert not (home / "site.db").exists()


def test_vault_without_key_file_opens_by_its_passphrase(
    home: Path, inbox: Path
) -> None:
    paths = SitePaths(home)
    shutil.rmtree(paths.vault)
    paths.vault_key.unlink()
    secret = read_secret(None, "correct horse battery")
    Vault.create(paths.vault, secret, cost=2**15)
    asked = agent(home, "run", str(inbox))
    assert asked.returncode == 1
    assert "Passphrase of the vault" in asked.stdout + asked.stderr
    wrong = agent(home, "run", str(inbox), passphrase="wrong horse battery")
    assert wrong.returncode == 1
    right = agent(home, "run", str(inbox), passphrase="correct horse battery")
    assert right.returncode == 0
