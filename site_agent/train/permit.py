"""Whether this site takes part in a run: the verdict on a permit.

A permit is the exact bytes of its terms with signatures over them. The coordinator
collects the signatures and has no part in the verdict: the keys are those that this
site has pinned, and the terms must name this site's own frozen manifest and the bundle
that this site's own package builds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from protos import codec, envelope
from protos.envelope_pb2 import Envelope
from protos.training_pb2 import PermitTerms
from site_agent.errors import TrainingRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What this site relies on when it judges a permit.

    `members` are the raw Ed25519 signing keys by site, as pinned here, this site's
    among them; `dpo_key` is that of this site's own data protection officer.
    `manifests` are the Merkle roots that this site has frozen; `bundle` is the digest
    of the Flower bundle that this site's package builds.
    """

    site: str
    members: Mapping[str, bytes]
    dpo_key: bytes
    manifests: Collection[bytes]
    bundle: bytes


def verdict(permit: Envelope, trust: Trust, *, now: int) -> tuple[str, ...]:
    """Give every reason against taking part; empty when the run is permitted.

    Parameters
    ----------
    now : int
        Unix seconds.
    """
    try:
        terms = codec.decode(PermitTerms, permit.payload)
    except codec.Refused as error:
        return tuple(
            f"the permit's terms cannot be read: {why}" for why in error.reasons
        )
    return (*_terms_faults(terms, trust, now), *_signature_faults(permit, terms, trust))


def _terms_faults(terms: PermitTerms, trust: Trust, now: int) -> Iterable[str]:
    roots = {each.site: each.manifest_root for each in terms.sites}
    if len(roots) != len(terms.sites):
        yield "the permit names a site twice"
    if trust.site not in roots:
        yield "the permit does not name this site"
    elif roots[trust.site] not in trust.manifests:
        yield "the permit names a manifest that this site has not frozen"
    if terms.bundle != trust.bundle:
        yield (
            "the permit is for another version of the training code than the one "
            "installed here"
        )
    if now < terms.valid_from:
        yield "the permit is not in force yet"
    if now >= terms.valid_until:
        yield "the permit has expired"
    if 2 * terms.quorum <= len(roots):
        yield "the permit asks for less than a majority of its sites"


def _signature_faults(
    permit: Envelope, terms: PermitTerms, trust: Trust
) -> Iterable[str]:
    known = [*trust.members.values(), trust.dpo_key]
    try:
        signed = envelope.verify(permit, envelope.PERMIT, known)
    except envelope.BadSignature:
        signed = set()
    if envelope.keyid(trust.dpo_key) not in signed:
        yield "this site's data protection officer has not consented"
    approved = {
        each.site
        for each in terms.sites
        if envelope.keyid(trust.members.get(each.site, b"")) in signed
    }
    if len(approved) < terms.quorum:
        yield (
            f"{len(approved)} of the permit's sites have approved it with keys that "
            f"this site knows, and {terms.quorum} are needed"
        )


def permitted(
    permits: Iterable[Envelope], digest: bytes, trust: Trust, *, now: int
) -> PermitTerms:
    """Return the terms with this SHA-256 if this site takes part on them.

    Raises
    ------
    TrainingRefused
        With every reason against it.
    """
    for permit in permits:
        if envelope.digest(permit.payload) == digest:
            reasons = verdict(permit, trust, now=now)
            if not reasons:
                return codec.decode(PermitTerms, permit.payload)
            break
    else:
        reasons = ("no permit in force has these terms",)
    raise TrainingRefused(f"This site does not take part: {'; '.join(reasons)}.")
