"""Flower's door at the site: where the site decides what a SuperNode gets and gives.

The SuperNode is set to use this door as its SuperLink (`site_agent.gate_server`). Each
of its twelve calls is decoded, judged, and carried on by the uplink or refused:

* ``pull-messages``, ``get-run``: the run's configuration must name one permit on which
  this site takes part (`site_agent.train.permit`), and nothing else. A message of any
  other run gets an error reply and does not reach the SuperNode.
* ``get-fab``: the bundle must be, byte for byte, the one that this site's own package
  builds.
* ``push-messages``, ``push-object``: what `site_agent.train.outgoing` allows, for a
  message that was asked, within what the permit leaves to be sent
  (`site_agent.train.allowance`), and written into the egress ledger before it is
  carried on.
* the rest carries node, run and object numbers only, each one that the SuperNode was
  given (`site_agent.train.calls`), and has no entry in the ledger.

After a refusal the SuperNode leaves the message and lives on. A message that was under
way when the SuperNode or the site agent died is answered with an error when they are
back: Flower would wait for its reply as long as the message lives.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from flwr.proto.fab_pb2 import Fab, GetFabRequest, GetFabResponse
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    ActivateNodeResponse,
    PullMessagesRequest,
    PullMessagesResponse,
    PushMessagesRequest,
    PushMessagesResponse,
)
from flwr.proto.message_pb2 import (
    ConfirmMessageReceivedRequest,
    Metadata,
    ObjectTree,
    PullObjectRequest,
    PushObjectRequest,
)
from flwr.proto.node_pb2 import Node
from flwr.proto.run_pb2 import GetRunRequest, GetRunResponse
from flwr.supercore.inflatable.inflatable_object import iterate_object_tree

from protos import bundle, fleet
from protos.consortium_pb2 import FleetReply, FleetVerb
from site_agent import durable
from site_agent.egress import Ledger
from site_agent.errors import TrainingRefused
from site_agent.train import calls, outgoing
from site_agent.train.allowance import METRICS, REPLIES, REPLY, WEIGHTS, Allowance
from site_agent.train.error_reply import ErrorReply
from site_agent.train.outgoing import NotAllowed
from site_agent.train.runs import Judge, PermittedRun, Runs

LOG = logging.getLogger(__name__)

REFUSAL = "refusal"
"""Kind of an error reply, in the site's own words."""

REFUSALS, REFUSALS_SECONDS = 60, 3600.0
"""Entries of this kind in one window, two to a reply. What is beyond gets no reply: a
coordinator that sends nothing but what is refused does not fill the ledger."""

_KINDS = {"ArrayChunk": WEIGHTS, "MetricRecord": METRICS}
_EAGER_SECONDS, _AGAIN_SECONDS, _HOLD_SECONDS = 120.0, 0.5, 15.0

Headers = Mapping[str, str]
Forward = Callable[[FleetVerb.ValueType, bytes, Headers], FleetReply]


class Gate:
    """Decides over every call of the site's own SuperNode. Safe for several threads.

    Parameters
    ----------
    forward
        Carries a call to the coordinator, as `Uplink.fleet` does.
    judge
        As `site_agent.train.permit.permitted`; asked anew for every message.
    ledger
        What leaves is written here first.
    asked
        The file that names the message under way.
    key
        The key of this site's SuperNode.
    """

    def __init__(
        self,
        *,
        forward: Forward,
        judge: Judge,
        ledger: Ledger,
        asked: Path,
        key: ec.EllipticCurvePublicKey,
    ) -> None:
        self._forward = forward
        self._judge = judge
        self._ledger = ledger
        self._asked = asked
        self._key = key
        self._node: int | None = None
        self._runs = Runs(judge)
        self._allowance = Allowance(ledger)
        self._lock = threading.Lock()
        self._owed: list[ErrorReply] = []
        self._silent = False
        self._eager_until = 0.0
        self._closing = threading.Event()

    def close(self) -> None:
        """Let go of a call that waits for work."""
        self._closing.set()

    def call(
        self, verb: FleetVerb.ValueType, body: bytes, headers: Headers
    ) -> FleetReply:
        """Judge one call and carry it on.

        Raises
        ------
        TrainingRefused
            When this site does not carry it on.
        SiteError
            When the coordinator cannot be reached or does not accept it.
        """
        try:
            request = fleet.read(verb, body)
        except fleet.NotFleet as error:
            raise TrainingRefused(str(error)) from error
        calls.check_proof(headers, self._key)
        calls.check_call(request, self._key, self._node)
        match request:
            case ActivateNodeRequest():
                return self._activate(body, headers)
            case PullMessagesRequest():
                return self._pull_messages(body, headers)
            case GetRunRequest():
                self._runs.permitted(request.run_id)
                return self._get_run(request, body, headers)
            case GetFabRequest():
                return self._get_fab(request, body, headers)
            case PushMessagesRequest():
                return self._push_messages(request, headers)
            case PushObjectRequest():
                return self._push_object(request, body, headers)
            case PullObjectRequest():
                self._runs.require_offered(request.run_id, request.object_id)
            case ConfirmMessageReceivedRequest():
                self._runs.require_offered(request.run_id, request.message_object_id)
        return self._forward(verb, body, headers)

    def _activate(self, body: bytes, headers: Headers) -> FleetReply:
        """Learn which node the SuperNode is; what it left undone is owed an answer."""
        self._apologise()
        reply = self._forward(FleetVerb.ACTIVATE_NODE, body, headers)
        if reply.status == 200:
            self._node = ActivateNodeResponse.FromString(reply.body).node_id
        return reply

    # ------------------------------------------------------------------- what comes in

    def _pull_messages(self, body: bytes, headers: Headers) -> FleetReply:
        """Ask for work; while a run is under way, ask again before saying "none"."""
        self._pay(headers)
        hold = time.monotonic() + _HOLD_SECONDS
        while True:
            reply = self._forward(FleetVerb.PULL_MESSAGES, body, headers)
            if reply.status != 200:
                return reply
            handed = PullMessagesResponse.FromString(reply.body)
            if handed.messages_list:
                break
            eager = time.monotonic() < min(hold, self._eager_until)
            if not eager or self._closing.wait(_AGAIN_SECONDS):
                return reply
        self._eager_until = time.monotonic() + _EAGER_SECONDS
        # A SuperNode takes the first; what was not judged must not be there.
        del handed.messages_list[1:], handed.message_object_trees[1:]
        asked = handed.messages_list[0].metadata
        try:
            run = self._runs.known(asked.run_id) or self._ask_for_run(asked, headers)
            self._runs.admit(run, asked, _objects(handed.message_object_trees))
            self._allowance.require_reply(run.terms, asked.message_type)
        except TrainingRefused as error:
            self._answer(asked, str(error), headers)
            return FleetReply(status=200)
        durable.write(self._asked, asked.SerializeToString())
        return FleetReply(status=200, body=handed.SerializeToString())

    def _ask_for_run(self, asked: Metadata, headers: Headers) -> PermittedRun:
        """Find out what a message belongs to before the SuperNode sees it."""
        request = GetRunRequest(
            node=Node(node_id=asked.dst_node_id), run_id=asked.run_id
        )
        reply = self._get_run(request, request.SerializeToString(), headers)
        run = self._runs.known(asked.run_id)
        if reply.status != 200 or run is None:
            raise TrainingRefused("The coordinator does not say what this run is.")
        return run

    def _get_run(
        self, request: GetRunRequest, body: bytes, headers: Headers
    ) -> FleetReply:
        reply = self._forward(FleetVerb.GET_RUN, body, headers)
        if reply.status == 200:
            run = GetRunResponse.FromString(reply.body).run
            if run.run_id != request.run_id:
                raise TrainingRefused("The coordinator answers with another run.")
            self._runs.take(run)
        return reply

    def _get_fab(
        self, request: GetFabRequest, body: bytes, headers: Headers
    ) -> FleetReply:
        self._runs.permitted(request.run_id)
        reply = self._forward(FleetVerb.GET_FAB, body, headers)
        if reply.status == 200:
            own = bundle.build()
            if GetFabResponse.FromString(reply.body).fab.content != own:
                raise TrainingRefused("The bundle is not the one installed here.")
            # What else the coordinator says about it goes no further.
            fab = Fab(hash_str=bundle.digest().hex(), content=own)
            reply = FleetReply(
                status=200, body=GetFabResponse(fab=fab).SerializeToString()
            )
        return reply

    # -------------------------------------------------------------------- what goes out

    def _push_messages(
        self, request: PushMessagesRequest, headers: Headers
    ) -> FleetReply:
        """Let a reply be announced, or answer in its place that there is none."""
        if len(request.messages_list) != 1 or len(request.message_object_trees) != 1:
            raise TrainingRefused("A SuperNode pushes one reply at a time.")
        message, tree = request.messages_list[0], request.message_object_trees[0]
        run = self._runs.permitted(message.metadata.run_id)
        asked = run.asked.get(message.metadata.reply_to_message_id)
        if asked is None:
            raise TrainingRefused("Nobody asked for this reply.")
        try:
            self._judge(run.digest)
            if message.HasField("error"):
                # Its text is an exception's, and may say anything.
                raise NotAllowed("the training failed here; the site's log says why")
            if message.content.items:
                raise NotAllowed("a reply's content travels as objects")
            outgoing.check_metadata(message.metadata, asked, message_id=tree.object_id)
            objects = outgoing.announced(tree, weights=run.weights)
        except (NotAllowed, TrainingRefused) as error:
            run.asked = {}
            self._answer(asked, str(error), headers)
            nothing = PushMessagesResponse().SerializeToString()
            return FleetReply(status=200, body=nothing)
        run.announced = {
            name: (expected, message.metadata) for name, expected in objects.items()
        }
        # How long the training took hangs on how many studies there are.
        del request.clientapp_runtime_list[:]
        content = request.SerializeToString(deterministic=True)
        kind = REPLIES.get(asked.message_type, REPLY)
        reply = self._send(FleetVerb.PUSH_MESSAGES, content, headers, run, kind)
        if reply.status == 200:
            run.session = PushMessagesResponse.FromString(reply.body).session_id
        self._asked.unlink(missing_ok=True)
        return reply

    def _push_object(
        self, request: PushObjectRequest, body: bytes, headers: Headers
    ) -> FleetReply:
        run = self._runs.permitted(request.run_id)
        announced = run.announced.get(request.object_id)
        if announced is None:
            raise TrainingRefused("No reply announced this object.")
        if request.session_id != run.session:
            raise TrainingRefused("The object is not part of the announced transfer.")
        expected, metadata = announced
        try:
            outgoing.check_object(
                request.object_content,
                request.object_id,
                expected,
                metadata,
                run.weights,
            )
        except NotAllowed as error:
            raise TrainingRefused(f"The reply may not leave: {error}.") from error
        kind = _KINDS.get(expected.kind, REPLY)
        return self._send(FleetVerb.PUSH_OBJECT, body, headers, run, kind)

    def _send(
        self,
        verb: FleetVerb.ValueType,
        body: bytes,
        headers: Headers,
        run: PermittedRun,
        kind: str,
    ) -> FleetReply:
        """Count it, write it down, carry it on; in this order."""
        self._allowance.take(run.terms, kind, len(body))
        self._write_down(kind, body, run.terms.plan)
        return self._forward(verb, body, headers)

    def _write_down(self, kind: str, body: bytes, run: str) -> None:
        self._ledger.append_chunk(kind, hashlib.sha256(body).digest(), len(body), run)

    # ------------------------------------------------------------ what is said instead

    def _answer(self, asked: Metadata, reason: str, headers: Headers) -> None:
        """Tell the ServerApp, in the site's own words, that there will be no reply."""
        self._owe(asked, reason)
        self._asked.unlink(missing_ok=True)
        self._pay(headers)

    def _apologise(self) -> None:
        """Owe an answer to the message that was under way in an earlier life."""
        if self._asked.exists():
            asked = Metadata.FromString(self._asked.read_bytes())
            self._owe(asked, "The training was interrupted at this site.")
            self._asked.unlink()

    def _owe(self, asked: Metadata, reason: str) -> None:
        if not self._may_answer():
            return
        LOG.warning("a message is not answered: %s", reason)
        with self._lock:
            self._owed.append(ErrorReply.to(asked, reason))

    def _pay(self, headers: Headers) -> None:
        """Send the error replies that are owed; one that cannot be sent stays owed."""
        while self._owed:
            if not self._may_answer():
                with self._lock:
                    self._owed.clear()
                return
            reply = self._owed[0]
            self._write_down(REFUSAL, reply.announcement, reply.run)
            answer = self._forward(FleetVerb.PUSH_MESSAGES, reply.announcement, headers)
            if answer.status == 200:  # Otherwise the run is over, or never was.
                session = PushMessagesResponse.FromString(answer.body).session_id
                content = reply.content(session)
                self._write_down(REFUSAL, content, reply.run)
                self._forward(FleetVerb.PUSH_OBJECT, content, headers)
            with self._lock:
                if reply in self._owed:
                    self._owed.remove(reply)

    def _may_answer(self) -> bool:
        """Tell whether the ledger has room for an error reply; say once if not."""
        written = self._ledger.recent(REFUSAL, REFUSALS_SECONDS)
        silent = written + 2 > REFUSALS
        if silent and not self._silent:
            LOG.warning("so many messages were refused that more get no answer now")
        self._silent = silent
        return not silent


def _objects(trees: Iterable[ObjectTree]) -> frozenset[str]:
    return frozenset(
        node.object_id for tree in trees for node in iterate_object_tree(tree)
    )
