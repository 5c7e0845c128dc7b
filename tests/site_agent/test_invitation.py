from __future__ import annotations

import json
from pathlib import Path

import pytest

from site_agent.errors import IdentityError
from site_agent.invitation import read_invitation, root_fingerprint
from tests.site_agent.peer import CONSORTIUM, TOKEN, Authority


def invitation(folder: Path, authority: Authority, **changed: object) -> Path:
    fields = {
        "consortium": CONSORTIUM,
        "site": "st-anna",
        "coordinator": "127.0.0.1:7443",
        "enrolment": "127.0.0.1:7444",
        "root_certificate": authority.root_pem.decode(),
        "token": TOKEN,
        **changed,
    }
    path = folder / "invitation.json"
    path.write_text(json.dumps(fields))
    return path


@pytest.mark.parametrize("form", ["{}", " {} ", "SHA256={}", "sha256:{}"])
def test_fingerprint_may_be_written_as_people_write_it(
    tmp_path: Path, authority: Authority, form: str
) -> None:
    plain = root_fingerprint(authority.root_pem)
    path = invitation(tmp_path, authority)
    colons = ":".join(plain[i : i + 2] for i in range(0, 64, 2)).upper()
    spaces = " ".join(plain[i : i + 4] for i in range(0, 64, 4))
    for written in (plain, colons, spaces):
        invited = read_invitation(path, fingerprint=form.format(written))
        assert invited.site == "st-anna"


def test_other_fingerprint_is_refused_before_anything_is_sent(
    tmp_path: Path, authority: Authority
) -> None:
    path = invitation(tmp_path, authority)
    with pytest.raises(IdentityError, match="Nothing was sent") as raised:
        read_invitation(path, fingerprint="00" * 32)
    colons = bytes.fromhex(root_fingerprint(authority.root_pem)).hex(":").upper()
    assert colons in str(raised.value)
    with pytest.raises(IdentityError, match="64 digits"):
        read_invitation(path, fingerprint="abc")


def test_wrong_path_of_the_invitation_is_not_told_as_bad_json(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match=r"nope\.json cannot be read: No such file"):
        read_invitation(tmp_path / "nope.json", fingerprint="00" * 32)


def test_incomplete_invitation_lists_all_its_faults_and_no_token(
    tmp_path: Path, authority: Authority
) -> None:
    path = invitation(
        tmp_path, authority, token="short!", coordinator="nowhere", site=7
    )
    with pytest.raises(IdentityError) as raised:
        read_invitation(path, fingerprint="00" * 32)
    message = str(raised.value)
    for name in ("site", "coordinator", "token"):
        assert f"`{name}` is not valid" in message
    assert "short!" not in message


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[]", b"not json"])
def test_file_that_is_no_invitation(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "invitation.json"
    path.write_bytes(content)
    with pytest.raises(IdentityError, match="invitation"):
        read_invitation(path, fingerprint="00" * 32)
