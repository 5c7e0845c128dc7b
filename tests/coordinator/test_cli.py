"""The admin's command line."""

from __future__ import annotations

import json
from functools import partial

import pytest

from coordinator import cli
from coordinator.cli import terminal
from coordinator.consortium import accounts
from coordinator.database import close, open_session
from tests.coordinator.conftest import PASSWORD


@pytest.fixture
def run(tmp_path, monkeypatch, typed):
    """Run `coordinator` on one home; give the exit code and what it wrote."""
    home = tmp_path / "coordinator"
    monkeypatch.setenv("HILUM_COORDINATOR_HOME", str(home))
    yield partial(typed, "coordinator", cli.main)
    if (home / "coordinator.db").exists():
        close(home)


@pytest.fixture
def founded(run):
    code, out, _ = run("init", "--consortium", "north")
    assert code == 0
    return out


def test_admin_founds_a_consortium_and_is_told_to_move_the_root(founded, tmp_path):
    assert "Move that folder offline" in founded
    assert "NOT encrypted" in founded
    assert (tmp_path / "coordinator" / "root" / "root.key").is_file()


def test_second_founding_is_refused(founded, run):
    code, _, err = run("init", "--consortium", "north")
    assert code == 2
    assert err.startswith("coordinator: ")
    assert "Traceback" not in err


def test_root_key_is_encrypted_with_a_passphrase_from_a_file(run, tmp_path):
    file = tmp_path / "passphrase"
    file.write_text("in the safe\n")
    file.chmod(0o600)
    _, out, _ = run("init", "--consortium", "north", "--root-passphrase-file", file)
    assert "NOT encrypted" not in out
    key = (tmp_path / "coordinator" / "root" / "root.key").read_bytes()
    assert b"ENCRYPTED" in key


def test_account_by_file_and_by_keyboard(founded, run, tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    file.chmod(0o644)
    add = ("user", "add", "ann", "--role", "admin")
    code, _, err = run(*add, "--password-file", file)
    assert (code, "chmod 600" in err) == (2, True)
    file.chmod(0o600)
    assert run(*add, "--password-file", file)[0] == 0
    rosa = ("user", "add", "rosa", "--role", "researcher")
    code, _, err = run(*rosa, keyboard=f"{PASSWORD}\nsomething else\n")
    assert (code, "not the same" in err) == (2, True)
    assert run(*rosa, keyboard=f"{PASSWORD}\n{PASSWORD}\n")[0] == 0
    _, out, _ = run("user", "list")
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [
        ["ann", "admin"],
        ["rosa", "researcher"],
    ]
    with open_session(tmp_path / "coordinator", reads=True) as session:
        assert accounts.password_matches(session, "rosa", PASSWORD)
        assert not accounts.password_matches(session, "rosa", PASSWORD + "!")


def test_missing_password_is_said_to_be_missing(founded, run):
    code, _, err = run("user", "add", "ann", "--role", "admin")
    assert (code, "missing" in err) == (2, True)


def test_password_is_never_an_argument(founded, run, capsys):
    code, _, err = run("user", "add", "ann", "--role", "admin", "--password", PASSWORD)
    assert code == 2
    assert PASSWORD not in err


def test_hospital_is_invited_by_a_private_file(founded, run, tmp_path):
    code, out, _ = run("invite", "alder", "--name", "Alder Hospital")
    assert code == 0
    file = tmp_path / "alder.invitation.json"
    assert file.stat().st_mode & 0o077 == 0
    invitation = json.loads(file.read_bytes())
    assert set(invitation) == {
        *("consortium", "site", "coordinator", "enrolment"),
        *("root_certificate", "token"),
    }
    assert invitation["coordinator"] == "localhost:7443"
    assert invitation["token"] not in out
    _, out, _ = run("members")
    assert "alder" in out
    assert "invited" in out


def test_invitation_tells_the_ports_of_the_coordinator_that_runs(
    founded, run, tmp_path
):
    addresses = tmp_path / "coordinator" / "addresses.json"
    addresses.write_text('{"sites": "127.0.0.1:41", "enrolment": "127.0.0.1:42"}')
    run("invite", "alder", "--output", "i.json")
    invitation = json.loads((tmp_path / "i.json").read_bytes())
    assert invitation["coordinator"] == "localhost:41"
    assert invitation["enrolment"] == "localhost:42"


def test_any_port_cannot_be_put_into_an_invitation(founded, run, tmp_path):
    config = tmp_path / "coordinator" / "coordinator.toml"
    config.write_text(config.read_text().replace("port = 7443", "port = 0"))
    code, _, err = run("invite", "alder")
    assert (code, "start it first" in err) == (2, True)
    _, out, _ = run("members")
    assert "alder" not in out  # nothing was done by halves


def test_member_is_revoked_after_asking(founded, run):
    run("invite", "alder")
    assert run("revoke", "alder")[0] != 0
    code, out, _ = run("revoke", "alder", "--yes")
    assert (code, out) == (0, "alder is revoked.\n")
    code, _, err = run("revoke", "nobody", "--yes")
    assert (code, "no site nobody" in err) == (1, True)


def test_status_counts_towards_forty_thousand_and_says_what_lacks(founded, run):
    code, out, _ = run("status")
    assert code == 0
    assert "0 of 40,000 studies" in out
    lacks = [line.split()[1] for line in out.splitlines() if line.startswith("lacks")]
    assert {"studies:", "documents:", "article-30-record:"} <= set(lacks)


def test_nothing_to_propose_is_refused_with_what_to_do(founded, run):
    code, _, err = run("propose")
    assert (code, "site-agent publish" in err) == (1, True)


@pytest.mark.parametrize("command", ["versions", "plans", "runs"])
def test_empty_lists_say_how_to_fill_them(founded, run, command):
    code, out, _ = run(command)
    assert (code, out[:3]) == (0, "No ")


@pytest.mark.parametrize("command", ["status", "members", "propose", "serve"])
def test_home_that_is_none_is_said_so(run, command):
    code, _, err = run(command)
    assert (code, "coordinator init" in err) == (2, True)


def test_table_is_aligned(capsys):
    terminal.show(("a", "name"), [(1, "x"), (100, "y")], empty="none")
    assert capsys.readouterr().out == "a    name\n1    x\n100  y\n"
