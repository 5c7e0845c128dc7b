"""A SuperLink in memory, and a SuperNode that speaks as Flower's own does."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field

import numpy as np
from cryptography.hazmat.primitives.asymmetric import ec
from flwr.app import Array, ArrayRecord, Error, Message, MetricRecord, RecordDict
from flwr.app.message import remove_content_from_message
from flwr.common.serde import (
    message_from_proto,
    message_to_proto,
    user_config_to_proto,
)
from flwr.proto.fab_pb2 import Fab, GetFabResponse
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    ActivateNodeResponse,
    PullMessagesRequest,
    PullMessagesResponse,
    PushMessagesRequest,
    PushMessagesResponse,
)
from flwr.proto.message_pb2 import Message as ProtoMessage
from flwr.proto.message_pb2 import Metadata, ObjectTree, PushObjectRequest
from flwr.proto.node_pb2 import Node
from flwr.proto.recorddict_pb2 import RecordDict as ProtoRecordDict
from flwr.proto.run_pb2 import GetRunRequest, GetRunResponse, Run
from flwr.supercore.constant import TaskType
from flwr.supercore.inflatable.inflatable_object import (
    get_all_nested_objects,
    get_object_tree,
    iterate_object_tree,
)
from flwr.supercore.primitives.asymmetric import public_key_to_bytes, sign_message

from protos import bundle, fleet, update
from protos.consortium_pb2 import FleetReply, FleetVerb
from protos.training_pb2 import Network

NODE, RUN, TASK = 4711, 99, 5
KEY = ec.generate_private_key(ec.SECP384R1())
PUBLIC_KEY = public_key_to_bytes(KEY.public_key())
TIME = "2026-11-21T08:00:00.123456+00:00"
DIGEST = b"d" * 32
WEIGHTS = update.size(Network.DENSENET_TINY)


def proof(time=TIME, key=KEY):
    """Return the headers in which a SuperNode with this key says who it is."""
    values = (
        public_key_to_bytes(key.public_key()),
        sign_message(key, time.encode()),
    )
    shown = [base64.b64encode(value).decode() for value in values]
    return dict(zip(fleet.HEADERS, [*shown, time], strict=True))


def run_on(config, **changes):
    """Return a run with this configuration, on the right bundle unless changed."""
    fields = {
        "run_id": RUN,
        "fab_hash": bundle.digest().hex(),
        "primary_task_type": TaskType.SERVER_APP,
        "override_config": user_config_to_proto(config),
    }
    return Run(**fields | changes)


def asked(message_type=update.TRAIN, message_id="a" * 64):
    """Return a message as the SuperLink hands it out."""
    return Metadata(
        run_id=RUN,
        message_id=message_id,
        src_node_id=1,
        dst_node_id=NODE,
        message_type=message_type,
        ttl=3600,
        created_at=time.time(),
    )


@dataclass
class SuperLink:
    """Answers Fleet calls, and keeps what was pushed."""

    run: Run = field(default_factory=lambda: run_on(bundle.run_config(DIGEST)))
    fab: bytes = field(default_factory=bundle.build)
    waiting: list[Metadata] = field(default_factory=list)
    trees: list[ObjectTree] = field(default_factory=list)
    calls: list[tuple[FleetVerb.ValueType, object]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    failure: Exception | None = None

    def forward(self, verb, body, headers):
        if self.failure:
            raise self.failure
        call = fleet.read(verb, body)
        self.calls.append((verb, call))
        if verb in (FleetVerb.PUSH_MESSAGES, FleetVerb.PUSH_OBJECT):
            self.bodies.append(body)
        reply = b""
        if verb == FleetVerb.GET_RUN:
            reply = GetRunResponse(run=self.run).SerializeToString()
        elif verb == FleetVerb.ACTIVATE_NODE:
            reply = ActivateNodeResponse(node_id=NODE).SerializeToString()
        elif verb == FleetVerb.GET_FAB:
            fab = Fab(hash_str=bundle.digest().hex(), content=self.fab)
            reply = GetFabResponse(fab=fab).SerializeToString()
        elif verb == FleetVerb.PULL_MESSAGES and self.waiting:
            message = ProtoMessage(metadata=self.waiting.pop(0))
            reply = PullMessagesResponse(
                messages_list=[message], message_object_trees=self.trees
            ).SerializeToString()
        elif verb == FleetVerb.PUSH_MESSAGES:
            wanted = [
                node.object_id
                for tree in call.message_object_trees
                for node in iterate_object_tree(tree)
            ]
            reply = PushMessagesResponse(
                session_id="session", objects_to_push=wanted
            ).SerializeToString()
        return FleetReply(status=200, body=reply)

    @property
    def verbs(self):
        return [FleetVerb.Name(verb) for verb, _ in self.calls]

    def pushed(self, verb):
        return [call for made, call in self.calls if made == verb]

    @property
    def errors(self):
        """The reasons of the error replies that arrived whole."""
        heads = self.pushed(FleetVerb.PUSH_MESSAGES)
        objects = {call.object_id for call in self.pushed(FleetVerb.PUSH_OBJECT)}
        return [
            call.messages_list[0].error.reason
            for call in heads
            if call.messages_list[0].HasField("error")
            and call.messages_list[0].metadata.message_id in objects
        ]


def weights(length=WEIGHTS, dtype=np.float32, name=update.WEIGHTS):
    return ArrayRecord({name: Array(np.ones(length, dtype))})


def trained(metrics=None, arrays=None):
    """Return the records of a good reply, or with something else in their place."""
    told = {update.EXAMPLES: 40.0, update.TRAIN_LOSS: 0.69}
    records = RecordDict({update.ARRAYS: arrays or weights()})
    records[update.METRIC_RECORD] = MetricRecord(told if metrics is None else metrics)
    return records


@dataclass
class SuperNode:
    """Makes calls through a gate, byte for byte as Flower 1.41 does."""

    gate: object
    headers: dict[str, str] = field(default_factory=proof)

    def call(self, verb, request):
        body = request.SerializeToString(deterministic=True)
        return self.gate.call(verb, body, self.headers)

    @classmethod
    def active(cls, gate):
        """Return one that has come through the gate."""
        supernode = cls(gate)
        supernode.activate()
        return supernode

    def activate(self):
        request = ActivateNodeRequest(public_key=PUBLIC_KEY, heartbeat_interval=30)
        return self.call(FleetVerb.ACTIVATE_NODE, request)

    def pull(self):
        request = PullMessagesRequest(node=Node(node_id=NODE))
        reply = self.call(FleetVerb.PULL_MESSAGES, request)
        return PullMessagesResponse.FromString(reply.body).messages_list

    def get_run(self, run_id=RUN):
        request = GetRunRequest(node=Node(node_id=NODE), run_id=run_id)
        return self.call(FleetVerb.GET_RUN, request)

    def reply_to(self, question, content):
        """Make the reply of a ClientApp: records, or an error."""
        known = ProtoMessage(metadata=question, content=ProtoRecordDict())
        reply = Message(content, reply_to=message_from_proto(known))
        reply.metadata.__dict__["_dst_task_id"] = TASK
        reply.metadata.__dict__["_message_id"] = reply.object_id
        return reply

    def announce(self, reply, change=lambda request: None):
        head = remove_content_from_message(reply)
        request = PushMessagesRequest(
            node=Node(node_id=NODE),
            messages_list=[message_to_proto(head)],
            message_object_trees=[get_object_tree(reply)],
            clientapp_runtime_list=[12.3456789],
        )
        change(request)
        answer = self.call(FleetVerb.PUSH_MESSAGES, request)
        return PushMessagesResponse.FromString(answer.body).objects_to_push

    def push(self, reply, wanted):
        for object_id, each in get_all_nested_objects(reply).items():
            if object_id in wanted:
                self.push_object(object_id, each.deflate())

    def push_object(self, object_id, content, run_id=RUN):
        request = PushObjectRequest(
            node=Node(node_id=NODE),
            run_id=run_id,
            object_id=object_id,
            object_content=content,
            session_id="session",
        )
        return self.call(FleetVerb.PUSH_OBJECT, request)


def failed(text):
    """Return what Flower makes of an exception in the ClientApp."""
    return Error(2, f"<class 'ValueError'>:<'{text}'>")
