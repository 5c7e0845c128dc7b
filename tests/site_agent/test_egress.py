from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.consortium_pb2 import Receipt
from site_agent.egress import Ledger
from site_agent.egress_chain import START, Entry, Head, State, entry_hash, faults
from site_agent.errors import EgressError

FREE = "DROP TRIGGER entries_stay; DROP TRIGGER entries_do_not_change;"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "egress.db", clock=lambda: 1_795_000_000)


def fill(ledger: Ledger, count: int = 3) -> None:
    for number in range(count):
        ledger.append_envelope("vote", lambda sequence: b"envelope %d" % sequence)
        ledger.append_chunk("weights", bytes([number]) * 32, 5, "plan-1")


def tamper(ledger: Ledger, *statements: str) -> None:
    """Do what somebody with an SQL prompt can do."""
    database = sqlite3.connect(ledger.path)
    database.executescript(FREE + ";".join(statements))
    database.close()


def test_envelope_is_kept_with_its_exact_bytes_and_queued(ledger: Ledger) -> None:
    entry = ledger.append_envelope("vote", lambda sequence: b"said %d" % sequence)
    assert entry.content == b"said 1"
    assert entry.state is State.QUEUED
    assert ledger.pending() == (entry,)
    assert ledger.entries() == (entry,)


def test_chunk_is_kept_by_digest_and_size_only(ledger: Ledger) -> None:
    digest = hashlib.sha256(b"weights").digest()
    entry = ledger.append_chunk("weights", digest, 7, "plan-1")
    assert (entry.content, entry.size, entry.run) == (None, 7, "plan-1")
    assert ledger.pending() == ()
    assert ledger.holds(digest)
    assert not ledger.holds(bytes(32))


def test_sequence_rises_with_each_envelope_and_not_with_chunks(ledger: Ledger) -> None:
    fill(ledger)
    sent = [entry.sequence for entry in ledger.entries("vote")]
    assert sent == [1, 2, 3]
    assert {entry.sequence for entry in ledger.entries("weights")} == {0}


def test_sequence_of_an_envelope_that_could_not_be_signed_is_not_lost(
    ledger: Ledger,
) -> None:
    def fails(sequence: int) -> bytes:
        raise ValueError("no key")

    with pytest.raises(ValueError, match="no key"):
        ledger.append_envelope("vote", fails)
    assert ledger.entries() == ()
    assert ledger.append_envelope("vote", lambda sequence: b"x").sequence == 1


def test_sent_and_refused_leave_the_outbox_and_stay_in_the_ledger(
    ledger: Ledger,
) -> None:
    fill(ledger)
    first, second, third = ledger.pending()
    ledger.mark_sent(first, Receipt(leaf_index=17))
    ledger.mark_refused(second, "sequence: too low")
    assert ledger.pending() == (third,)
    assert ledger.entry(first.number).state is State.SENT
    assert ledger.entry(first.number).leaf_index == 17
    assert ledger.entry(second.number).detail == "sequence: too low"
    assert ledger.verify() == 6


def test_ledger_is_readable_by_its_owner_only(ledger: Ledger) -> None:
    fill(ledger)
    for suffix in (".db", ".head", ".lock"):
        path = ledger.path.with_suffix(suffix)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_totals_by_kind(ledger: Ledger) -> None:
    fill(ledger)
    assert ledger.totals() == {"vote": (3, 30), "weights": (3, 15)}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE entries SET size = 99 WHERE number = 2", "entry 2 was changed"),
        ("UPDATE entries SET kind = 'other' WHERE number = 1", "entry 1 was changed"),
        ("UPDATE entries SET at = 0 WHERE number = 5", "entry 5 was changed"),
        ("UPDATE entries SET content = x'00' WHERE number = 1", "other bytes"),
        ("DELETE FROM entries WHERE number = 3", "between entries 2 and 4"),
        ("DELETE FROM entries WHERE number = 1", "between entries 0 and 2"),
        ("DELETE FROM entries WHERE number > 4", "ends at 4"),
        ("DELETE FROM entries", "ends at 0"),
        (
            "UPDATE entries SET number = -1 WHERE number = 2;"
            "UPDATE entries SET number = 2 WHERE number = 4;"
            "UPDATE entries SET number = 4 WHERE number = -1",
            "does not follow",
        ),
    ],
)
def test_tampering_is_found(ledger: Ledger, statement: str, fault: str) -> None:
    fill(ledger)
    tamper(ledger, "PRAGMA ignore_check_constraints = 1", statement)
    with pytest.raises(EgressError, match=fault):
        ledger.verify()


def test_changed_or_removed_entries_are_refused_by_the_database_itself(
    ledger: Ledger,
) -> None:
    fill(ledger)
    database = sqlite3.connect(ledger.path)
    for statement in ("DELETE FROM entries", "UPDATE entries SET size = 0"):
        with pytest.raises(sqlite3.IntegrityError, match="entry of the ledger"):
            database.execute(statement)
    database.close()


def test_nothing_leaves_from_a_ledger_that_was_cut_short(ledger: Ledger) -> None:
    fill(ledger)
    tamper(ledger, "DELETE FROM entries WHERE number > 4")
    with pytest.raises(EgressError, match="cut short"):
        ledger.append_envelope("vote", lambda sequence: b"again")
    with pytest.raises(EgressError, match="cut short"):
        ledger.append_chunk("weights", bytes(32), 1, "plan-1")


def test_nothing_leaves_when_the_ledger_was_put_aside_for_a_new_one(
    tmp_path: Path, ledger: Ledger
) -> None:
    fill(ledger)
    ledger.path.unlink()
    fresh = Ledger(ledger.path)
    with pytest.raises(EgressError, match="cut short"):
        fresh.append_envelope("vote", lambda sequence: b"first")


def test_lost_head_is_a_fault_and_not_quietly_made_anew(ledger: Ledger) -> None:
    fill(ledger)
    ledger.path.with_suffix(".head").unlink()
    again = Ledger(ledger.path)
    with pytest.raises(EgressError, match=r"egress\.head is missing"):
        again.verify()
    with pytest.raises(EgressError, match="does not fit"):
        again.append_chunk("weights", bytes(32), 1, "plan-1")


def test_head_may_lag_behind_after_a_crash_and_catches_up(ledger: Ledger) -> None:
    fill(ledger)
    early = ledger.entry(2)
    head = {"entries": 2, "hash": early.hash.hex()}
    ledger.path.with_suffix(".head").write_text(json.dumps(head))
    assert ledger.verify() == 6
    ledger.append_chunk("weights", bytes(32), 1, "plan-1")
    assert json.loads(ledger.path.with_suffix(".head").read_text())["entries"] == 7


def test_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "egress.db").write_bytes(b"not a database, but long enough " * 40)
    with pytest.raises(EgressError, match="backup"):
        Ledger(tmp_path / "egress.db")


def test_threads_and_their_entries_keep_one_chain(ledger: Ledger) -> None:
    def append(number: int) -> None:
        if number % 2:
            ledger.append_chunk("weights", bytes([number]) * 32, number, "plan-1")
        else:
            ledger.append_envelope("vote", lambda sequence: b"%d" % sequence)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(24)))
    assert ledger.verify() == 24
    assert [entry.sequence for entry in ledger.entries("vote")] == list(range(1, 13))


WRITER = """
import sys
from pathlib import Path
from site_agent.egress import Ledger
ledger = Ledger(Path(sys.argv[1]))
while True:
    entry = ledger.append_envelope("vote", lambda sequence: b"%d" % sequence)
    print(entry.number, flush=True)
"""


def test_kill_9_leaves_a_whole_ledger_with_everything_that_was_promised(
    tmp_path: Path,
) -> None:
    path = tmp_path / "egress.db"
    promised = 0
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(5):
                promised = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
        held = Ledger(path)
        assert held.verify() >= promised
        assert len(held.pending()) == len(held.entries())
        promised = len(held.entries())


# ------------------------------------------------------------------------- pure chain


def chain(contents: list[bytes]) -> list[Entry]:
    entries: list[Entry] = []
    for number, content in enumerate(contents, 1):
        entry = Entry(
            number=number,
            at=number,
            kind="vote",
            sequence=number,
            run="",
            size=len(content),
            digest=hashlib.sha256(content).digest(),
            content=content,
            previous=entries[-1].hash if entries else START,
            hash=b"",
            state=State.QUEUED,
            leaf_index=None,
            detail="",
        )
        entries.append(_with(entry, hash=entry_hash(entry)))
    return entries


def _with(entry: Entry, **changed: object) -> Entry:
    fields = {name: getattr(entry, name) for name in entry.__slots__}
    return Entry(**{**fields, **changed})


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=8))
def test_whole_chain_has_no_faults(contents: list[bytes]) -> None:
    entries = chain(contents)
    assert faults(entries, Head(len(entries), entries[-1].hash)) == ()


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=8), st.data())
def test_every_removal_and_every_swap_has_a_fault(
    contents: list[bytes], data: st.DataObject
) -> None:
    entries = chain(contents)
    head = Head(len(entries), entries[-1].hash)
    index = data.draw(st.integers(0, len(entries) - 1))
    assert faults(entries[:index] + entries[index + 1 :], head)
    other = data.draw(st.integers(0, len(entries) - 1).filter(lambda i: i != index))
    swapped = list(entries)
    swapped[index], swapped[other] = swapped[other], swapped[index]
    assert faults(swapped, head)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=6), st.data())
def test_every_change_of_a_field_has_a_fault(
    contents: list[bytes], data: st.DataObject
) -> None:
    entries = chain(contents)
    head = Head(len(entries), entries[-1].hash)
    index = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[index]
    changed = data.draw(
        st.sampled_from(
            [
                _with(entry, at=entry.at + 1),
                _with(entry, kind="other"),
                _with(entry, run="plan-1"),
                _with(entry, size=entry.size + 1),
                _with(entry, sequence=entry.sequence + 100),
                _with(entry, digest=bytes(32)),
                _with(entry, content=(entry.content or b"") + b"!"),
                _with(entry, previous=b"\x01" * 32),
            ]
        )
    )
    assert faults([*entries[:index], changed, *entries[index + 1 :]], head)
