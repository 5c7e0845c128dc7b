"""Merkle trees and their proofs: RFC 9162, section 2.1, with SHA-256.

The transparency log is such a tree, and so is the manifest of a dataset. Proofs work on
leaf hashes, never on leaves. A check that fails raises; nothing here answers with a
truth value that a caller could overlook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


class BadProof(ValueError):
    """A Merkle proof that does not prove what it should."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf; the prefix keeps it apart from a node's (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Largest power of two smaller than `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over leaf hashes, in their order (RFC 9162, 2.1.1)."""
    if len(leaf_hashes) < 2:
        return leaf_hashes[0] if leaf_hashes else EMPTY_ROOT
    k = _split(len(leaf_hashes))
    return _node_hash(root(leaf_hashes[:k]), root(leaf_hashes[k:]))


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Path that proves leaf `index`, from its sibling upwards (RFC 9162, 2.1.3.1).

    Raises
    ------
    IndexError
        When the tree has no such leaf.
    """
    if not 0 <= index < len(leaf_hashes):
        raise IndexError("the tree has no such leaf")
    if len(leaf_hashes) == 1:
        return []
    k = _split(len(leaf_hashes))
    left, right = leaf_hashes[:k], leaf_hashes[k:]
    if index < k:
        return [*inclusion_proof(left, index), root(right)]
    return [*inclusion_proof(right, index - k), root(left)]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes
) -> None:
    """Check that the leaf with hash `leaf` is number `index` of `size` (2.1.3.2).

    Raises
    ------
    BadProof
        When the proof does not lead to `tree_root`.
    """
    if not 0 <= index < size or not _are_hashes((leaf, *proof)):
        raise BadProof("the inclusion proof is malformed")
    fn, sn, found = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            raise BadProof("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            found = _node_hash(sibling, found)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = _node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or found != tree_root:
        raise BadProof("the inclusion proof leads to another root")


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Prove that the tree of the first `old_size` leaves grew into this (2.1.4.1).

    Empty when nothing was added, and for the empty tree, which needs no proof.

    Raises
    ------
    IndexError
        When the old tree would be larger than this one.
    """
    if not 0 <= old_size <= len(leaf_hashes):
        raise IndexError("the tree has never had that size")
    return _subproof(leaf_hashes, old_size, known=True) if old_size else []


def _subproof(hashes: Sequence[bytes], old_size: int, *, known: bool) -> list[bytes]:
    """`known`: the old root is the root of all of `hashes`, and need not be sent."""
    if old_size == len(hashes):
        return [] if known else [root(hashes)]
    k = _split(len(hashes))
    left, right = hashes[:k], hashes[k:]
    if old_size <= k:
        return [*_subproof(left, old_size, known=known), root(right)]
    return [*_subproof(right, old_size - k, known=False), root(left)]


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, tree_root: bytes
) -> None:
    """Check that a tree only grew (RFC 9162, 2.1.4.2).

    Raises
    ------
    BadProof
        When the proof does not lead from `old_root` to `tree_root`.
    """
    if not 0 <= old_size <= size or not _are_hashes((old_root, tree_root, *proof)):
        raise BadProof("the consistency proof is malformed")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise BadProof("the old root is not that of an empty tree")
    if old_size == size and (proof or old_root != tree_root):
        raise BadProof("two trees of the same size differ")
    if old_size in (0, size):
        if proof:
            raise BadProof("the consistency proof is too long")
        return
    # A complete subtree's root is not in the proof: it is the old root itself.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise BadProof("the consistency proof is too short")
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if sn == 0:
            raise BadProof("the consistency proof is too long")
        if fn & 1 or fn == sn:
            before, after = _node_hash(sibling, before), _node_hash(sibling, after)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            after = _node_hash(after, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or before != old_root or after != tree_root:
        raise BadProof("the consistency proof leads to another root")


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
