from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from site_agent.config import SiteConfig, SitePaths
from site_agent.deidentify.vault import Vault, read_secret
from tests.site_agent.cli.conftest import Type
from tests.site_agent.peer import Peer


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "hospital"


def arguments(peer: Peer, folder: Path, home: Path, **changed: object) -> list[object]:
    options: dict[str, object] = {
        "invitation": peer.invitation(folder),
        "fingerprint": peer.fingerprint,
        "home": home,
        "controller": 'St. Anna "Mitte" Grünstadt',
        "dpo": "The officer",
        **changed,
    }
    words: list[object] = ["init"]
    for name, value in options.items():
        words += [f"--{name}", value]
    return words


def test_hospital_joins(peer: Peer, run: Type, tmp_path: Path, home: Path) -> None:
    ended = run(*arguments(peer, tmp_path, home))
    assert ended.code == 0, ended.err
    assert "st-anna has joined peer.example" in ended.out
    paths = SitePaths(home)
    config = SiteConfig.load(paths)
    assert config.controller.name == 'St. Anna "Mitte" Grünstadt'
    assert (config.coordinator, config.enrolment) == (peer.address, peer.enrolment)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(paths.vault_key.stat().st_mode) == 0o600
    Vault.open(paths.vault, read_secret(paths.vault_key, None))
    assert (home / "agenda.bin").exists()


def test_private_keys_never_leave(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    run(*arguments(peer, tmp_path, home))
    assert peer.enrolled is not None
    sent = peer.enrolled.SerializeToString()
    for path in (home / "keys").glob("*.key"):
        body = path.read_text().splitlines()[1:-1]
        assert all(line.encode() not in sent for line in body)


def test_wrong_fingerprint_sends_and_makes_nothing(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    ended = run(*arguments(peer, tmp_path, home, fingerprint="00:" * 31 + "00"))
    assert ended.code == 1
    assert "Nothing was sent" in ended.err
    assert peer.enrolled is None
    assert not home.exists()


def test_refused_token_leaves_keys_that_the_next_invitation_certifies(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    wrong = peer.invitation(tmp_path, token="a-token-that-was-used-before")
    shutil.copy(wrong, tmp_path / "wrong.json")
    ended = run(*arguments(peer, tmp_path, home, invitation=tmp_path / "wrong.json"))
    assert ended.code == 1
    assert "open invitation" in ended.err
    key = (home / "keys" / "signing.key").read_bytes()
    assert run(*arguments(peer, tmp_path, home)).code == 0
    assert (home / "keys" / "signing.key").read_bytes() == key


def test_init_that_was_killed_after_the_reply_was_lost_goes_on(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    peer.lose.add("Enrol")
    assert run(*arguments(peer, tmp_path, home)).code == 75
    (home / "vault.key").rename(tmp_path / "vault.key")
    (home / "vault" / "vault.json").unlink()  # killed between the key and the vault
    (tmp_path / "vault.key").rename(home / "vault.key")
    peer.lose.clear()
    ended = run(*arguments(peer, tmp_path, home))
    assert ended.code == 0, ended.err
    paths = SitePaths(home)
    Vault.open(paths.vault, read_secret(paths.vault_key, None))


def test_init_again_keeps_settings_keys_and_vault(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    run(*arguments(peer, tmp_path, home))
    kept = ("site.toml", "vault.key", "vault/vault.json", "keys/signing.key")
    before = {name: (home / name).read_bytes() for name in kept}
    ended = run(*arguments(peer, tmp_path, home, controller="Another name"))
    assert ended.code == 0, ended.err
    assert {name: (home / name).read_bytes() for name in kept} == before


def test_home_of_another_site_is_left_alone(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    run(*arguments(peer, tmp_path, home))
    other = peer.invitation(tmp_path, site="st-bruno", coordinator="127.0.0.1:1")
    shutil.copy(other, tmp_path / "other.json")
    ended = run(*arguments(peer, tmp_path, home, invitation=tmp_path / "other.json"))
    assert ended.code == 2
    assert "site.id is 'st-anna', and the invitation says 'st-bruno'" in ended.err
    assert "coordinator.address" in ended.err


def test_passphrase_in_place_of_a_key_file(
    peer: Peer,
    run: Type,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HILUM_VAULT_PASSPHRASE", "lindens and salt, twice")
    ended = run(*arguments(peer, tmp_path, home), "--passphrase")
    assert ended.code == 0, ended.err
    assert not (home / "vault.key").exists()
    Vault.open(home / "vault", read_secret(None, "lindens and salt, twice"))


def test_coordinator_that_is_away_says_so(
    peer: Peer, run: Type, tmp_path: Path, home: Path
) -> None:
    peer.stop()
    ended = run(*arguments(peer, tmp_path, home))
    assert ended.code == 75
    assert "cannot be reached" in ended.err
    assert "Traceback" not in ended.err
