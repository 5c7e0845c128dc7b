"""A permit in force, on which three hospitals train."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest

from coordinator.consortium import accounts, permits, versions
from coordinator.database import open_session
from coordinator.rules.states import UserRole
from protos import bundle, envelope
from protos.training_pb2 import Role
from tests.coordinator.conftest import Consortium, Hospital

PLAN = """
title = "Trial"
dataset = "chest-radiographs"
version = "1.0.0"
network = "densenet-tiny"
strategy = "fedprox"
rounds = 2
batch_size = 16
image_size = 64
learning_rate = 0.001
proximal_mu = 0.01
"""


@dataclass
class Permit:
    """A plan, its exact terms, and who signed."""

    consortium: Consortium
    hospitals: list[Hospital]
    plan: str
    terms: bytes

    @property
    def home(self):
        return self.consortium.home

    @property
    def digest(self) -> bytes:
        return envelope.digest(self.terms)

    def read(self, what):
        return self.consortium.read(what)


@pytest.fixture
def permit(consortium, hospitals) -> Permit:
    now, third = consortium.now, Fraction(2, 3)
    for number, hospital in enumerate(hospitals):
        root = bytes([number + 1]) * 32
        consortium.submit(hospital, hospital.contribution(root))
    with open_session(consortium.home) as session:
        digest = versions.propose(session, share=third, now=now).digest
    for hospital in hospitals:
        consortium.submit(hospital, hospital.vote(digest))
    with open_session(consortium.home) as session:
        ada = accounts.add_user(
            session, "ada", "a long pass phrase", UserRole.RESEARCHER, now=now
        )
        plan = permits.submit_plan(
            session,
            PLAN,
            user=ada,
            bundle=bundle.digest(),
            policy=permits.PermitPolicy(third, 3600, 0, 2, 1 << 24),
            now=now,
        )
        made = Permit(consortium, hospitals, plan.plan, plan.terms)
    for hospital in hospitals:
        for role in (Role.MEMBER, Role.DATA_PROTECTION_OFFICER):
            consortium.submit(hospital, hospital.permit_decision(made.terms, role))
    return made
