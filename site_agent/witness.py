"""The site as a witness of the consortium's log.

The coordinator keeps governance acts and publications as leaves of an RFC 9162 tree.
At each look the site checks that the new checkpoint is signed by the log, that the tree
has only grown since the last look, and that everything it sent is in it, at the place
that the receipt named. Then it cosigns (C2SP cosignature/v1). If the coordinator cannot
show that, an alarm stops everything that leaves.

What the site has verified is kept in ``witness.json``. Without that file the site
starts anew from what it is shown, as at the first look.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from protos import checkpoint, merkle
from protos.checkpoint import Checkpoint, VerifierKey
from protos.consortium_pb2 import LogView
from site_agent import alarm, durable
from site_agent.egress import Ledger
from site_agent.egress_chain import Entry, State
from site_agent.errors import CoordinatorRefused, SiteError
from site_agent.identity import Identity
from site_agent.uplink import Uplink

_MOST = 1024  # leaves in one request, the bound of LogRequest


@dataclass(frozen=True, slots=True)
class Known:
    """What this site has verified.

    `root` is hexadecimal. `proven` is the number of the last entry of the ledger that
    the log was shown to hold; `note` the checkpoint with its signatures.
    """

    size: int = 0
    root: str = merkle.EMPTY_ROOT.hex()
    proven: int = 0
    cosigned: bool = False
    note: str = ""


class Unproven(ValueError):
    """A view of the log that does not prove what it should."""


def judge(
    view: LogView, log_key: str, known: Known, sent: Sequence[Entry]
) -> Checkpoint:
    """Check a view of the log against what is known and what was sent. Pure.

    Raises
    ------
    Unproven
        Saying what does not hold.
    """
    try:
        key = VerifierKey.parse(log_key)
        shown, _ = checkpoint.read(view.checkpoint, key)
    except checkpoint.BadNote as error:
        raise Unproven(f"the log's checkpoint is not good: {error}") from error
    try:
        merkle.verify_consistency(
            known.size,
            shown.size,
            view.consistency,
            bytes.fromhex(known.root),
            shown.root,
        )
    except merkle.BadProof as error:
        raise Unproven(
            f"the log of {shown.size} leaves is not a continuation of the one with "
            f"{known.size} that this site verified: {error}"
        ) from error
    if len(view.inclusions) != len(sent):
        raise Unproven("the log does not answer for every entry that was asked for")
    for entry, proof in zip(sent, view.inclusions, strict=True):
        if proof.leaf_index != entry.leaf_index:
            raise Unproven(f"entry {entry.number} is not where its receipt says")
        try:
            merkle.verify_inclusion(
                _leaf(entry), proof.leaf_index, shown.size, proof.path, shown.root
            )
        except merkle.BadProof as error:
            raise Unproven(
                f"the log does not hold entry {entry.number}, for which there is a "
                f"receipt: {error}"
            ) from error
    return shown


def look(
    home: Path, own: Identity, ledger: Ledger, uplink: Uplink, *, now: int
) -> Known:
    """Read the log, check it, and cosign what is new.

    Raises
    ------
    LogAlarm
        The log does not hold up. The alarm stands from now on.
    CoordinatorUnavailable
    """
    known = read(home)
    sent = [
        entry
        for entry in ledger.entries()
        if entry.state is State.SENT and entry.number > known.proven
    ][:_MOST]
    view = LogView()
    try:
        view = uplink.read_log(known.size, [_leaf(entry) for entry in sent])
        shown = judge(view, own.log_key, known, sent)
    except (CoordinatorRefused, Unproven) as error:
        raise alarm.sound(
            home, str(error), now=now, known=known.note, shown=view.checkpoint
        ) from error
    seen = Known(
        size=shown.size,
        root=shown.root.hex(),
        proven=sent[-1].number if sent else known.proven,
        cosigned=known.cosigned and shown.size == known.size,
        note=view.checkpoint,
    )
    if seen != known:
        _write(home, seen)
    if not seen.cosigned:
        line = checkpoint.cosign(shown, name_of(own), own.signing_key, now=now)
        uplink.cosign(str(shown), line)
        seen = replace(seen, cosigned=True)
        _write(home, seen)
    return seen


def name_of(own: Identity) -> str:
    """Name this site as a witness: the SPIFFE id of its certificate without scheme."""
    return f"{own.consortium}/site/{own.site}"


def read(home: Path) -> Known:
    """Read what this site has verified so far."""
    path = home / "witness.json"
    if not path.exists():
        return Known()
    try:
        return Known(**json.loads(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise SiteError(
            "witness.json is damaged. Restore it from the backup; without it this site "
            "cannot tell whether the log was changed."
        ) from error


def _write(home: Path, known: Known) -> None:
    durable.write(home / "witness.json", json.dumps(asdict(known)).encode())


def _leaf(entry: Entry) -> bytes:
    return merkle.leaf_hash(entry.content or b"")
