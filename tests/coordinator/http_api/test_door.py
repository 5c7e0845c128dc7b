"""Nobody enters without a token, and every answer is guarded."""

from __future__ import annotations

from fastapi.routing import APIRoute

from coordinator.consortium import accounts, versions
from coordinator.database import open_session
from coordinator.http_api.app import PREFIX, ROUTERS
from coordinator.http_api.guard import HEADERS, MOST_BYTES
from coordinator.models import Token
from tests.coordinator.http_api.asking import logged_in, reasons

OPEN = {("GET", "/healthz"), ("POST", "/api/v1/session")}


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
