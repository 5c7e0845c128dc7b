"""Members are invited, revoked and documented by an admin alone."""

from __future__ import annotations


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
