"""Ask at the people's door, and read why it says no."""

from __future__ import annotations

from tests.coordinator.conftest import PASSWORD


def logged_in(http, name, password=PASSWORD):
    asked = {"username": name, "password": password}
    answer = http.post("/api/v1/session", json=asked)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def reasons(answer):
    return answer.json()["reasons"]
