"""A consortium in one folder: the real coordinator, real sites, Flower's real programs.

Only what other tests cover is short-cut: sites enrol by function call, and their small
films go straight into the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from flwr.supercore.control.control_http_client import ControlHttpClient
from sqlmodel import Session, select

from coordinator import config, pki
from coordinator.consortium import accounts, admission, members, permits, versions
from coordinator.database import close, open_session
from coordinator.founding import found
from coordinator.grpc_api import Door, consortium_server
from coordinator.models import Metric, Model, Plan, Run
from coordinator.rules.states import RunState, UserRole
from coordinator.training.superlink import Supervisor
from protos import bundle, envelope
from protos.dataset_pb2 import Contribution, Decision, Vote
from protos.specification import Specification
from protos.statistics_pb2 import Observation
from protos.training_pb2 import PermitDecision, Role
from site_agent import agenda, identity, outbox
from site_agent.config import SitePaths, template
from site_agent.membership import Membership
from site_agent.store import Store
from site_agent.train.supernode import SuperNode
from site_agent.uplink import Uplink
from tests.site_agent.train.films import audited, film

CONSORTIUM = "north"
PLAN = """
title = "Trial"
dataset = "chest-radiographs"
version = "1.0.0"
network = "densenet-tiny"
strategy = "{strategy}"
rounds = {rounds}
batch_size = 16
image_size = 32
learning_rate = 0.001
{mu}
seed = 5
"""


@dataclass
class Hospital:
    """A site with its line to the coordinator and its SuperNode."""

    membership: Membership
    uplink: Uplink
    supernode: SuperNode

    @property
    def site(self) -> str:
        return self.membership.identity.site

    def say(self, body: outbox.Body) -> None:
        own = self.membership
        outbox.enqueue(own.ledger, own.identity, body, now=own.now)
        delivery = outbox.flush(own.ledger, self.uplink)
        assert not delivery.refused, delivery.refused[0].detail

    def hear(self) -> None:
        own = self.membership
        agenda.refresh(own.paths, own.identity, self.uplink)

    def freeze(self, patients: int) -> None:
        """Freeze so many patients, every second with an effusion that shows."""
        random = np.random.default_rng(list(self.site.encode()))
        paths = self.membership.paths
        with Store(paths) as store:
            for number in range(patients):
                ill = number % 2 == 1
                grey = random.integers(0, 2000, (48, 40))
                grey[24:] += 2000 * ill
                content = film(grey)
                row = audited(
                    f"S{number:015}",
                    f"P{number:015}",
                    content,
                    positive=[Observation.PLEURAL_EFFUSION] if ill else (),
                )
                files = {"primary.dcm": content, "report.json": b"{}"}
                store.accept(row, files)
            manifest = store.freeze(Specification(), now=self.membership.now)
        self.say(
            Contribution(
                manifest_root=manifest.root,
                specification=Specification().sha256,
                study_tens=patients // 10,
                patient_tens=patients // 10,
            )
        )

    def decide(
        self, terms: bytes, role: Role.ValueType, decision: Decision.ValueType
    ) -> None:
        own = self.membership
        key = own.identity.signing_key
        if role == Role.DATA_PROTECTION_OFFICER:
            key = identity.dpo_key(own.paths.keys)
        sig = envelope.signature(terms, envelope.PERMIT, key)
        self.say(
            PermitDecision(
                terms_digest=envelope.digest(terms),
                role=role,
                decision=decision,
                signature=sig if decision == Decision.APPROVE else b"",
            )
        )


@dataclass
class World:
    """The coordinator and its hospitals; `turn` lets a moment pass for all of them."""

    home: Path
    supervisor: Supervisor
    hospitals: list[Hospital]

    def read(self, what: Callable[[Session], object]) -> object:
        with open_session(self.home, reads=True) as session:
            return what(session)

    def plan(self, rounds: int, strategy: str = "fedavg") -> bytes:
        """Submit a plan and return its terms."""
        mu = "proximal_mu = 0.01" if strategy == "fedprox" else ""
        with open_session(self.home) as session:
            user = accounts.users(session)[0]
            plan = permits.submit_plan(
                session,
                PLAN.format(rounds=rounds, strategy=strategy, mu=mu),
                user=user,
                bundle=bundle.digest(),
                policy=permits.PermitPolicy(
                    quorum=Fraction(2, 3),
                    valid_seconds=3600,
                    consent_seconds=0,
                    minimum_sites=2,
                    upload_limit=100_000_000,
                ),
                now=int(time.time()),
            )
            return plan.terms

    def permit(self, terms: bytes) -> None:
        """Let every member and every data protection officer say yes."""
        for hospital in self.hospitals:
            hospital.decide(terms, Role.MEMBER, Decision.APPROVE)
            hospital.decide(terms, Role.DATA_PROTECTION_OFFICER, Decision.APPROVE)
        for hospital in self.hospitals:
            hospital.hear()

    @property
    def control(self) -> ControlHttpClient:
        """Flower's Control API, as a coordinator that means harm would use it."""
        return self.supervisor._control._client

    def turn(self) -> None:
        self.supervisor.tick()
        for hospital in self.hospitals:
            hospital.supernode.tick()
        time.sleep(0.25)

    def turn_until(self, happened: Callable[[], object], seconds: float = 240) -> None:
        """Go on until something has happened; the limit only ends a broken test."""
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, "it did not happen"
            self.turn()

    def run(self, terms: bytes) -> Run | None:
        def of_plan(session: Session) -> Run | None:
            digest = envelope.digest(terms)
            query = select(Run).join(Plan).where(Plan.terms_digest == digest)
            return session.exec(query).first()

        return self.read(of_plan)

    def ended(self, terms: bytes) -> bool:
        run = self.run(terms)
        return run is not None and run.state != RunState.RUNNING

    def metrics(self) -> list[Metric]:
        return self.read(lambda session: list(session.exec(select(Metric))))

    def models(self) -> list[Model]:
        return self.read(lambda session: list(session.exec(select(Model))))


@contextmanager
def world(folder: Path, patients: dict[str, int]) -> Iterator[World]:
    """Found a consortium with one hospital for each of `patients`; end all of it."""
    home = folder / "coordinator"
    now = int(time.time())
    found(
        home,
        consortium=CONSORTIUM,
        hosts=("localhost", "127.0.0.1"),
        passphrase=None,
        specification=Specification(),
        now=now,
    )
    settings = config.load(home)
    paths = config.CoordinatorPaths(home)
    authority = pki.load(paths.pki, CONSORTIUM)
    with ExitStack() as stack:
        stack.callback(close, home)
        supervisor = Supervisor(home, settings)
        stack.callback(supervisor.stop)
        tls = pki.server_certificate(paths.pki, authority, settings.hosts, now=now)
        log_key = pki.load_log_key(paths.pki)
        door = Door(home, authority, log_key, lambda: tls, supervisor.relay)
        server = consortium_server(door, "127.0.0.1:0")
        server.grpc.start()
        stack.callback(server.grpc.stop, None)
        supervisor.start()
        with open_session(home) as session:
            accounts.add_user(
                session, "ada", "a long pass phrase", UserRole.RESEARCHER, now=now
            )
        hospitals = []
        for site in patients:
            membership = _enrol(folder / site, site, door, server.port)
            uplink = stack.enter_context(membership.uplink())
            hospital = Hospital(membership, uplink, SuperNode(membership, uplink))
            stack.callback(hospital.supernode.stop)
            hospitals.append(hospital)
        for hospital in hospitals:
            hospital.freeze(patients[hospital.site])
        with open_session(home) as session:
            version = versions.propose(
                session, share=Fraction(2, 3), now=int(time.time())
            )
        for hospital in hospitals[: version.quorum]:
            vote = Vote(version_digest=version.digest, decision=Decision.APPROVE)
            hospital.say(vote)
        yield World(home, supervisor, hospitals)


def _enrol(home: Path, site: str, door: Door, port: int) -> Membership:
    paths = SitePaths(home)
    identity.make_keys(paths.keys)
    address = f"127.0.0.1:{port}"
    text = template(
        site=site, consortium=CONSORTIUM, address=address, enrolment=address
    )
    paths.config.write_text(text.replace("threads = 0", "threads = 1"))
    with open_session(door.home) as session:
        token = members.invite(session, site, site, now=door.now()).token
    with open_session(door.home) as session:
        issued = admission.enrol(
            session,
            identity.enrolment_request(paths.keys, token=token),
            authority=door.authority,
            log_key=door.vkey,
            now=door.now(),
        )
    identity.install(
        paths.keys,
        issued,
        root=pki.pem(door.authority.root),
        consortium=CONSORTIUM,
        site=site,
        now=door.now(),
    )
    return Membership.open(home)
