import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos import merkle
from tests.shared_folder import SHARED

VECTORS = SHARED / "judge" / "checkpoint_vectors" / "merkle_vectors.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="the vectors of ../shared/judge are not here"
)


def hashes(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"leaf %d" % n) for n in range(size)]


def unhex(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def verify(case: dict[str, Any]) -> None:
    size, root = case["size"], bytes.fromhex(case["root"])
    proof = unhex(case["proof"])
    if case["kind"] == "inclusion":
        leaf = bytes.fromhex(case["leaf_hash"])
        merkle.verify_inclusion(leaf, case["index"], size, proof, root)
    else:
        old_root = bytes.fromhex(case["old_root"])
        merkle.verify_consistency(case["old_size"], size, proof, old_root, root)


@needs_vectors
def test_every_tree_and_proof_of_the_vectors() -> None:
    vectors = json.loads(VECTORS.read_text())
    assert bytes.fromhex(vectors["empty_root"]) == merkle.EMPTY_ROOT
    for tree in vectors["trees"]:
        common = {"size": tree["size"], "root": tree["root"]}
        leaves = [merkle.leaf_hash(leaf) for leaf in unhex(tree["leaves"])]
        assert leaves == unhex(tree["leaf_hashes"])
        assert merkle.root(leaves).hex() == tree["root"]
        for item in tree["inclusion"]:
            proof = merkle.inclusion_proof(leaves, item["index"])
            assert proof == unhex(item["proof"])
            leaf_hash = tree["leaf_hashes"][item["index"]]
            verify({"kind": "inclusion", "leaf_hash": leaf_hash, **common, **item})
        for item in tree["consistency"]:
            proof = merkle.consistency_proof(leaves, item["old_size"])
            assert proof == unhex(item["proof"])
            verify({"kind": "consistency", **common, **item})


@needs_vectors
def test_every_spoiled_proof_of_the_vectors_is_refused() -> None:
    spoiled = json.loads(VECTORS.read_text())["reject"]
    assert spoiled
    for case in spoiled:
        with pytest.raises(merkle.BadProof):
            verify(case)


sizes = st.integers(min_value=1, max_value=70)


@given(sizes, st.data())
def test_every_leaf_is_proved_and_no_other_stands_in_for_it(
    size: int, data: st.DataObject
) -> None:
    leaves = hashes(size)
    root = merkle.root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(leaves, index)
    merkle.verify_inclusion(leaves[index], index, size, proof, root)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda n: n != index or size == 1)
    )
    if other != index:
        with pytest.raises(merkle.BadProof):
            merkle.verify_inclusion(leaves[other], index, size, proof, root)
        with pytest.raises(merkle.BadProof):
            merkle.verify_inclusion(leaves[index], other, size, proof, root)


@given(sizes, st.data())
def test_log_that_only_grew_is_consistent_and_one_that_changed_is_not(
    size: int, data: st.DataObject
) -> None:
    old_size = data.draw(st.integers(0, size))
    old, leaves = hashes(old_size), hashes(size)
    proof = merkle.consistency_proof(leaves, old_size)
    merkle.verify_consistency(
        old_size, size, proof, merkle.root(old), merkle.root(leaves)
    )
    if not old_size:
        return
    changed = list(leaves)
    changed[data.draw(st.integers(0, old_size - 1))] = merkle.leaf_hash(b"rewritten")
    with pytest.raises(merkle.BadProof):
        merkle.verify_consistency(
            old_size,
            size,
            merkle.consistency_proof(changed, old_size),
            merkle.root(old),
            merkle.root(changed),
        )


@given(sizes, st.data())
def test_proof_with_a_bit_changed_a_hash_more_or_a_hash_less_is_refused(
    size: int, data: st.DataObject
) -> None:
    leaves = hashes(size)
    root = merkle.root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(leaves, index)
    spoiled = [[*proof, root]]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        spoiled += [proof[:-1], [*proof[:at], flipped, *proof[at + 1 :]]]
    for bad in spoiled:
        with pytest.raises(merkle.BadProof):
            merkle.verify_inclusion(leaves[index], index, size, bad, root)


def test_empty_tree_grows_into_any_without_proof_but_only_from_its_own_root() -> None:
    root = merkle.root(hashes(3))
    merkle.verify_consistency(0, 3, [], merkle.EMPTY_ROOT, root)
    merkle.verify_consistency(0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)
    for old_root, proof in ((root, []), (merkle.EMPTY_ROOT, [root])):
        with pytest.raises(merkle.BadProof):
            merkle.verify_consistency(0, 3, proof, old_root, root)


def test_log_that_shrank_is_refused() -> None:
    leaves = hashes(5)
    with pytest.raises(merkle.BadProof):
        merkle.verify_consistency(
            5, 4, [], merkle.root(leaves), merkle.root(leaves[:4])
        )
    with pytest.raises(IndexError):
        merkle.consistency_proof(leaves, 6)


def test_leaf_that_looks_like_a_node_does_not_pass_for_one() -> None:
    left, right = hashes(2)
    assert merkle.leaf_hash(left + right) != merkle.root([left, right])


def test_leaf_beyond_the_tree_has_no_proof() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            merkle.inclusion_proof(hashes(3), index)
