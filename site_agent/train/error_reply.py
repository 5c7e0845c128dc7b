"""The reply to a message that this site does not answer: an error in its own words."""

from __future__ import annotations

from dataclasses import dataclass

from flwr.app import Error, Message
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.proto.fleet_pb2 import PushMessagesRequest
from flwr.proto.message_pb2 import Message as ProtoMessage
from flwr.proto.message_pb2 import Metadata, PushObjectRequest
from flwr.proto.node_pb2 import Node
from flwr.proto.recorddict_pb2 import RecordDict
from flwr.supercore.inflatable.inflatable_object import get_object_tree

SITE_REFUSED = 100
"""Code of the error; Flower's own end at 8."""


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An error reply as Flower's two calls, the second of which needs a session.

    `run` names the run in the egress ledger.
    """

    announcement: bytes
    run: str
    unsent: PushObjectRequest

    @classmethod
    def to(cls, asked: Metadata, reason: str) -> ErrorReply:
        """Answer a message; `reason` must tell nothing but a rule of the site."""
        question = message_from_proto(
            ProtoMessage(metadata=asked, content=RecordDict())
        )
        reply = Message(Error(code=SITE_REFUSED, reason=reason), reply_to=question)
        # A message bears the digest of itself without it, as Flower's own do.
        reply.metadata.__dict__["_message_id"] = reply.object_id
        node = Node(node_id=asked.dst_node_id)
        announcement = PushMessagesRequest(
            node=node,
            messages_list=[message_to_proto(reply)],
            message_object_trees=[get_object_tree(reply)],
        )
        return cls(
            announcement=announcement.SerializeToString(deterministic=True),
            run=f"flower-run-{asked.run_id}",
            unsent=PushObjectRequest(
                node=node,
                run_id=asked.run_id,
                object_id=reply.object_id,
                object_content=reply.deflate(),
            ),
        )

    def content(self, session_id: str) -> bytes:
        """Return the call that carries the error itself."""
        request = PushObjectRequest()
        request.CopyFrom(self.unsent)
        request.session_id = session_id
        return request.SerializeToString(deterministic=True)
