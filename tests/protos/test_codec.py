import re

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from protos import codec
from protos.article30_pb2 import Party, RecordOfProcessing
from protos.consortium_pb2 import Agenda, FleetReply, FleetRequest, Statement
from protos.dataset_pb2 import APPROVE, Contribution, Vote
from protos.envelope_pb2 import Envelope, Signature
from protos.statistics_pb2 import AgeCell, DatasetStatistics, ObservationCell
from tests.protos.schema import MESSAGES, bounds_of, valid

by_name = pytest.mark.parametrize("descriptor", MESSAGES, ids=lambda each: each.name)
few = settings(max_examples=25)

VOTE = Vote(version_digest=b"v" * 32, decision=APPROVE)
STATEMENT = Statement(
    consortium="lung.example",
    site="north",
    sequence=7,
    issued_at=1_790_000_000,
    vote=VOTE,
)


def reasons(message: Message) -> tuple[str, ...]:
    with pytest.raises(codec.Refused) as refused:
        codec.encode(message)
    return refused.value.reasons


def refusal(cls: type[Message], data: bytes) -> tuple[str, ...]:
    with pytest.raises(codec.Refused) as refused:
        codec.decode(cls, data)
    return refused.value.reasons


def tagged(number: int, payload: bytes) -> bytes:
    """One length-delimited field; for numbers below 16 and payloads below 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload


# ------------------------------------------------------------------------- the schema


@by_name
def test_every_field_is_bounded(descriptor: Descriptor) -> None:
    for field in descriptor.fields:
        limits, where = bounds_of(field), field.full_name
        if field.is_repeated:
            assert limits.max_items, where
        match field.type:
            case FieldDescriptor.TYPE_STRING:
                assert limits.max_length, where
                assert limits.pattern, where
            case FieldDescriptor.TYPE_BYTES:
                assert limits.max_length, where
            case FieldDescriptor.TYPE_UINT32 | FieldDescriptor.TYPE_UINT64:
                assert limits.maximum, where
            case (
                FieldDescriptor.TYPE_ENUM
                | FieldDescriptor.TYPE_BOOL
                | FieldDescriptor.TYPE_MESSAGE
            ):
                pass
            case other:
                pytest.fail(f"{where}: type {other} cannot be bounded")


@by_name
def test_no_string_can_carry_control_characters(descriptor: Descriptor) -> None:
    for field in descriptor.fields:
        if field.type == FieldDescriptor.TYPE_STRING:
            pattern = re.compile(bounds_of(field).pattern)
            for char in "\x00\x07\x08\x1b\x7f\r\t":
                for text in (char, f"a{char}", f"{char}a", f"1.0.{char}"):
                    assert not pattern.fullmatch(text), field.full_name


@by_name
def test_enumerations_are_closed_and_begin_unspecified(descriptor: Descriptor) -> None:
    for field in descriptor.fields:
        if field.enum_type:
            zero = field.enum_type.values_by_number[0].name
            assert zero.endswith("_UNSPECIFIED"), field.full_name


@by_name
def test_no_field_is_a_map_an_extension_or_optional(descriptor: Descriptor) -> None:
    # A map has no order to rely on; `oneof` means "exactly one is set", which an
    # optional field would break.
    assert not descriptor.nested_types
    assert not descriptor.is_extendable
    assert not [each.name for each in descriptor.oneofs if each.name.startswith("_")]


# ---------------------------------------------------------------------- what is valid


@by_name
@few
@given(data=st.data())
def test_every_valid_message_is_read_back(
    descriptor: Descriptor, data: st.DataObject
) -> None:
    message = data.draw(valid(descriptor))
    assert codec.decode(type(message), codec.encode(message)) == message


def test_fleet_body_of_eight_mebibytes_travels_and_one_byte_more_does_not() -> None:
    body = bytes(8 * 1024 * 1024)
    reply = FleetReply(status=200, body=body)
    assert codec.decode(FleetReply, codec.encode(reply)).body == body
    assert reasons(FleetReply(status=200, body=body + b"x")) == (
        "FleetReply.body: is longer than 8388608",
    )


def test_absent_message_is_not_looked_into() -> None:
    assert codec.encode(RecordOfProcessing(legal_basis=3, controller=Party(name="x")))


# ---------------------------------------------------------------------- what is refused


def test_all_reasons_are_given_at_once_and_without_values() -> None:
    message = Statement(
        consortium="PLANTED\x00", site="planted-" * 9, sequence=2**60, vote=Vote()
    )
    given = reasons(message)
    assert given == (
        "Statement.consortium: does not match [a-z0-9][a-z0-9.-]{0,63}",
        "Statement.site: is longer than 32",
        "Statement.sequence: is above 9007199254740991",
        "Statement.vote.decision: is unspecified or not a known choice",
    )
    assert "planted" not in "".join(given).lower()


def test_statement_that_says_nothing_is_refused() -> None:
    empty = Statement(consortium="lung.example", site="north")
    assert reasons(empty) == ("Statement.body: is not set",)
    assert "Statement.body: is not set" in refusal(Statement, b"")


@pytest.mark.parametrize("assertion", [0, 5, -1, 2**31 - 1])
def test_enumeration_out_of_range_in_a_list_is_refused(assertion: int) -> None:
    cell = ObservationCell(observation=1, tens=3)
    cell.assertion = assertion  # open enumerations take any number
    message = DatasetStatistics(observations=[cell])
    field = "DatasetStatistics.observations[].assertion"
    expected = (f"{field}: is unspecified or not a known choice",)
    assert reasons(message) == expected
    assert refusal(DatasetStatistics, message.SerializeToString()) == expected


def test_fault_that_many_items_share_is_told_once() -> None:
    message = DatasetStatistics(ages=[AgeCell(age=1, tens=10**6)] * 12)
    assert reasons(message) == ("DatasetStatistics.ages[].tens: is above 100000",)


def test_list_that_is_too_long_is_refused_without_reading_its_items() -> None:
    data = tagged(1, b"") * 100_000
    assert refusal(Agenda, data) == ("Agenda.members: has more than 256 items",)


def test_items_of_a_list_of_bytes_are_bounded_each() -> None:
    message = Agenda(proposed_versions=[b"", bytes(65537)])
    assert reasons(message) == ("Agenda.proposed_versions[]: is longer than 65536",)


def test_final_newline_does_not_slip_through_a_pattern() -> None:
    message = Envelope(payload=b"x", payload_type="application/vnd.hilum.permit\n")
    assert reasons(message)


def test_length_of_a_string_is_in_characters_and_of_bytes_in_bytes() -> None:
    assert codec.encode(Party(name="é" * 120))
    assert reasons(Party(name="é" * 121)) == ("Party.name: is longer than 120",)
    assert reasons(Signature(keyid="é".encode() * 17)) == (
        "Signature.keyid: is longer than 32",
    )


@pytest.mark.parametrize(
    "name", ["Dr <b>", "\x9b2J", "a\u202eb", "a\u2028b", "a\u2066b", "a\nb", "a\x00"]
)
def test_free_text_that_could_deceive_its_reader_is_refused(name: str) -> None:
    assert "Party.name" in reasons(Party(name=name))[0]


# --------------------------------------------------------- other encodings on the wire

VOTE_BYTES = codec.encode(VOTE)
DIGEST, DECISION = VOTE_BYTES[:34], VOTE_BYTES[34:]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(DECISION + DIGEST, id="fields out of order"),
        pytest.param(DIGEST + DIGEST + DECISION, id="a field twice, alike"),
        pytest.param(tagged(1, b"") + VOTE_BYTES, id="a field twice, last wins"),
        pytest.param(DIGEST + b"\x10\x81\x00", id="a long varint"),
        pytest.param(DIGEST + b"\x90\x00\x01", id="a long tag"),
        pytest.param(
            DIGEST + b"\x10\x81\x80\x80\x80\x10", id="bits beyond an enumeration"
        ),
        pytest.param(b"\x0a\xa0\x00" + DIGEST[2:] + DECISION, id="a long length"),
    ],
)
def test_valid_vote_in_another_encoding_is_refused(data: bytes) -> None:
    assert Vote.FromString(data) == VOTE
    assert refusal(Vote, data) == ("not the canonical encoding of a Vote",)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(VOTE_BYTES + b"\x00", id="a trailing zero"),
        pytest.param(VOTE_BYTES[:-1], id="cut off"),
        pytest.param(b"\x0a\x7fabc", id="a length beyond the end"),
        pytest.param(VOTE_BYTES + b"\x1b", id="a group that does not end"),
        pytest.param(b"\xff" * 11, id="a varint without end"),
    ],
)
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    assert refusal(Vote, data) == ("not a Vote message",)


def test_default_spelled_out_is_refused() -> None:
    data = codec.encode(Contribution(study_tens=0)) + b"\x18\x00"
    assert refusal(Contribution, data) == (
        "not the canonical encoding of a Contribution",
    )


def test_list_of_numbers_that_is_not_packed_is_refused() -> None:
    packed = codec.encode(RecordOfProcessing(legal_basis=3, purposes=[1]))
    loose = packed.replace(b"\x2a\x01\x01", b"\x28\x01")
    assert RecordOfProcessing.FromString(loose).purposes == [1]
    assert refusal(RecordOfProcessing, loose)


def test_statement_with_two_bodies_is_refused() -> None:
    # The last one wins for every parser, but an auditor may read the first.
    both = codec.encode(STATEMENT) + bytes([0x5A, 2, 0x18, 3])
    assert Statement.FromString(both).WhichOneof("body") == "contribution"
    assert refusal(Statement, both) == ("not the canonical encoding of a Statement",)


def test_body_that_is_merged_from_two_parts_is_refused() -> None:
    head = codec.encode(STATEMENT)[: -len(VOTE_BYTES)]
    assert head[-2:] == bytes([0x6A, len(VOTE_BYTES)])
    split = head[:-2] + tagged(13, DIGEST) + tagged(13, DECISION)
    assert Statement.FromString(split) == STATEMENT
    assert refusal(Statement, split) == ("not the canonical encoding of a Statement",)


UNKNOWN = b"\xfa\x3f\x07planted"


def test_unknown_field_is_refused_at_the_top() -> None:
    expected = ("Vote: has a field that the schema does not know",)
    assert refusal(Vote, VOTE_BYTES + UNKNOWN) == expected
    assert reasons(Vote.FromString(VOTE_BYTES + UNKNOWN)) == expected


def test_unknown_field_in_an_item_of_a_list_is_refused() -> None:
    cell = codec.encode(AgeCell(age=1, tens=2))
    good, bad = tagged(5, cell), tagged(5, cell + UNKNOWN)
    assert codec.decode(DatasetStatistics, good + good)
    assert refusal(DatasetStatistics, good + bad) == (
        "DatasetStatistics.ages[]: has a field that the schema does not know",
    )


def test_known_field_with_another_wire_type_is_unknown() -> None:
    assert refusal(Vote, DIGEST + DECISION + b"\x15\x00\x00\x00\x00") == (
        "Vote: has a field that the schema does not know",
    )


def test_text_that_is_not_utf_8_is_refused() -> None:
    for text in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"caf\xe9"):
        assert refusal(Party, tagged(1, text)) == ("not a Party message",)


def test_header_of_a_fleet_request_cannot_smuggle_a_line() -> None:
    message = FleetRequest(verb=8)
    message.headers.add(name="x-run", value="1\r\nhost: elsewhere")
    assert reasons(message) == ("FleetRequest.headers[].value: does not match [ -~]*",)


@given(
    st.sampled_from(["insert", "delete", "replace"]),
    st.integers(min_value=0, max_value=10**6),
    st.binary(min_size=1, max_size=4),
)
def test_bytes_that_are_accepted_are_the_only_ones_of_their_message(
    change: str, at: int, noise: bytes
) -> None:
    data = codec.encode(STATEMENT)
    at %= len(data)
    end = at if change == "insert" else at + len(noise)
    changed = data[:at] + (b"" if change == "delete" else noise) + data[end:]
    try:
        message = codec.decode(Statement, changed)
    except codec.Refused:
        return
    assert codec.encode(message) == changed
    assert (message == STATEMENT) == (changed == data)
