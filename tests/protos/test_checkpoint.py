import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from protos import checkpoint as notes
from protos import merkle
from protos.checkpoint import BadNote, Checkpoint, SignatureType, VerifierKey
from tests.shared_folder import SHARED

VECTORS = SHARED / "judge" / "checkpoint_vectors" / "checkpoint_vectors.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="the vectors of ../shared/judge are not here"
)

LOG = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
ORIGIN, NAME = "lung.example/log", "lung.example/site/north"


def key(name: str, kind: SignatureType, private: Ed25519PrivateKey) -> VerifierKey:
    return VerifierKey(name, kind, private.public_key().public_bytes_raw())


LOG_KEY = key(ORIGIN, SignatureType.LOG, LOG)
WITNESS_KEY = key(NAME, SignatureType.WITNESS, WITNESS)
HEAD = Checkpoint(ORIGIN, 3, merkle.leaf_hash(b"root"))
NOTE = notes.sign(HEAD, LOG)
LINE = notes.cosign(HEAD, NAME, WITNESS, now=1_790_000_000)


def signed(text: str) -> str:
    """Sign any text with the log's key, as a careless log would."""
    line = notes._line(LOG_KEY, LOG.sign(text.encode()))
    return f"{text}\n{line}"


@needs_vectors
def test_checkpoints_of_the_vectors_are_read() -> None:
    vectors = json.loads(VECTORS.read_text())
    log = VerifierKey.parse(vectors["log_vkey"])
    witness = VerifierKey.parse(vectors["witness_vkey"])
    assert (str(log), str(witness)) == (vectors["log_vkey"], vectors["witness_vkey"])
    head = Checkpoint(
        vectors["origin"], vectors["size"], bytes.fromhex(vectors["root"])
    )
    cosigned = {witness.name: vectors["cosigned_at"]}
    assert notes.read(vectors["checkpoint"], log, [witness]) == (head, {})
    assert notes.read(vectors["cosigned"], log, [witness]) == (head, cosigned)
    unknown = vectors["with_unknown_signature"]
    assert notes.read(unknown, log, [witness]) == (head, cosigned)


@needs_vectors
def test_checkpoints_of_the_vectors_are_written_byte_for_byte() -> None:
    vectors = json.loads(VECTORS.read_text())
    head = Checkpoint(
        vectors["origin"], vectors["size"], bytes.fromhex(vectors["root"])
    )
    log, witness = (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vectors[seed]))
        for seed in ("log_seed", "witness_seed")
    )
    name = VerifierKey.parse(vectors["witness_vkey"]).name
    note = notes.sign(head, log)
    assert note == vectors["checkpoint"]
    line = notes.cosign(head, name, witness, now=vectors["cosigned_at"])
    assert note + line == vectors["cosigned"]


@needs_vectors
def test_every_note_to_refuse_of_the_vectors_is_refused() -> None:
    vectors = json.loads(VECTORS.read_text())
    log = VerifierKey.parse(vectors["log_vkey"])
    witness = VerifierKey.parse(vectors["witness_vkey"])
    for case in vectors["reject"]:
        with pytest.raises(BadNote):
            notes.read(case["note"], log, [witness])


def test_vkey_of_the_specification_is_read() -> None:
    # The key of golang.org/x/mod/sumdb/note's documentation.
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    parsed = VerifierKey.parse(vkey)
    assert parsed.kind is SignatureType.LOG
    assert str(parsed) == vkey


def test_witnessed_checkpoint_is_read_with_the_time_of_each_witness() -> None:
    assert notes.read(NOTE, LOG_KEY) == (HEAD, {})
    assert notes.read(NOTE + LINE, LOG_KEY) == (HEAD, {})
    seen = notes.read(NOTE + LINE, LOG_KEY, [WITNESS_KEY])
    assert seen == (HEAD, {NAME: 1_790_000_000})
    assert notes.verify_cosignature(HEAD, LINE, WITNESS_KEY) == 1_790_000_000


def test_witness_that_cosigned_twice_counts_with_its_later_time() -> None:
    later = notes.cosign(HEAD, NAME, WITNESS, now=1_790_000_900)
    for note in (NOTE + LINE + later, NOTE + later + LINE):
        assert notes.read(note, LOG_KEY, [WITNESS_KEY])[1] == {NAME: 1_790_000_900}


def test_stranger_with_the_name_of_a_witness_is_passed_over() -> None:
    line = notes.cosign(HEAD, NAME, STRANGER, now=1_790_000_000)
    assert notes.read(NOTE + line, LOG_KEY, [WITNESS_KEY]) == (HEAD, {})
    with pytest.raises(BadNote, match="another key"):
        notes.verify_cosignature(HEAD, line, WITNESS_KEY)


def test_stranger_with_name_and_key_id_of_a_witness_spoils_the_note() -> None:
    sig = STRANGER.sign(notes._cosigned(str(HEAD), 5))
    forged = notes._line(WITNESS_KEY, (5).to_bytes(8, "big") + sig)
    with pytest.raises(BadNote, match="wrong"):
        notes.read(NOTE + forged, LOG_KEY, [WITNESS_KEY])


def test_log_signature_does_not_pass_for_a_cosignature_with_the_same_key() -> None:
    both = key(ORIGIN, SignatureType.WITNESS, LOG)
    assert notes.read(NOTE, LOG_KEY, [both]) == (HEAD, {})
    with pytest.raises(BadNote):
        notes.verify_cosignature(HEAD, NOTE.rpartition("\n\n")[2], both)


def test_cosignature_of_another_checkpoint_is_refused() -> None:
    other = Checkpoint(ORIGIN, 4, HEAD.root)
    with pytest.raises(BadNote, match="wrong"):
        notes.verify_cosignature(other, LINE, WITNESS_KEY)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n03\n{'A' * 43}=\n",
        f"{ORIGIN}\n-3\n{'A' * 43}=\n",
        f"{ORIGIN}\n٣\n{'A' * 43}=\n",
        f"{ORIGIN}\n3\n{'A' * 42}B=\n",
        f"{ORIGIN}\n3\n{'A' * 43}\n",
        f"{ORIGIN}\n3\nAAAA\n",
        f"{ORIGIN}\n3\n\n",
        f"{ORIGIN}\n3\n",
        f"{ORIGIN}\n3\n{'A' * 43}=\nextension\n",
        f"{ORIGIN}\n3\n{'A' * 43}=\n\n",
        f"{ORIGIN}/other\n3\n{'A' * 43}=\n",
        f"{ORIGIN}\n3\n{'A' * 43}=\x00\n",
        f"{ORIGIN}\r\n3\r\n{'A' * 43}=\r\n",
        f"{ORIGIN}\n{'9' * 5000}\n{'A' * 43}=\n",
        "",
        "\n",
    ],
)
def test_signed_text_that_is_not_a_checkpoint_of_this_log_is_refused(text: str) -> None:
    assert notes.read(signed(str(HEAD)), LOG_KEY)
    with pytest.raises(BadNote):
        notes.read(signed(text), LOG_KEY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: "",
        lambda note: "\n\n",
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: " " + note,
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("\N{EM DASH}", "-"),
        lambda note: note.replace("\N{EM DASH} ", "\N{EM DASH}"),
        lambda note: note.replace("\N{EM DASH} ", "\N{EM DASH}\N{NO-BREAK SPACE}"),
        lambda note: note[:-1] + " \n",
        lambda note: note + "\N{EM DASH} someone AAA=\n",
        lambda note: note + "\N{EM DASH} someone AAAAAAB=\n",
        lambda note: note + "\N{EM DASH} some+one AAAAAAA=\n",
        lambda note: note + "\N{EM DASH} some\x1bone AAAAAAA=\n",
        lambda note: note + "\N{EM DASH} someone AAAAAAA=\N{LINE SEPARATOR}",
        lambda note: note + "no signature\n",
        lambda note: note.replace(ORIGIN, ORIGIN.upper()),
        lambda note: NOTE.rpartition("\n\n")[0] + "\n\n" + LINE,
    ],
)
def test_malformed_note_is_refused(spoil) -> None:
    with pytest.raises(BadNote):
        notes.read(spoil(NOTE), LOG_KEY, [WITNESS_KEY])


def test_time_that_does_not_fit_the_format_is_refused() -> None:
    time = 1 << 63
    sig = time.to_bytes(8, "big") + WITNESS.sign(notes._cosigned(str(HEAD), time))
    with pytest.raises(BadNote):
        notes.verify_cosignature(HEAD, notes._line(WITNESS_KEY, sig), WITNESS_KEY)


@given(st.integers(min_value=0, max_value=len(NOTE + LINE) - 1), st.characters())
def test_note_with_one_character_changed_says_nothing_else(at: int, char: str) -> None:
    note = NOTE + LINE
    spoiled = note[:at] + char + note[at + 1 :]
    try:
        head, cosigned = notes.read(spoiled, LOG_KEY, [WITNESS_KEY])
    except BadNote:
        return
    assert head == HEAD
    assert cosigned in ({}, {NAME: 1_790_000_000})


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        "++",
        str(LOG_KEY).upper(),
        str(LOG_KEY) + "=",
        str(LOG_KEY) + "\n",
        str(LOG_KEY).replace(ORIGIN, "another.example/log"),
        str(LOG_KEY).replace(ORIGIN, ""),
        str(LOG_KEY).replace(ORIGIN, "a b"),
        str(LOG_KEY)[:-4],
        f"name+{'0' * 8}+AgAA",
    ],
)
def test_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadNote):
        VerifierKey.parse(vkey)


@given(
    st.text(st.characters(codec="utf-8"), max_size=20), st.sampled_from(SignatureType)
)
def test_vkey_of_any_admissible_name_is_read_back(
    name: str, kind: SignatureType
) -> None:
    try:
        named = key(name, kind, LOG)
    except BadNote:
        return
    assert VerifierKey.parse(str(named)) == named
