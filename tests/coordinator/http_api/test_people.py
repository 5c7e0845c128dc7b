"""Sessions, tokens and accounts: nobody gets more than is theirs."""

from __future__ import annotations

import hashlib

import pytest

from coordinator.consortium import accounts
from coordinator.database import open_session
from coordinator.http_api import office
from coordinator.models import Token
from tests.coordinator.conftest import PASSWORD
from tests.coordinator.http_api.asking import logged_in, reasons


def test_wrong_password_and_unknown_name_get_the_same_answer(http):
    answers = [
        http.post("/api/v1/session", json={"username": name, "password": "x" * 12})
        for name in ("ann", "nobody")
    ]
    assert [each.status_code for each in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_failed_attempts_are_throttled_and_good_ones_are_not(http, consortium):
    for _ in range(office.LOGINS + 1):
        logged_in(http, "ann")
    wrong = {"username": "ann", "password": "x" * 12}
    codes = [
        http.post("/api/v1/session", json=wrong).status_code
        for _ in range(office.LOGINS + 1)
    ]
    assert codes == [401] * office.LOGINS + [429]
    right = {"username": "ann", "password": PASSWORD}
    assert http.post("/api/v1/session", json=right).status_code == 429
    consortium.now += int(office.LOGIN_SECONDS)
    assert http.post("/api/v1/session", json=right).status_code == 201


def test_session_ends_with_the_day_or_on_leaving(http, consortium, admin):
    assert http.get("/api/v1/session", headers=admin).json()["username"] == "ann"
    assert http.delete("/api/v1/session", headers=admin).status_code == 200
    assert http.get("/api/v1/session", headers=admin).status_code == 401
    again = logged_in(http, "ann")
    consortium.now += accounts.SESSION_SECONDS
    assert http.get("/api/v1/session", headers=again).status_code == 401


def test_tokens_and_passwords_are_kept_as_hashes_only(http, consortium, admin):
    token = admin["Authorization"].split()[1]
    with open_session(consortium.home, reads=True) as session:
        digests = list(session.exec(accounts.select(Token.sha256)))
    assert hashlib.sha256(token.encode()).digest() in digests
    for path in consortium.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert token.encode() not in content
            assert PASSWORD.encode() not in content


def test_api_token_has_its_scopes_and_no_more(http, researcher):
    asked = {"name": "notebook", "scopes": ["plans:read"], "days": 7}
    made = http.post("/api/v1/tokens", json=asked, headers=researcher).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert http.get("/api/v1/plans", headers=bearer).status_code == 200
    answer = http.get("/api/v1/progress", headers=bearer)
    assert answer.status_code == 403
    assert "dataset:read" in reasons(answer)[0]
    # It cannot make another one, and the list does not show it again.
    answer = http.post("/api/v1/tokens", json=asked, headers=bearer)
    assert answer.status_code == 403
    (listed,) = http.get("/api/v1/tokens", headers=researcher).json()
    assert "token" not in listed
    http.delete(f"/api/v1/tokens/{listed['id']}", headers=researcher)
    assert http.get("/api/v1/plans", headers=bearer).status_code == 401


def test_scopes_beyond_the_role_are_refused_all_at_once(http, researcher):
    asked = {"name": "n", "scopes": ["users:write", "everything", "plans:read"]}
    answer = http.post("/api/v1/tokens", json=asked, headers=researcher)
    assert answer.status_code == 422
    assert len(reasons(answer)) == 2


def test_somebody_elses_token_cannot_be_ended(http, admin, researcher):
    asked = {"name": "n", "scopes": ["plans:read"]}
    made = http.post("/api/v1/tokens", json=asked, headers=researcher).json()
    path = f"/api/v1/tokens/{made['id']}"
    assert http.delete(path, headers=admin).status_code == 404


def test_closed_account_is_out_at_once(http, admin, researcher):
    assert http.delete("/api/v1/users/rosa", headers=admin).status_code == 200
    assert http.get("/api/v1/progress", headers=researcher).status_code == 401
    asked = {"username": "rosa", "password": PASSWORD}
    assert http.post("/api/v1/session", json=asked).status_code == 401


@pytest.mark.parametrize(
    ("name", "password", "faults"),
    [("Ann B", "short", 2), ("carl", "carlcarlcarl", 1), ("ann", "x" * 20, 1)],
)
def test_account_that_will_not_do(http, admin, name, password, faults):
    asked = {"username": name, "password": password, "role": "admin"}
    answer = http.post("/api/v1/users", json=asked, headers=admin)
    assert answer.status_code in (409, 422)
    assert len(reasons(answer)) == faults


def test_new_account_can_log_in(http, admin):
    asked = {"username": "carl", "password": "a long password", "role": "researcher"}
    assert http.post("/api/v1/users", json=asked, headers=admin).status_code == 201
    assert logged_in(http, "carl", "a long password")
    names = [
        each["username"] for each in http.get("/api/v1/users", headers=admin).json()
    ]
    assert names == ["ann", "carl", "rosa"]
