"""A site behind its gate, on whose permit a run may train."""

from __future__ import annotations

from flwr.proto.fab_pb2 import GetFabRequest
from flwr.proto.node_pb2 import Node

from protos import bundle, update
from protos.training_pb2 import Network, PermitTerms, TrainingPlan
from site_agent.egress import Ledger
from site_agent.errors import TrainingRefused
from site_agent.gate import Gate
from tests.site_agent.flower import DIGEST, KEY, NODE, RUN, SuperLink, SuperNode, asked

TERMS = PermitTerms(
    plan="plan-1",
    training=TrainingPlan(network=Network.DENSENET_TINY, rounds=2),
    upload_limit=1_000_000,
)
SECRET = "Doe^Jane 19700101"
OWN = Node(node_id=NODE)
GET_FAB = GetFabRequest(node=OWN, run_id=RUN, hash_str=bundle.digest().hex())


class Site:
    """A gate between a SuperLink in memory and a SuperNode; the permit can change."""

    def __init__(self, folder) -> None:
        self.superlink = SuperLink()
        self.now = 1_800_000_000
        self.ledger = Ledger(folder / "egress.db", clock=lambda: self.now)
        self.asked = folder / "asked"
        self.terms = PermitTerms()
        self.terms.CopyFrom(TERMS)
        self.against = ""
        self.gate = self.new_gate()
        self.supernode = SuperNode.active(self.gate)
        self.superlink.calls.clear()

    def new_gate(self) -> Gate:
        return Gate(
            forward=self.superlink.forward,
            judge=self.judge,
            ledger=self.ledger,
            asked=self.asked,
            key=KEY.public_key(),
        )

    def judge(self, digest: bytes) -> PermitTerms:
        if digest != DIGEST or self.against:
            raise TrainingRefused(f"This site does not take part: {self.against}.")
        return self.terms

    def ask(self, message_type=update.TRAIN):
        question = asked(message_type)
        self.superlink.waiting.append(question)
        assert self.supernode.pull()[0].metadata == question
        return question

    def answer(self, content, question=None):
        reply = self.supernode.reply_to(question or self.ask(), content)
        self.supernode.push(reply, self.supernode.announce(reply))
        return reply

    def left(self) -> list[tuple[str, str, int]]:
        return [(each.kind, each.run, each.size) for each in self.ledger.entries()]
