"""What must hold before this site says yes: to a dataset version, to a permit.

Pure. Each function gives every reason against it at once; none means that a person may
sign. A site can always say no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from protos import codec, envelope
from protos.dataset_pb2 import DatasetVersion, SiteRoot
from protos.training_pb2 import PermitTerms


def against_version(
    proposal: DatasetVersion,
    *,
    site: str,
    published: bytes | None,
    roots: Collection[bytes],
    specification: bytes,
) -> tuple[str, ...]:
    """Give the reasons against approving a version.

    Parameters
    ----------
    published
        Root of the manifest that this site published last, None when it never did.
    roots
        Roots of the manifests that this site has frozen.
    specification
        SHA-256 of the specification in force here.
    """
    return tuple(_against_version(proposal, site, published, roots, specification))


def _against_version(
    proposal: DatasetVersion,
    site: str,
    published: bytes | None,
    roots: Collection[bytes],
    specification: bytes,
) -> Iterable[str]:
    own = [each.manifest_root for each in proposal.sites if each.site == site]
    if len(own) > 1:
        yield "it names this site twice"
    elif own and own[0] not in roots:
        yield "it names a manifest that this site has not frozen"
    elif own and own[0] != published:
        yield "it names another manifest of this site than the one published last"
    if proposal.specification != specification:
        yield "it is under another specification than the one in force here"


def against_permit(
    terms: PermitTerms,
    *,
    site: str,
    roots: Collection[bytes],
    released: Iterable[DatasetVersion],
    bundle: bytes,
    now: int,
) -> tuple[str, ...]:
    """Give the reasons against signing a permit's terms.

    Parameters
    ----------
    roots
        Roots of the manifests that this site has frozen.
    released
        The versions that the consortium has released.
    bundle
        SHA-256 of the Flower bundle that this site's package builds.
    now
        Unix seconds.
    """
    return tuple(_against_permit(terms, site, roots, released, bundle, now))


def _against_permit(
    terms: PermitTerms,
    site: str,
    roots: Collection[bytes],
    released: Iterable[DatasetVersion],
    bundle: bytes,
    now: int,
) -> Iterable[str]:
    versions = {envelope.digest(codec.encode(each)): each for each in released}
    version = versions.get(terms.version_digest)
    if version is None:
        yield "its dataset version is not released"
    else:
        plan = terms.training
        if (plan.dataset, plan.version) != (version.dataset, version.version):
            yield "it calls the dataset version by another name than the vote did"
        if not _pairs(terms.sites) <= _pairs(version.sites):
            yield "it names manifests that are not in the released version"
    own = [each.manifest_root for each in terms.sites if each.site == site]
    if not own:
        yield "it does not name this site"
    elif len(own) > 1 or own[0] not in roots:
        yield "it names a manifest that this site has not frozen"
    if terms.bundle != bundle:
        yield "it is for other training code than the one installed here"
    if 2 * terms.quorum <= len(terms.sites):
        yield "it asks for less than a majority of its sites"
    if now >= terms.valid_until:
        yield "it has expired"


def _pairs(sites: Iterable[SiteRoot]) -> set[tuple[str, bytes]]:
    return {(each.site, each.manifest_root) for each in sites}
