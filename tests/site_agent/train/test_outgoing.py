"""Objects as Flower writes them pass; any other bytes in their place do not."""

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, MetricRecord, RecordDict
from flwr.proto.message_pb2 import Message, ObjectTree
from flwr.supercore.inflatable.inflatable_object import (
    get_all_nested_objects,
    get_object_tree,
)
from hypothesis import given
from hypothesis import strategies as st

from protos import update
from site_agent.train import network, outgoing
from tests.site_agent.flower import SuperNode, asked


def reply_of(vector):
    content = RecordDict({update.ARRAYS: ArrayRecord({update.WEIGHTS: Array(vector)})})
    content[update.METRIC_RECORD] = MetricRecord({update.EXAMPLES: 30.0})
    return SuperNode(gate=None).reply_to(asked(), content)


def check(reply, size, change=lambda content: content):
    """Check every object of a reply, each after a change."""
    found = outgoing.announced(get_object_tree(reply), weights=size)
    metadata = Message.FromString(reply.deflate().partition(b"\0")[2]).metadata
    for object_id, each in get_all_nested_objects(reply).items():
        outgoing.check_object(
            change(each.deflate()), object_id, found[object_id], metadata, size
        )
    return found


@pytest.mark.parametrize("size", [1, 1000, 3_000_000])
def test_network_in_one_or_many_pieces_passes(size):
    vector = np.random.default_rng(1).normal(size=size).astype(np.float32)
    found = check(reply_of(vector), size)
    pieces = [each for each in found.values() if each.kind == "ArrayChunk"]
    assert len(pieces) == 1 + (4 * size > outgoing.CHUNK_BYTES) * 2


def test_pieces_that_are_alike_pass():
    check(reply_of(np.zeros(3_000_000, np.float32)), 3_000_000)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_found(place, change):
    reply = reply_of(np.ones(100, np.float32))

    def flip(content):
        changed = bytearray(content)
        changed[place % len(changed)] ^= change
        return bytes(changed)

    with pytest.raises(outgoing.NotAllowed):
        check(reply, 100, flip)


@pytest.mark.parametrize("size", [99, 101])
def test_network_of_another_size_is_refused(size):
    with pytest.raises(outgoing.NotAllowed, match="holds something else"):
        check(reply_of(np.ones(size, np.float32)), 100)


def tree_of(*levels):
    tree = ObjectTree(object_id="0" * 64)
    node = tree
    for level in levels:
        node = node.children.add(object_id=level)
    return tree


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (tree_of(), "no content"),
        (tree_of("a name"), "not a SHA-256"),
        (tree_of(*(letter * 64 for letter in "12345")), "deeper"),
        (tree_of("F" * 64), "not a SHA-256"),
    ],
)
def test_tree_of_another_shape_is_refused(tree, reason):
    with pytest.raises(outgoing.NotAllowed, match=reason):
        outgoing.announced(tree, weights=100)


def test_layouts_in_the_contract_are_those_of_the_networks():
    told = {
        name: [(tensor, tuple(shape)) for tensor, shape in tensors]
        for name, tensors in network.layouts().items()
    }
    assert told == {
        name: [(each.name, each.shape) for each in update.layout(value)]
        for name, value in network.Network.items()
        if value
    }, "python -m site_agent.train.network > protos/weights.json"


def test_weights_come_back_from_the_vector():
    first = network.build(network.Network.DENSENET_TINY, seed=1)
    second = network.build(network.Network.DENSENET_TINY, seed=2)
    vector = network.to_vector(first)
    network.from_vector(second, vector)
    assert np.array_equal(network.to_vector(second), vector)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda vector: vector[:-1],
        lambda vector: vector.astype(np.float64),
        lambda vector: vector * np.nan,
    ],
)
def test_vector_that_is_not_the_networks_is_refused(spoil):
    module = network.build(network.Network.DENSENET_TINY, seed=1)
    with pytest.raises(ValueError, match=r"not those of|finite"):
        network.from_vector(module, spoil(network.to_vector(module)))


@given(st.sampled_from(sorted(update.METRICS)), st.floats(-1e7, 1e7))
def test_what_is_rounded_is_admitted(name, value):
    metric = update.METRICS[name]
    assert metric.admits(metric.rounded(value))
