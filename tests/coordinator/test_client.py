"""The researcher's client, against the real door."""

from __future__ import annotations

import ast
import hashlib
import json
from functools import partial
from pathlib import Path

import pytest

from coordinator import client
from coordinator.consortium import runs
from coordinator.database import open_session
from coordinator.models import Plan
from coordinator.rules.states import PlanState
from tests.coordinator.conftest import PASSWORD
from tests.coordinator.plan import PLAN


@pytest.fixture
def run(tmp_path, monkeypatch, typed):
    """Run `consortium`; give the exit code and what it wrote."""
    monkeypatch.setenv("HILUM_CONSORTIUM_HOME", str(tmp_path / "researcher"))
    return partial(typed, "consortium", client.main)


@pytest.fixture
def logged_in(run, address):
    """Log in, and run commands from then on."""
    code, out, err = run(
        "login", address, "--username", "rosa", keyboard=f"{PASSWORD}\n"
    )
    assert (code, err) == (0, "")
    assert out.startswith("rosa (researcher) until 20")
    return run


@pytest.fixture
def plan(logged_in, released, tmp_path):
    """Submit a plan; give its name."""
    file = tmp_path / "plan.toml"
    file.write_text(PLAN)
    code, out, err = logged_in("plan", "submit", file)
    assert (code, err) == (0, "")
    assert "waits for 2 approvals" in out
    return out.split()[0]


def test_client_needs_nothing_else_of_this_program():
    tree = ast.parse(Path(client.__file__).read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & {"coordinator", "protos", "site_agent"}


def test_session_is_kept_in_a_private_file_without_the_password(logged_in, tmp_path):
    file = tmp_path / "researcher" / "session.json"
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert PASSWORD not in file.read_text()
    assert json.loads(file.read_text())["token"].startswith("hilum_")


def test_wrong_password_is_said_to_be_wrong(run, address, tmp_path):
    code, _, err = run("login", address, "--username", "rosa", keyboard="no\n")
    assert code == 1
    assert "username or password is wrong" in err
    assert "run `consortium login`" not in err
    assert not (tmp_path / "researcher").exists()


def test_password_from_a_file_that_others_can_read_is_refused(run, address, tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    login = ("login", address, "--username", "rosa", "--password-file", file)
    file.chmod(0o644)
    assert "chmod 600" in run(*login)[2]
    assert "does not exist" in run(*login[:-1], tmp_path / "nothing")[2]
    file.chmod(0o600)
    assert run(*login)[0] == 0


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("http://coordinator.example:7480", "others can read it"),
        ("coordinator.example", "must be like https"),
        ("ftp://localhost", "must be like https"),
    ],
)
def test_password_is_never_sent_where_others_can_read_it(run, where, told):
    code, _, err = run("login", where, "--username", "rosa", keyboard="secret\n")
    assert (code, told in err) == (1, True)


def test_coordinator_that_is_down_is_said_to_be_down(run):
    code, _, err = run(
        "login", "http://127.0.0.1:1", "--username", "rosa", keyboard="secret\n"
    )
    assert (code, "cannot be reached" in err) == (1, True)
    assert "Traceback" not in err


def test_everything_else_needs_a_login(run):
    for command in (["progress"], ["plan", "list"], ["runs"], ["model", "list"]):
        code, _, err = run(*command)
        assert (code, "consortium login" in err) == (1, True)


def test_session_that_has_expired_says_to_log_in_again(logged_in, consortium):
    consortium.now += 13 * 3600
    code, _, err = logged_in("progress")
    assert (code, "consortium login" in err) == (1, True)


def test_progress_and_released_versions(logged_in, released):
    _, out, _ = logged_in("progress")
    assert "240 of 40,000 studies" in out
    assert "version 1.0.0: alder, birch, cedar" in out


def test_empty_lists_say_so(logged_in):
    for command in (["plan", "list"], ["runs"], ["model", "list"]):
        code, out, _ = logged_in(*command)
        assert (code, out[:3]) == (0, "no ")
    assert "no version is released yet" in logged_in("progress")[1]


def test_refused_plan_shows_all_reasons(logged_in, tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(PLAN.replace("rounds = 3", "rounds = 0\nrunds = 3"))
    code, _, err = logged_in("plan", "submit", file)
    assert code == 1
    assert len(err.splitlines()) == 2
    file.write_text(PLAN)
    _, _, err = logged_in("plan", "submit", file)
    assert "1.0.0 does not exist" in err


def test_plan_is_listed_and_shown(logged_in, plan):
    assert plan in logged_in("plan", "list")[1]
    _, out, _ = logged_in("plan", "show", plan)
    assert "Baseline (proposed)" in out
    assert "approvals: none yet" in out
    assert "learning_rate = 0.001" in out
    code, _, err = logged_in("plan", "show", "plan-none")
    assert (code, "there is no plan" in err) == (1, True)


def test_run_figures_and_model(logged_in, plan, consortium, tmp_path):
    model = b"weights" * 1000
    digest = hashlib.sha256(model).digest()
    with open_session(consortium.home) as session:
        session.get_one(Plan, plan).state = PlanState.IN_FORCE
        runs.start_run(session, plan, 7, now=consortium.now)
        runs.record_round(session, plan, 1, "alder", {"auroc": 0.7}, now=consortium.now)
        runs.record_round(session, plan, 1, "", {"auroc": 0.8}, now=consortium.now)
        runs.record_model(
            session,
            plan,
            1,
            sha256=digest,
            path="m",
            card="# Card\n",
            now=consortium.now,
        )
    (consortium.paths.models / "m").write_bytes(model)
    assert "1 of 3" in logged_in("runs")[1]
    rows = [line.split() for line in logged_in("runs", plan)[1].splitlines()[1:]]
    assert rows == [["1", "all", "auroc", "0.8"], ["1", "alder", "auroc", "0.7"]]
    assert digest.hex() in logged_in("model", "list")[1]
    assert logged_in("model", "card", digest.hex())[1] == "# Card\n"
    file = tmp_path / "model.safetensors"
    assert logged_in("model", "get", digest.hex(), "--output", file)[0] == 0
    assert file.read_bytes() == model
    # A file that was exchanged at the coordinator is not taken.
    (consortium.paths.models / "m").write_bytes(b"other weights")
    code, _, err = logged_in("model", "get", digest.hex(), "--output", tmp_path / "n")
    assert (code, "not the model" in err) == (1, True)
    assert not list(tmp_path.glob("n*"))
    assert not list(tmp_path.glob(".n*"))
