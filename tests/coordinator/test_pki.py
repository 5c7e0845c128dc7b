"""The coordinator's keys and certificates."""

from __future__ import annotations

import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store

from coordinator import durable, pki
from coordinator.certificates import SERVER_DAYS
from coordinator.errors import PkiError

NOW = 1_795_000_000
DAY = 86_400


@pytest.fixture
def folder(tmp_path):
    pki.create(
        tmp_path / "root", tmp_path / "pki", "north", passphrase=b"pass", now=NOW
    )
    return tmp_path / "pki"


@pytest.fixture
def authority(folder):
    return pki.load(folder, "north")


def basic(certificate):
    return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value


def test_root_is_p384_and_intermediate_p256_below_which_nothing_signs(authority):
    assert isinstance(authority.root.public_key().curve, ec.SECP384R1)
    assert isinstance(authority.certificate.public_key().curve, ec.SECP256R1)
    assert basic(authority.certificate).path_length == 0
    authority.certificate.verify_directly_issued_by(authority.root)


def test_chain_of_the_server_satisfies_an_independent_verifier(authority):
    key = ec.generate_private_key(ec.SECP256R1())
    issued = authority.issue_server(["localhost"], key.public_key(), now=NOW)
    leaf, intermediate = x509.load_pem_x509_certificates(issued.chain)
    verifier = (
        PolicyBuilder()
        .store(Store([authority.root]))
        .time(leaf.not_valid_before_utc)
        .build_server_verifier(x509.DNSName("localhost"))
    )
    assert len(verifier.verify(leaf, [intermediate])) == 3
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_root_key_is_encrypted_and_its_folder_can_be_taken_away(folder, tmp_path):
    path = tmp_path / "root" / "root.key"
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert serialization.load_pem_private_key(path.read_bytes(), password=b"pass")
    (tmp_path / "root").rename(tmp_path / "in-the-safe")
    assert pki.load(folder, "north")


def test_nobody_else_can_read_a_key(folder, tmp_path):
    for place in (folder, tmp_path / "root"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {
            0o600
        }
    (folder / "log.key").chmod(0o644)
    with pytest.raises(PkiError, match="others can read"):
        pki.load_log_key(folder)


@pytest.mark.parametrize("name", ["root.crt", "intermediate.crt", "intermediate.key"])
def test_missing_or_damaged_file_is_named(folder, name):
    (folder / name).write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(PkiError, match=name):
        pki.load(folder, "north")
    (folder / name).unlink()
    with pytest.raises(PkiError, match=name):
        pki.load(folder, "north")


def test_parts_of_two_consortia_do_not_go_together(folder, tmp_path):
    other = tmp_path / "other"
    pki.create(tmp_path / "root-2", other, "north", passphrase=None, now=NOW)
    durable.write(
        folder / "intermediate.key", (other / "intermediate.key").read_bytes()
    )
    with pytest.raises(PkiError, match="do not belong together"):
        pki.load(folder, "north")
    durable.write(folder / "root.crt", (other / "root.crt").read_bytes())
    with pytest.raises(PkiError, match="was not issued by"):
        pki.load(folder, "north")


def test_log_key_must_be_ed25519(folder):
    durable.write(folder / "log.key", (folder / "intermediate.key").read_bytes())
    with pytest.raises(PkiError, match="Ed25519"):
        pki.load_log_key(folder)


def test_server_certificate_is_kept_until_it_is_due(folder, authority):
    def server(now, hosts=("localhost", "127.0.0.1")):
        return pki.server_certificate(folder, authority, hosts, now=now)

    first = server(NOW)
    assert server(NOW + 200 * DAY) == first
    renewed = server(NOW + SERVER_DAYS * DAY * 2 // 3)
    assert renewed != first
    assert server(NOW + 250 * DAY) == renewed
    assert server(NOW + 250 * DAY, ["coordinator.example"]) != renewed


def test_half_written_pair_is_made_anew(folder, authority):
    first = pki.server_certificate(folder, authority, ["localhost"], now=NOW)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    durable.write(folder / "server.key", pem)  # as after a crash between the two
    assert pki.server_certificate(folder, authority, ["localhost"], now=NOW) != first


def test_long_running_server_looks_once_an_hour(folder, authority):
    now = [float(NOW)]
    tls = pki.ServerCertificate(folder, authority, ["localhost"], lambda: now[0])
    first = tls.current()
    (folder / "server.crt").unlink()
    assert tls.current() == first
    now[0] += 3600
    assert tls.current() != first


def test_durable_write_leaves_no_trace_beside(tmp_path):
    path = tmp_path / "secret"
    durable.write(path, b"one")
    durable.write(path, b"two")
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
    assert path.read_bytes() == b"two"
