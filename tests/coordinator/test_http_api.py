"""The people's door: nobody enters without a token, or gets more than is theirs."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

import httpx
import pytest
from fastapi.routing import APIRoute

from coordinator.consortium import accounts, runs, versions
from coordinator.database import open_session
from coordinator.http_api import office
from coordinator.http_api.app import PREFIX, ROUTERS
from coordinator.http_api.guard import HEADERS, MOST_BYTES
from coordinator.models import Token
from protos import codec
from protos.dataset_pb2 import DatasetVersion
from protos.statistics_pb2 import (
    AgeBand,
    AgeCell,
    DatasetStatistics,
    Observation,
    ObservationSexCell,
    Sex,
    YearCell,
)
from protos.training_pb2 import PermitTerms, Role

PASSWORD = "correct horse battery"  # as in conftest.py
PLAN = """
title = "Baseline"
dataset = "chest-radiographs"
version = "1.0.0"
network = "densenet-tiny"
strategy = "fedavg"
rounds = 3
batch_size = 8
image_size = 64
learning_rate = 0.001
"""
OPEN = {("GET", "/healthz"), ("POST", "/api/v1/session")}


@pytest.fixture
def http(address):
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def logged_in(http, name, password=PASSWORD):
    asked = {"username": name, "password": password}
    answer = http.post("/api/v1/session", json=asked)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
def admin(http):
    return logged_in(http, "ann")


@pytest.fixture
def researcher(http):
    return logged_in(http, "rosa")


@pytest.fixture
def released(consortium, hospitals):
    for hospital in hospitals:
        consortium.submit(hospital, hospital.contribution())
    with open_session(consortium.home) as session:
        version = versions.propose(session, share=Fraction(2, 3), now=consortium.now)
    for hospital in hospitals[:2]:
        consortium.submit(hospital, hospital.vote(version.digest))
    return version


def reasons(answer):
    return answer.json()["reasons"]


# ------------------------------------------------------------------------ the door


def routes(app):
    """List every route, those that the API's own description leaves out too."""
    found = [("", route) for route in app.routes]
    found += [(PREFIX, route) for router in ROUTERS for route in router.routes]
    return [
        (method, prefix + route.path)
        for prefix, route in found
        if isinstance(route, APIRoute)
        for method in route.methods
    ]


def test_every_route_but_two_needs_a_token(app, http):
    found = routes(app)
    assert len(found) > 25
    assert set(found) >= OPEN
    for method, path in set(found) - OPEN:
        answer = http.request(method, path, headers={"Authorization": "Bearer wrong"})
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert http.request(method, path).status_code == 401, (method, path)


def test_every_route_but_the_ones_of_ones_own_token_needs_a_scope(
    app, http, consortium
):
    headers = logged_in(http, "rosa")
    with open_session(consortium.home) as session:
        for token in session.exec(accounts.select(Token)):
            token.scopes = ""
    own = {
        ("GET", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("GET", "/api/v1/tokens"),
        ("GET", "/api/v1/openapi.json"),
    }
    for method, path in set(routes(app)) - OPEN - own:
        answer = http.request(method, path, headers=headers)
        assert answer.status_code == 403, (method, path)


def test_no_page_describes_the_api_to_strangers(http):
    for path in ("/docs", "/redoc", "/openapi.json", "/api/v1/openapi.json", "/"):
        assert http.get(path).status_code in (401, 404)


def test_description_of_the_api_is_typed_throughout(app, http, researcher):
    described = http.get("/api/v1/openapi.json", headers=researcher).json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            good = [code for code in operation["responses"] if code.startswith("2")]
            (code,) = good
            content = operation["responses"][code]["content"]
            if not path.endswith(("/file", "/card")):
                assert content["application/json"]["schema"], (method, path)
    assert "Refusal" in described["components"]["schemas"]


def test_security_headers_are_on_every_answer(http):
    for answer in (http.get("/healthz"), http.get("/nowhere"), http.post("/healthz")):
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


def test_large_body_is_refused_announced_or_not(http):
    body = b"x" * (MOST_BYTES + 1)
    assert http.post("/api/v1/session", content=body).status_code == 413
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    assert http.post("/api/v1/session", content=pieces).status_code == 413


def test_error_never_repeats_what_was_sent(http):
    secret = "my-password-typed-in-the-wrong-field"
    answer = http.post("/api/v1/session", json={secret: secret, "username": 3})
    assert answer.status_code == 422
    assert len(reasons(answer)) == 3
    answer = http.post(
        "/api/v1/session", json={"username": "ann", "password": [secret]}
    )
    assert secret not in answer.text


def test_failure_inside_tells_nothing(app, http, admin, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("the secret of the database")

    monkeypatch.setattr(versions, "versions", fail)
    answer = http.get("/api/v1/versions", headers=admin)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["code"] == "failed"


# ---------------------------------------------------------------- sessions and tokens


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


# ------------------------------------------------------------------------- members


def test_researcher_sees_no_members_and_changes_nothing(http, researcher):
    for method, path in (
        ("GET", "/api/v1/members"),
        ("POST", "/api/v1/members"),
        ("DELETE", "/api/v1/members/alder"),
        ("POST", "/api/v1/versions"),
        ("GET", "/api/v1/users"),
        ("GET", "/api/v1/records-of-processing"),
    ):
        assert http.request(method, path, headers=researcher).status_code == 403


def test_invitation_over_http_lets_a_hospital_join(http, admin, consortium, hospital):
    asked = {"site": "birch", "name": "Birch Hospital"}
    made = http.post("/api/v1/members", json=asked, headers=admin).json()
    assert made["invitation"]["enrolment"] == "localhost:7444"
    assert made["root_fingerprint"].count(":") == 31
    newcomer = type(hospital)("birch")
    token = made["invitation"]["token"]
    assert consortium.enrol(newcomer.enrolment(token)).site == "birch"
    listed = http.get("/api/v1/members", headers=admin).json()
    assert {each["site"]: each["state"] for each in listed} == {
        "alder": "active",
        "birch": "active",
    }
    assert http.delete("/api/v1/members/birch", headers=admin).status_code == 200
    assert http.delete("/api/v1/members/birch", headers=admin).status_code == 409
    assert http.delete("/api/v1/members/nobody", headers=admin).status_code == 404


def test_documents_are_what_compliance_asks_for(http, admin, consortium, hospital):
    def lacking():
        found = http.get("/api/v1/compliance", headers=admin).json()["findings"]
        return next(each for each in found if each["rule"] == "documents")

    assert "alder: consortium-agreement" in lacking()["got"]
    for kind in (
        "consortium-agreement",
        "data-processing-agreement",
        "ethics-approval-or-waiver",
    ):
        document = {
            "kind": kind,
            "reference": "EC 2026/17",
            "sha256": "ab" * 32,
            "valid_from": consortium.now - 10,
            "valid_until": consortium.now + 10,
        }
        path = "/api/v1/members/alder/documents"
        assert http.post(path, json=document, headers=admin).status_code == 201
    assert lacking()["met"]
    consortium.now += 10
    assert not lacking()["met"]


# ------------------------------------------------------------------------- dataset


def test_progress_and_statistics_are_in_rounded_words(
    http, researcher, consortium, hospital
):
    consortium.submit(hospital, hospital.contribution(study_tens=12))
    tables = DatasetStatistics(
        manifest_root=b"r" * 32,
        patient_tens=11,
        study_tens=12,
        ages=[AgeCell(age=AgeBand.AGE_40_49, tens=0)],
        years=[YearCell(year=2021, tens=5)],
        observations_by_sex=[
            ObservationSexCell(observation=Observation.EDEMA, sex=Sex.FEMALE, tens=3)
        ],
    )
    consortium.submit(hospital, hospital.sealed(hospital.statement(statistics=tables)))
    told = http.get("/api/v1/progress", headers=researcher).json()
    assert told == {
        "dataset": "chest-radiographs",
        "studies": 120,
        "target": 40_000,
        "sites": {"alder": 120},
    }
    (site,) = http.get("/api/v1/statistics", headers=researcher).json()
    assert site["patients"] == "about 110"
    assert site["tables"]["ages"] == [
        {"of": {"age": "AGE_40_49"}, "patients": "fewer than 10"}
    ]
    assert site["tables"]["years"][0]["of"] == {"year": "2021"}
    assert site["tables"]["observations_by_sex"] == [
        {"of": {"observation": "EDEMA", "sex": "FEMALE"}, "patients": "about 30"}
    ]


def test_version_over_http(http, admin, consortium, hospitals):
    for hospital in hospitals:
        consortium.submit(hospital, hospital.contribution())
    made = http.post("/api/v1/versions", headers=admin)
    assert made.status_code == 201
    assert made.json()["version"] == "1.0.0"
    assert http.post("/api/v1/versions", headers=admin).status_code == 409
    digest = bytes.fromhex(made.json()["digest"])
    consortium.submit(hospitals[0], hospitals[0].vote(digest))
    (listed,) = http.get("/api/v1/versions", headers=admin).json()
    assert listed["votes"] == {"alder": "approve"}
    assert set(listed["sites"]) == {"alder", "birch", "cedar"}


def test_checkpoint_over_http_is_the_signed_note(http, researcher, consortium):
    told = http.get("/api/v1/log/checkpoint", headers=researcher).json()
    assert told["log_key"] == consortium.vkey
    assert told["checkpoint"].startswith("north/log\n1\n")


# ------------------------------------------------------------------------ training


def posted(http, headers, toml=PLAN):
    headers = headers | {"Content-Type": "application/toml"}
    return http.post("/api/v1/plans", content=toml.encode(), headers=headers)


def test_plan_for_a_version_that_does_not_exist_gets_the_reason(http, researcher):
    answer = posted(http, researcher)
    assert answer.status_code == 422
    assert any("1.0.0 does not exist" in reason for reason in reasons(answer))


def test_faulty_plan_gets_all_its_faults(http, researcher):
    faulty = PLAN.replace("rounds = 3", "rounds = 0\nrunds = 3").replace("64", "65")
    answer = posted(http, researcher, faulty)
    assert answer.status_code == 422
    assert len(reasons(answer)) == 3


def test_admin_does_not_train(http, admin, released):
    assert posted(http, admin).status_code == 403


def test_plan_run_and_model_from_end_to_end(
    http, researcher, consortium, hospitals, released
):
    made = posted(http, researcher)
    assert made.status_code == 201, made.text
    plan = made.json()["plan"]
    assert made.json()["state"] == "proposed"
    with open_session(consortium.home, reads=True) as session:
        terms = runs._plan(session, plan).terms
    assert codec.decode(PermitTerms, terms).training.rounds == 3
    for hospital in hospitals:
        for role in (Role.MEMBER, Role.DATA_PROTECTION_OFFICER):
            consortium.submit(hospital, hospital.permit_decision(terms, role))
    told = http.get(f"/api/v1/plans/{plan}", headers=researcher).json()
    assert (told["state"], len(told["approvals"]), len(told["consents"])) == (
        "in-force",
        3,
        3,
    )
    (permit,) = http.get("/api/v1/permits", headers=researcher).json()
    assert (permit["terms"], permit["signatures"]) == (terms.hex(), 6)
    model = b"weights"
    digest = hashlib.sha256(model).digest()
    with open_session(consortium.home) as session:
        runs.start_run(session, plan, 7, now=consortium.now)
        for site in ("alder", "birch", runs.ALL_SITES):
            runs.record_round(
                session, plan, 1, site, {"auroc": 0.75}, now=consortium.now
            )
        runs.record_model(
            session,
            plan,
            1,
            sha256=digest,
            path=f"{plan}/round-1.safetensors",
            card="# A model",
            now=consortium.now,
        )
        runs.finish_run(session, plan, now=consortium.now)
    folder = consortium.paths.models / plan
    folder.mkdir()
    (folder / "round-1.safetensors").write_bytes(model)
    (run,) = http.get("/api/v1/runs", headers=researcher).json()
    assert (run["state"], run["rounds_done"], run["rounds"]) == ("finished", 1, 3)
    figures = http.get(f"/api/v1/runs/{plan}/metrics", headers=researcher).json()
    assert [(each["site"], each["value"]) for each in figures] == [
        ("", 0.75),
        ("alder", 0.75),
        ("birch", 0.75),
    ]
    (listed,) = http.get("/api/v1/models", headers=researcher).json()
    assert listed["sha256"] == digest.hex()
    base = f"/api/v1/models/{digest.hex()}"
    assert http.get(f"{base}/card", headers=researcher).text == "# A model"
    assert http.get(f"{base}/file", headers=researcher).content == model


def test_model_path_cannot_leave_the_registry(
    http, researcher, consortium, hospitals, released
):
    plan = posted(http, researcher).json()["plan"]
    with open_session(consortium.home) as session:
        runs._plan(session, plan).state = "in-force"
        runs.start_run(session, plan, 7, now=consortium.now)
        runs.record_model(
            session,
            plan,
            1,
            sha256=b"m" * 32,
            path="../pki/log.key",
            card="",
            now=consortium.now,
        )
    answer = http.get(f"/api/v1/models/{(b'm' * 32).hex()}/file", headers=researcher)
    assert answer.status_code == 404


def test_unknown_things_are_not_found(http, researcher):
    for path in ("plans/none", "runs/none/metrics", "models/zz/card", "models/00/file"):
        answer = http.get(f"/api/v1/{path}", headers=researcher)
        assert answer.status_code == 404, path
        assert reasons(answer)


def test_version_content_is_what_the_sites_voted_on(http, researcher, released):
    (listed,) = http.get("/api/v1/versions", headers=researcher).json()
    content = codec.decode(DatasetVersion, released.content)
    assert listed["specification"] == content.specification.hex()
    assert json.dumps(listed["sites"], sort_keys=True) == json.dumps(
        {each.site: each.manifest_root.hex() for each in content.sites}, sort_keys=True
    )
