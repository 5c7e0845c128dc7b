"""What a reply of the ClientApp may consist of, object by object.

Flower sends a message as a tree of objects, each under the SHA-256 of its bytes::

    Message -> RecordDict -> ArrayRecord -> Array -> ArrayChunk
                          -> MetricRecord

An object is a head (``<type> <ids of its children> <length of the body>``), a zero byte
and a body. Here everything but the weights themselves has exactly one form: the body
must be what Flower would write for the one array and the metrics of `protos.update`.
Text has no place in it, and so an error's text has none.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flwr.proto.message_pb2 import Message, Metadata, ObjectTree
from flwr.proto.recorddict_pb2 import MetricRecord
from google.protobuf.message import DecodeError

from protos.update import ARRAYS, METRIC_RECORD, METRICS, WEIGHTS

CHUNK_BYTES = 5 * 1024 * 1024
"""Flower's largest piece of an array."""

_NPY_HEAD_BYTES = 128
_FLOAT32_BYTES = 4


class NotAllowed(ValueError):
    """A reply, or a part of one, that may not leave; says which rule it breaks."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An object that a reply has announced: its Flower type and its children's ids."""

    kind: str
    children: tuple[str, ...]


def announced(tree: ObjectTree, *, weights: int) -> Mapping[str, Expected]:
    """Return the objects of a reply by their id, from the tree that it announces.

    Parameters
    ----------
    weights : int
        Number of weights of the permitted network.

    Raises
    ------
    NotAllowed
        When the tree has another shape than a reply of the ClientApp.
    """
    found: dict[str, Expected] = {}
    for depth, node in _walk(tree, 0):
        children = tuple(child.object_id for child in node.children)
        if not is_digest(node.object_id):
            raise NotAllowed("an object's id is not a SHA-256 digest")
        found[node.object_id] = Expected(_kind(depth, children), children)
    counts = [each.kind for each in found.values()]
    limits = {"ArrayChunk": _most_chunks(weights), "RecordDict": 1, "MetricRecord": 1}
    limits |= {"ArrayRecord": 1, "Array": 1, "Message": 1}
    if any(counts.count(kind) > most for kind, most in limits.items()):
        raise NotAllowed("the reply has more objects than one network and its metrics")
    if counts.count("RecordDict") != 1:
        raise NotAllowed("the reply has no content")
    return found


def _walk(tree: ObjectTree, depth: int) -> Iterator[tuple[int, ObjectTree]]:
    yield depth, tree
    for child in tree.children:
        yield from _walk(child, depth + 1)


def _kind(depth: int, children: tuple[str, ...]) -> str:
    match depth:
        case 0:
            return "Message"
        case 1:
            return "RecordDict"
        case 2:
            return "ArrayRecord" if children else "MetricRecord"
        case 3:
            return "Array"
        case 4 if not children:
            return "ArrayChunk"
        case _:
            raise NotAllowed("the reply is nested deeper than a record of arrays")


def check_metadata(given: Metadata, asked: Metadata, *, message_id: str) -> None:
    """Compare a reply's metadata with the message that it answers.

    Raises
    ------
    NotAllowed
        When anything but the times is not copied from there. The number of the task
        that asks is copied by the ClientApp; the SuperLink does not tell it to a node.
    """
    right = Metadata(
        run_id=asked.run_id,
        message_id=message_id,
        src_node_id=asked.dst_node_id,
        dst_node_id=asked.src_node_id,
        reply_to_message_id=asked.message_id,
        group_id=asked.group_id,
        message_type=asked.message_type,
        ttl=given.ttl,
        created_at=given.created_at,
    )
    if given.HasField("dst_task_id"):
        right.dst_task_id = given.dst_task_id
    if given != right:
        raise NotAllowed("the reply does not fit the message that it answers")


def check_object(
    content: bytes, object_id: str, expected: Expected, metadata: Metadata, weights: int
) -> None:
    """Check the bytes of one announced object.

    Parameters
    ----------
    metadata : Metadata
        That of the reply, as `check_metadata` let it pass.
    weights : int
        Number of weights of the permitted network.

    Raises
    ------
    NotAllowed
        When it is not, to the byte, what such an object has to be.
    """
    head, _, body = content.partition(b"\0")
    children = ",".join(expected.children)
    if head != f"{expected.kind} {children} {len(body)}".encode():
        raise NotAllowed(f"the {expected.kind} is not what the reply announced")
    if hashlib.sha256(content).hexdigest() != object_id:
        raise NotAllowed(f"the {expected.kind} does not fit its digest")
    match expected.kind:
        case "Message":
            plain = Metadata()
            plain.CopyFrom(metadata)
            plain.message_id = ""
            fits = body == Message(metadata=plain).SerializeToString(deterministic=True)
        case "RecordDict":
            fits = _is_record_dict(body, expected.children)
        case "ArrayRecord":
            fits = _same(body, {WEIGHTS: expected.children[0]})
        case "Array":
            fits = _is_array(body, expected.children, weights)
        case "ArrayChunk":
            whole = _NPY_HEAD_BYTES + _FLOAT32_BYTES * weights
            fits = len(body) <= min(whole, CHUNK_BYTES)
        case _:
            fits = _is_metric_record(body)
    if not fits:
        raise NotAllowed(f"the {expected.kind} holds something else than it may")


def _is_record_dict(body: bytes, children: tuple[str, ...]) -> bool:
    """Tell whether the body names the records, in any order, and nothing more."""
    match children:
        case (one,):
            return any(_same(body, {name: one}) for name in (ARRAYS, METRIC_RECORD))
        case (first, second):
            return _same(body, {ARRAYS: first, METRIC_RECORD: second}) or _same(
                body, {METRIC_RECORD: first, ARRAYS: second}
            )
    return False


def _is_array(body: bytes, children: tuple[str, ...], weights: int) -> bool:
    """Tell whether this is one float32 vector of the network's length, in pieces."""
    try:
        order = json.loads(body)["arraychunk_ids"]
    except (ValueError, KeyError, TypeError):
        return False
    if not isinstance(order, list) or len(order) > _most_chunks(weights):
        return False
    if not all(type(place) is int and 0 <= place < len(children) for place in order):
        return False
    return _same(
        body,
        {
            "dtype": "float32",
            "shape": [weights],
            "stype": "numpy.ndarray",
            "arraychunk_ids": order,
        },
    )


def _is_metric_record(body: bytes) -> bool:
    """Tell whether these are metrics of the closed list, each once and rounded."""
    record = MetricRecord()
    try:
        record.ParseFromString(body)
    except DecodeError:
        return False
    plain = MetricRecord()
    for item in record.items:
        kind = item.value.WhichOneof("value")
        if kind not in ("double", "sint64", "uint64") or item.key not in METRICS:
            return False
        value = getattr(item.value, kind)
        if not METRICS[item.key].admits(value):
            return False
        added = plain.items.add(key=item.key)
        setattr(added.value, kind, value)
    names = [item.key for item in record.items]
    return len(set(names)) == len(names) and plain.SerializeToString() == body


def _same(body: bytes, value: object) -> bool:
    return body == json.dumps(value).encode()


def is_digest(text: str) -> bool:
    """Tell whether this is a SHA-256 digest as Flower writes it."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _most_chunks(weights: int) -> int:
    return math.ceil((_NPY_HEAD_BYTES + _FLOAT32_BYTES * weights) / CHUNK_BYTES)
