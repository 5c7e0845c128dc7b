"""The vault keeps what it was told, through crashes, and notices what was changed."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from site_agent.deidentify.vault import Vault, make_key_file, read_secret
from site_agent.errors import VaultError

SECRET = b"correct horse battery staple"
COST = 2**15
NAME = "Reuter^Francisco"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vault = Vault.create(tmp_path / "vault", SECRET, cost=COST)
    for number in range(3):
        vault.remember(f"S{number}", {"patient_name": NAME, "number": number})
    return tmp_path / "vault"


@pytest.fixture
def vault(folder: Path) -> Vault:
    return Vault.open(folder, SECRET)


def log_of(folder: Path) -> Path:
    return folder / "identities.log"


def test_next_run_has_the_same_pseudonyms_and_identities(folder: Path) -> None:
    first, second = Vault.open(folder, SECRET), Vault.open(folder, SECRET)
    assert first.pseudonyms == second.pseudonyms
    assert second.identities()["S2"] == {"patient_name": NAME, "number": 2}


def test_two_vaults_of_one_secret_share_no_pseudonym(tmp_path: Path) -> None:
    one = Vault.create(tmp_path / "1", SECRET, cost=COST)
    two = Vault.create(tmp_path / "2", SECRET, cost=COST)
    assert one.pseudonyms.patient("1") != two.pseudonyms.patient("1")


def test_what_was_remembered_last_wins(folder: Path) -> None:
    Vault.open(folder, SECRET).remember("S0", {"patient_name": "Krebs^Jose"})
    found = Vault.open(folder, SECRET).identities()
    assert found["S0"] == {"patient_name": "Krebs^Jose"}
    assert list(found) == ["S0", "S1", "S2"]


def test_path_that_is_not_utf8_comes_back(folder: Path) -> None:
    path = os.fsdecode(b"/inbox/M\xfcller")
    Vault.open(folder, SECRET).remember("S9", {"paths": [path]})
    assert Vault.open(folder, SECRET).identities()["S9"] == {"paths": [path]}


def test_nothing_readable_is_on_disk_and_nobody_else_may_read(folder: Path) -> None:
    for path in folder.iterdir():
        content = path.read_bytes()
        assert b"Reuter" not in content
        assert b"patient" not in content
        assert path.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_wrong_secret_opens_nothing(folder: Path) -> None:
    with pytest.raises(VaultError, match="not the key or passphrase"):
        Vault.open(folder, b"incorrect horse battery staple")


def test_second_vault_in_the_same_folder_is_refused(folder: Path) -> None:
    with pytest.raises(VaultError, match="it is kept"):
        Vault.create(folder, SECRET, cost=COST)
    assert len(Vault.open(folder, SECRET).identities()) == 3


def test_no_vault_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="site-agent init"):
        Vault.open(tmp_path, SECRET)


def test_record_cut_short_by_kill_loses_nothing_before_it(folder: Path) -> None:
    whole = log_of(folder).read_bytes()
    vault = Vault.open(folder, SECRET)
    record = len(whole) // 3
    for cut in range(1, record):
        log_of(folder).write_bytes(whole[:-cut])
        assert list(vault.identities()) == ["S0", "S1"]
    reopened = Vault.open(folder, SECRET)
    reopened.remember("S3", {})
    assert list(reopened.identities()) == ["S0", "S1", "S3"]


def test_zeros_that_a_power_cut_left_are_overwritten(folder: Path) -> None:
    with log_of(folder).open("ab") as file:
        file.write(bytes(500))
    vault = Vault.open(folder, SECRET)
    vault.remember("S3", {})
    assert list(vault.identities()) == ["S0", "S1", "S2", "S3"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_any_changed_bit_is_noticed(
    folder: Path, vault: Vault, data: st.DataObject
) -> None:
    whole = log_of(folder).read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(whole)
    changed[position] ^= 1 << bit
    log_of(folder).write_bytes(changed)
    try:
        with pytest.raises(VaultError, match="was changed"):
            vault.identities()
    finally:
        log_of(folder).write_bytes(whole)


def test_record_taken_out_or_moved_is_noticed(folder: Path) -> None:
    whole = log_of(folder).read_bytes()
    size = len(whole) // 3
    first, second, third = (whole[i * size : (i + 1) * size] for i in range(3))
    vault = Vault.open(folder, SECRET)
    for order in (second + third, first + third, second + first + third, first * 2):
        log_of(folder).write_bytes(order)
        with pytest.raises(VaultError, match="was changed"):
            vault.identities()
        with pytest.raises(VaultError, match="was changed"):
            vault.remember("S4", {})


def test_cheaper_stretching_is_refused(folder: Path) -> None:
    header = json.loads((folder / "vault.json").read_text())
    (folder / "vault.json").write_text(json.dumps(header | {"n": 2}))
    with pytest.raises(VaultError, match="was changed"):
        Vault.open(folder, SECRET)
    (folder / "vault.json").write_text(json.dumps(header | {"n": 2**16}))
    with pytest.raises(VaultError, match=r"vault\.json was"):
        Vault.open(folder, SECRET)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}'])
def test_damaged_header_is_a_message(folder: Path, content: str) -> None:
    (folder / "vault.json").write_text(content)
    with pytest.raises(VaultError):
        Vault.open(folder, SECRET)


def remember_many(folder: Path, worker: int) -> None:
    vault = Vault.open(folder, SECRET)
    for number in range(15):
        vault.remember(f"W{worker}-{number}", {"n": number})


def test_processes_take_turns_and_readers_go_on(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=remember_many, args=(folder, worker))
        for worker in range(2)
    ]
    for worker in workers:
        worker.start()
    vault = Vault.open(folder, SECRET)
    while any(worker.is_alive() for worker in workers):
        vault.identities()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(vault.identities()) == 33


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "vault.key"
    make_key_file(key)
    assert len(read_secret(key, None)) == 44
    key.chmod(0o640)
    with pytest.raises(VaultError, match="chmod 600"):
        read_secret(key, None)


def test_key_file_is_never_overwritten(tmp_path: Path) -> None:
    key = tmp_path / "vault.key"
    make_key_file(key)
    before = key.read_bytes()
    with pytest.raises(VaultError, match="it is kept"):
        make_key_file(key)
    assert key.read_bytes() == before


def test_secret_must_be_given_and_long(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="--vault-key-file"):
        read_secret(None, "")
    with pytest.raises(VaultError, match="12 characters"):
        read_secret(None, "short")
    with pytest.raises(VaultError, match="cannot be read"):
        read_secret(tmp_path / "absent", None)


def test_passphrase_does_not_depend_on_the_keyboard() -> None:
    composed, decomposed = "Schl\u00fcssel im Turm", "Schlu\u0308ssel im Turm"
    assert read_secret(None, composed) == read_secret(None, decomposed)
