"""From a plan to a model, and no further than the registry."""

from __future__ import annotations

import hashlib

from coordinator.consortium import runs
from coordinator.database import open_session
from protos import codec
from protos.training_pb2 import PermitTerms, Role
from tests.coordinator.http_api.asking import reasons
from tests.coordinator.plan import PLAN


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
