"""Flower's Fleet API as both ends of the one door see it: twelve calls, three headers.

The site's gate and the coordinator's relay read every call with `read`, so that neither
carries what the other would read differently.
"""

from __future__ import annotations

from collections.abc import Mapping

from flwr.proto.fab_pb2 import GetFabRequest
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PullMessagesRequest,
    PushMessagesRequest,
    RegisterNodeFleetRequest,
    UnregisterNodeFleetRequest,
)
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.message_pb2 import (
    ConfirmMessageReceivedRequest,
    PullObjectRequest,
    PushObjectRequest,
)
from flwr.proto.run_pb2 import GetRunRequest
from google.protobuf.message import DecodeError, Message

from protos.consortium_pb2 import FleetVerb

REQUESTS: Mapping[FleetVerb.ValueType, type[Message]] = {
    FleetVerb.REGISTER_NODE: RegisterNodeFleetRequest,
    FleetVerb.ACTIVATE_NODE: ActivateNodeRequest,
    FleetVerb.DEACTIVATE_NODE: DeactivateNodeRequest,
    FleetVerb.UNREGISTER_NODE: UnregisterNodeFleetRequest,
    FleetVerb.SEND_NODE_HEARTBEAT: SendNodeHeartbeatRequest,
    FleetVerb.PULL_MESSAGES: PullMessagesRequest,
    FleetVerb.PUSH_MESSAGES: PushMessagesRequest,
    FleetVerb.GET_RUN: GetRunRequest,
    FleetVerb.GET_FAB: GetFabRequest,
    FleetVerb.PUSH_OBJECT: PushObjectRequest,
    FleetVerb.PULL_OBJECT: PullObjectRequest,
    FleetVerb.CONFIRM_MESSAGE_RECEIVED: ConfirmMessageReceivedRequest,
}
"""What the body of each call is."""

PATHS: Mapping[FleetVerb.ValueType, str] = {
    verb: f"/v1/fleet/{FleetVerb.Name(verb).lower().replace('_', '-')}"
    for verb in REQUESTS
}
"""Where each call goes; always by POST."""

HEADERS = ("flwr-public-key", "flwr-signature", "flwr-timestamp")
"""The SuperNode's proof of who it is. No other header travels."""

MEDIA_TYPE = "application/protobuf"

MOST_BYTES = 8 * 1024 * 1024
"""Longest body in either direction; Flower's own chunks have 5 MiB."""


class NotFleet(ValueError):
    """A body that is not, to the byte, what Flower writes for this call."""


def read(verb: FleetVerb.ValueType, body: bytes) -> Message:
    """Read the body of a call.

    Raises
    ------
    NotFleet
        When it cannot be read, or holds more than its message does.
    """
    request = REQUESTS[verb]()
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise NotFleet("The call cannot be read.") from None
    request.DiscardUnknownFields()
    if request.SerializeToString(deterministic=True) != body:
        raise NotFleet("The call carries something that Flower does not know.")
    return request
