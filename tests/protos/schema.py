"""The messages of the contract, and valid examples of every one of them."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

import protos
from protos.options_pb2 import Bounds, bounds

FILES = sorted(Path(protos.__file__).parent.glob("*.proto"))


def descriptors() -> Iterator[Descriptor]:
    """Every message of every file, but for the options' own."""
    for file in FILES:
        module = import_module(f"protos.{file.stem}_pb2")
        yield from module.DESCRIPTOR.message_types_by_name.values()


MESSAGES = [each for each in descriptors() if each.name != "Bounds"]


def bounds_of(field: FieldDescriptor) -> Bounds:
    return field.GetOptions().Extensions[bounds]


def valid(descriptor: Descriptor) -> st.SearchStrategy[Message]:
    """Draw valid messages of a type."""
    oneof = {field.name for each in descriptor.oneofs for field in each.fields}
    fields = {field.name: field for field in descriptor.fields}
    always = {name: _field(fields[name]) for name in fields if name not in oneof}
    choices = [st.fixed_dictionaries({name: _field(fields[name])}) for name in oneof]
    body = st.one_of(sorted(choices, key=repr)) if choices else st.just({})
    cls = GetMessageClass(descriptor)
    return st.builds(
        lambda first, second: cls(**first, **second),
        st.fixed_dictionaries(always),
        body,
    )


def _field(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.is_repeated:
        return st.lists(_item(field), max_size=min(2, bounds_of(field).max_items))
    return _item(field)


def _item(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    limits = bounds_of(field)
    if field.message_type:
        return valid(field.message_type)
    if field.enum_type:
        return st.sampled_from(sorted(set(field.enum_type.values_by_number) - {0}))
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if field.type == FieldDescriptor.TYPE_STRING:
        text = st.from_regex(re.compile(limits.pattern), fullmatch=True)
        return text.filter(lambda value: len(value) <= limits.max_length)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=min(40, limits.max_length))
    return st.integers(min_value=0, max_value=limits.maximum)
