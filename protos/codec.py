"""Messages to bytes and back: the schema is the policy, and this is where it is kept.

Every message has exactly one valid encoding: protobuf's deterministic one, which is
the order of the field numbers, as the schema has no maps. What comes in must be those
bytes, so that whoever signs, hashes or archives a message has fixed its meaning: no
unknown field can ride along, no field can be given twice.

The bounds stand beside the fields, in the ``.proto`` files (``protos/options.proto``).
A field without a bound can carry nothing but its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from protos.options_pb2 import Bounds, bounds

M = TypeVar("M", bound=Message)


class Refused(ValueError):
    """A message that the schema does not allow.

    Attributes
    ----------
    reasons : tuple of str
        All of them, each once. They name fields and bounds, never a value.
    """

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def encode(message: Message) -> bytes:
    """Give the one valid encoding of a message.

    Raises
    ------
    Refused
        When a bound is broken, an enumeration is unspecified or unknown, a ``oneof``
        is not set, or the message carries unknown fields.
    """
    check(message)
    return message.SerializeToString(deterministic=True)


def decode(cls: type[M], data: bytes) -> M:
    """Read a message of type `cls` from its one valid encoding.

    Raises
    ------
    Refused
        For all that `encode` refuses, and for every other encoding of a valid message:
        fields out of order or repeated, long varints, defaults spelled out.
    """
    message = cls()
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise Refused((f"not a {cls.DESCRIPTOR.name} message",)) from None
    check(message)
    if message.SerializeToString(deterministic=True) != data:
        raise Refused((f"not the canonical encoding of a {cls.DESCRIPTOR.name}",))
    return message


def check(message: Message) -> None:
    """Refuse a message that breaks its schema at any depth, as `encode` does."""
    if reasons := tuple(dict.fromkeys(_faults(message, message.DESCRIPTOR.name))):
        raise Refused(reasons)


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field may carry; read once from its descriptor."""

    name: str
    kind: int
    repeated: bool
    has_presence: bool
    bounds: Bounds
    pattern: re.Pattern[str]
    enumerated: frozenset[int]


@cache
def _fields(descriptor: Descriptor) -> tuple[_Field, ...]:
    def field(of: FieldDescriptor) -> _Field:
        limits = of.GetOptions().Extensions[bounds]
        numbers = of.enum_type.values_by_number if of.enum_type else {}
        return _Field(
            name=of.name,
            kind=of.cpp_type,
            repeated=of.is_repeated,
            has_presence=of.has_presence,
            bounds=limits,
            pattern=re.compile(limits.pattern),
            enumerated=frozenset(numbers) - {0},
        )

    return tuple(field(of) for of in descriptor.fields)


def _faults(message: Message, path: str) -> Iterator[str]:
    if len(UnknownFieldSet(message)):
        yield f"{path}: has a field that the schema does not know"
    for oneof in message.DESCRIPTOR.oneofs:
        if message.WhichOneof(oneof.name) is None:
            yield f"{path}.{oneof.name}: is not set"
    for field in _fields(message.DESCRIPTOR):
        where = f"{path}.{field.name}"
        if field.repeated:
            items = getattr(message, field.name)
            if len(items) > field.bounds.max_items:
                # Not looked into: the list may be long in order to keep us busy.
                yield f"{where}: has more than {field.bounds.max_items} items"
                continue
            for item in items:
                yield from _item_faults(item, field, f"{where}[]")
        elif not field.has_presence or message.HasField(field.name):
            yield from _item_faults(getattr(message, field.name), field, where)


def _item_faults(value: Any, field: _Field, where: str) -> Iterator[str]:
    limits = field.bounds
    match field.kind:
        case FieldDescriptor.CPPTYPE_MESSAGE:
            yield from _faults(value, where)
        case FieldDescriptor.CPPTYPE_ENUM:
            if value not in field.enumerated:
                yield f"{where}: is unspecified or not a known choice"
        case FieldDescriptor.CPPTYPE_STRING if len(value) > limits.max_length:
            yield f"{where}: is longer than {limits.max_length}"
        case FieldDescriptor.CPPTYPE_STRING if isinstance(value, str):
            if not field.pattern.fullmatch(value):
                yield f"{where}: does not match {limits.pattern}"
        case FieldDescriptor.CPPTYPE_UINT32 | FieldDescriptor.CPPTYPE_UINT64:
            if value > limits.maximum:
                yield f"{where}: is above {limits.maximum}"
