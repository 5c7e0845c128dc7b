"""What the coordinator last told this site, and whose keys the site relies on.

The agenda is kept as it came, so that votes and permits can be read without a line. The
other members' keys are pinned when they are first seen (``keys/members.json``): from
then on the coordinator cannot exchange one unnoticed, since a change is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from protos import codec, envelope
from protos.consortium_pb2 import Agenda
from protos.dataset_pb2 import DatasetVersion
from protos.envelope_pb2 import Envelope
from protos.specification import Specification, SpecificationError
from protos.training_pb2 import PermitTerms
from site_agent import durable, identity
from site_agent.config import SitePaths
from site_agent.errors import AgendaError, IdentityError
from site_agent.identity import Identity
from site_agent.uplink import Uplink


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """Raw Ed25519 public keys of a member."""

    signing: bytes
    dpo: bytes


def refresh(paths: SitePaths, own: Identity, uplink: Uplink) -> Agenda:
    """Ask for the agenda, check it, and keep it with the specification in force.

    Raises
    ------
    IdentityError
        A member's keys are not those that were pinned, or this site's own are wrong.
        The agenda is not kept.
    AgendaError
        Something on the agenda cannot be read.
    CoordinatorUnavailable
    """
    agenda = uplink.agenda()
    specification = _read_all(agenda)
    pinned = _pinned(paths)
    faults = (*changed(pinned, _keys(agenda)), *_not_mine(paths, own, agenda))
    if faults:
        raise IdentityError(
            f"The coordinator names other keys than before: {'; '.join(faults)}. Call "
            "the site by telephone. If it has new keys indeed, take its entry out of "
            "keys/members.json; if not, the coordinator is not to be trusted: tell the "
            "other members. Until then votes and permits stay as they were."
        )
    seen = {**pinned, **_keys(agenda)}
    if seen != pinned:
        listed = {
            site: {"signing": keys.signing.hex(), "dpo": keys.dpo.hex()}
            for site, keys in sorted(seen.items())
        }
        durable.write(
            paths.keys / "members.json", json.dumps(listed, indent=1).encode()
        )
    _keep(paths.specification, specification)
    _keep(paths.home / "agenda.bin", codec.encode(agenda))
    return agenda


def last_heard(paths: SitePaths) -> Agenda:
    """Read the agenda that was kept; an empty one when none can be read."""
    try:
        agenda = codec.decode(Agenda, (paths.home / "agenda.bin").read_bytes())
        _read_all(agenda)
    except (OSError, codec.Refused, AgendaError):  # kept by another version perhaps
        return Agenda()
    return agenda


def members(paths: SitePaths) -> Mapping[str, MemberKeys]:
    """Read the pinned keys of those who were members when the agenda was heard."""
    heard, pinned = _keys(last_heard(paths)), _pinned(paths)
    return {site: keys for site, keys in pinned.items() if heard.get(site) == keys}


def proposed(agenda: Agenda) -> tuple[DatasetVersion, ...]:
    """Read the versions that wait for votes."""
    return _versions(agenda.proposed_versions)


def released(agenda: Agenda) -> tuple[DatasetVersion, ...]:
    """Read the versions that are released."""
    return _versions(agenda.released_versions)


def terms(agenda: Agenda) -> Mapping[bytes, PermitTerms]:
    """Read all terms on the agenda, in force or not, by the SHA-256 of their bytes."""
    found = [*agenda.proposed_permits, *(each.payload for each in agenda.permits)]
    return {envelope.digest(each): codec.decode(PermitTerms, each) for each in found}


def permits(paths: SitePaths) -> tuple[Envelope, ...]:
    """Read the permits in force, without those that were refused at this site."""
    return tuple(
        each
        for each in last_heard(paths).permits
        if not refusal(paths, envelope.digest(each.payload)).exists()
    )


def refusal(paths: SitePaths, terms_digest: bytes) -> Path:
    """Name the file whose presence says that this site takes no part on these terms."""
    return paths.train / "permits" / f"{terms_digest.hex()}.refused"


def changed(
    pinned: Mapping[str, MemberKeys], named: Mapping[str, MemberKeys]
) -> tuple[str, ...]:
    """Say which members now have other keys than those that were pinned."""
    return tuple(
        f"{site} has {what}"
        for site, keys in named.items()
        if site in pinned
        for what, differs in (
            ("another signing key", keys.signing != pinned[site].signing),
            (
                "another key of the data protection officer",
                keys.dpo != pinned[site].dpo,
            ),
        )
        if differs
    )


def _not_mine(paths: SitePaths, own: Identity, agenda: Agenda) -> tuple[str, ...]:
    mine = MemberKeys(
        signing=own.signing_key.public_key().public_bytes_raw(),
        dpo=identity.dpo_key(paths.keys).public_key().public_bytes_raw(),
    )
    named = {site: keys for site, keys in _keys(agenda).items() if site == own.site}
    return changed({own.site: mine}, named)


def _keys(agenda: Agenda) -> dict[str, MemberKeys]:
    return {
        member.site: MemberKeys(member.signing_key, member.dpo_key)
        for member in agenda.members
    }


def _pinned(paths: SitePaths) -> dict[str, MemberKeys]:
    try:
        listed = json.loads((paths.keys / "members.json").read_bytes())
        return {
            site: MemberKeys(bytes.fromhex(keys["signing"]), bytes.fromhex(keys["dpo"]))
            for site, keys in listed.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IdentityError(
            "keys/members.json is damaged. Restore it from the backup: it says which "
            "keys of the other members this site relies on."
        ) from error


def _versions(serialized: Iterable[bytes]) -> tuple[DatasetVersion, ...]:
    return tuple(codec.decode(DatasetVersion, each) for each in serialized)


def _read_all(agenda: Agenda) -> bytes:
    """Read everything once, so that what is kept can be read; the specification."""
    try:
        proposed(agenda), released(agenda), terms(agenda)
        return Specification.parse(agenda.specification).canonical
    except (codec.Refused, SpecificationError) as error:
        raise AgendaError(
            f"The coordinator's agenda cannot be read: {error} It may run another "
            "version: update this program, or tell the consortium's admin."
        ) from error


def _keep(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        durable.write(path, content)
