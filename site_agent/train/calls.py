"""The one form of a call that is carried on without an entry in the egress ledger.

Flower's SuperNode proves who it is and repeats numbers that it was given. A SuperNode
that was tampered with could put any text in their place; so everything must be what
this site's own SuperNode, of Flower 1.41, would write:

* key and proof are those of ``keys/supernode.key``, the proof being a signature over
  the time;
* the node is the one that this SuperNode is at the SuperLink;
* the bundle is the one that is installed here;
* an object has the form of a SHA-256 digest; the gate knows which ones were offered;
* the heartbeat is Flower's, and no message is asked for by its id.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from flwr.common.constant import HEARTBEAT_DEFAULT_INTERVAL
from flwr.proto.fab_pb2 import GetFabRequest
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PullMessagesRequest,
    RegisterNodeFleetRequest,
    UnregisterNodeFleetRequest,
)
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.message_pb2 import ConfirmMessageReceivedRequest, PullObjectRequest
from flwr.supercore.primitives.asymmetric import public_key_to_bytes, verify_signature
from google.protobuf.message import Message

from protos import bundle, fleet
from site_agent.errors import TrainingRefused
from site_agent.train.outgoing import is_digest

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?\+00:00"
)


def check_proof(headers: Mapping[str, str], key: ec.EllipticCurvePublicKey) -> None:
    """Check the headers of a call.

    Raises
    ------
    TrainingRefused
        When they are not the proof of the SuperNode with this key, and nothing else.
    """
    if set(headers) != set(fleet.HEADERS):
        raise TrainingRefused("The call does not bear the SuperNode's proof.")
    shown, signature, time = (headers[name] for name in fleet.HEADERS)
    if shown != base64.b64encode(public_key_to_bytes(key)).decode():
        raise TrainingRefused("The call bears another key than this site's SuperNode.")
    if not _TIME.fullmatch(time):
        raise TrainingRefused("The time in the SuperNode's proof is not one.")
    try:
        signed = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        signed = b""
    if base64.b64encode(signed).decode() != signature or not verify_signature(
        key, time.encode(), signed
    ):
        raise TrainingRefused("The SuperNode's signature is not good.")


def check_call(
    request: Message, key: ec.EllipticCurvePublicKey, node: int | None
) -> None:
    """Check every field that is not a run's number or written into the ledger.

    Parameters
    ----------
    node : int or None
        Number of the SuperNode's node; None before the SuperLink has given it one.

    Raises
    ------
    TrainingRefused
        When a field is not what this site's SuperNode would write.
    """
    match request:
        case RegisterNodeFleetRequest() | ActivateNodeRequest():
            if request.public_key != public_key_to_bytes(key):
                raise TrainingRefused("The key is not that of this site's SuperNode.")
        case DeactivateNodeRequest() | UnregisterNodeFleetRequest():
            _check_node(request.node_id, node)
        case _:
            _check_node(request.node.node_id, node)  # type: ignore[attr-defined]  # all others have one
    match request:
        case ActivateNodeRequest() | SendNodeHeartbeatRequest():
            if request.heartbeat_interval != HEARTBEAT_DEFAULT_INTERVAL:
                raise TrainingRefused("The heartbeat is not Flower's own.")
        case PullMessagesRequest():
            if request.message_ids:
                raise TrainingRefused("A SuperNode asks for no message by its id.")
        case GetFabRequest():
            if request.hash_str != bundle.digest().hex():
                raise TrainingRefused("The bundle asked for is not the one installed.")
        case PullObjectRequest():
            _check_digest(request.object_id)
        case ConfirmMessageReceivedRequest():
            _check_digest(request.message_object_id)


def _check_node(named: int, node: int | None) -> None:
    if node is None or named != node:
        raise TrainingRefused("The node is not that of this site's SuperNode.")


def _check_digest(text: str) -> None:
    if not is_digest(text):
        raise TrainingRefused("An object's id is not a SHA-256 digest.")
