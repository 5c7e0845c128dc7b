"""Rounds against a Grid in memory, whose sites answer as they are told."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, Error, Message, MetricRecord, RecordDict
from flwr.serverapp import Grid
from flwr.supercore.task_identity import TaskIdentity
from safetensors.numpy import load
from sqlmodel import select

from coordinator.config import CoordinatorPaths
from coordinator.consortium import bind_node, open_session, start_run
from coordinator.models import Metric, Model
from coordinator.training.grid import PlanGrid, TrainingFailed
from coordinator.training.server_app import PlannedRun, initial_weights
from coordinator.training.strategies import strategy_of
from protos import update
from protos.training_pb2 import Network

SIZE = update.size(Network.DENSENET_TINY)
NODES = {1: "alder", 2: "birch", 3: "cedar", 9: "stranger"}


class Clock:
    """Moves by a second each time somebody looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Sites(Grid):
    """All sites at once. `answers` by site replace what an honest site answers."""

    def __init__(self) -> None:
        self.online = dict(NODES)
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, str]] = []
        self._waiting: dict[str, Message] = {}

    def get_node_ids(self):
        return list(self.online)

    def push_messages(self, messages):
        for message in messages:
            node = message.metadata.dst_node_id
            message.metadata.__dict__["_message_id"] = message.object_id
            self.asked.append((NODES[node], message.metadata.message_type))
            if node in self.online:
                self._waiting[message.metadata.message_id] = message
        return [message.metadata.message_id for message in messages]

    def pull_messages(self, message_ids):
        found = [
            self._waiting.pop(each) for each in set(message_ids) & set(self._waiting)
        ]
        return [self._reply(message) for message in found]

    def _reply(self, message: Message) -> Message:
        site = NODES[message.metadata.dst_node_id]
        told = self.answers.get(site)
        content = honest(site, message) if told is None else told
        reply = Message(content, reply_to=message)
        reply.metadata.__dict__["_src_node_id"] = 1  # as Flower's error replies do
        return reply

    def set_run(self, run):
        raise AssertionError

    run = property(set_run)
    create_message = send_and_receive = set_run


def honest(site, message):
    kind = message.metadata.message_type
    patients = {"alder": 30.0, "birch": 10.0, "cedar": 10.0}[site]
    value = {"alder": 1.0, "birch": 2.0, "cedar": 3.0}[site]
    vector = np.full(SIZE, value, np.float32)
    arrays = ArrayRecord({update.WEIGHTS: Array(vector)})
    if kind == update.INITIAL_WEIGHTS:
        return RecordDict({update.ARRAYS: arrays})
    if kind == update.EVALUATE:
        told = {"auroc-edema": 0.5, update.HOLD_OUT_LOSS: value}
        return RecordDict({update.METRIC_RECORD: MetricRecord(told)})
    content = RecordDict({update.ARRAYS: arrays})
    told = {update.EXAMPLES: patients, update.TRAIN_LOSS: value}
    content[update.METRIC_RECORD] = MetricRecord(told)
    return content


class Training:
    """What `server_app.main` puts together, without Flower's process around it."""

    def __init__(self, permit) -> None:
        self.permit = permit
        now = permit.consortium.now
        with open_session(permit.home) as session:
            start_run(session, permit.plan, 77, now=now)
            for node, site in NODES.items():
                if site != "stranger":
                    bind_node(session, node, site, now=now)
        self.sites = Sites()
        self.run = PlannedRun.load(permit.home, permit.digest)
        self.grid = PlanGrid(
            self.sites,
            sites=self.run.sites,
            nodes=self.run.nodes,
            minimum=self.run.minimum,
            patience=3,
            clock=Clock(),
        )

    def train(self, rounds=2):
        there = self.grid.wait_for_all()
        strategy = strategy_of(
            self.run.terms.training,
            grid=self.grid,
            listener=self.run,
            minimum=self.run.minimum,
        )
        weights = initial_weights(self.grid, there, SIZE)
        strategy.start(self.grid, weights, num_rounds=rounds, timeout=3)

    def metrics(self):
        rows = self.permit.read(lambda session: list(session.exec(select(Metric))))
        return {(row.round, row.site, row.name): row.value for row in rows}

    def models(self):
        return self.permit.read(lambda session: list(session.exec(select(Model))))


@pytest.fixture
def training(permit, monkeypatch) -> Training:
    monkeypatch.setattr("coordinator.training.grid._POLL_SECONDS", 0)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    # Flower's process knows who it is; this test is none.
    for name, value in {"_run_id": 77, "_node_id": 1, "_task_id": 5}.items():
        monkeypatch.setattr(TaskIdentity, name, value)
    return Training(permit)


def test_weights_are_the_mean_by_patients(training) -> None:
    training.train()
    first, second = training.models()
    path = CoordinatorPaths(training.permit.home).models / second.path
    content = path.read_bytes()
    assert hashlib.sha256(content).digest() == second.sha256
    tensors = load(content)
    assert sum(each.size for each in tensors.values()) == SIZE
    mean = (30 * 1 + 10 * 2 + 10 * 3) / 50
    assert np.allclose(next(iter(tensors.values())), mean)
    assert (first.round, second.round) == (1, 2)


def test_figures_of_every_round_are_kept_by_site(training) -> None:
    training.train()
    metrics = training.metrics()
    for number in (1, 2):
        assert metrics[number, "alder", update.EXAMPLES] == 30
        assert metrics[number, "cedar", "auroc-edema"] == 0.5
        assert metrics[number, "", update.TRAIN_LOSS] == 1.6
        assert metrics[number, "", update.HOLD_OUT_LOSS] == 1.6


def test_card_tells_sites_version_round_and_digest(training) -> None:
    training.train()
    model = training.models()[-1]
    for part in (
        "chest-radiographs 1.0.0",
        "alder, birch, cedar",
        "round 2 of 2",
        model.sha256.hex(),
        training.permit.digest.hex(),
        "| alder | 0.5 | 1 |",
        "not a medical device",
    ):
        assert part in model.card


def test_only_the_sites_of_the_permit_are_asked(training) -> None:
    training.train()
    assert {site for site, _ in training.sites.asked} == {"alder", "birch", "cedar"}
    queries = [site for site, kind in training.sites.asked if "query" in kind]
    assert queries == ["alder"]


REFUSED = Error(100, "This site does not take part: the permit has expired.")
NAN = np.full(SIZE, np.nan, np.float32)


def bad(vector=None, metrics=None, name=update.WEIGHTS):
    arrays = np.ones(SIZE, np.float32) if vector is None else vector
    content = RecordDict({update.ARRAYS: ArrayRecord({name: Array(arrays)})})
    told = {update.EXAMPLES: 10.0} if metrics is None else metrics
    content[update.METRIC_RECORD] = MetricRecord(told)
    return content


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (REFUSED, "the permit has expired"),
        (bad(vector=NAN), "not a finite number"),
        (bad(vector=np.ones(3, np.float32)), "not those of the network"),
        (bad(vector=np.ones(SIZE, np.float64)), "not those of the network"),
        (bad(name="other"), "cannot be read"),
        (bad(metrics={update.EXAMPLES: 7.0}), "figure that is not allowed"),
        (bad(metrics={"patients": 10.0}), "figure that is not allowed"),
        (bad(metrics={}), "how many patients"),
        (RecordDict(), "other records"),
    ],
)
def test_reply_that_breaks_the_contract_does_not_count(
    training, answer, reason
) -> None:
    training.sites.answers["cedar"] = answer
    training.train(rounds=1)
    metrics = training.metrics()
    assert (1, "cedar", update.EXAMPLES) not in metrics
    assert metrics[1, "", update.TRAIN_LOSS] == 1.25
    assert "absent in this round: cedar" in training.models()[0].card
    training.sites.answers["birch"] = answer
    with pytest.raises(TrainingFailed, match=reason) as failure:
        training.train(rounds=1)
    assert "1 sites gave an update and 2 are needed" in str(failure.value)


def test_too_few_sites_end_the_run_before_it_begins(training) -> None:
    training.sites.online = {1: "alder", 9: "stranger"}
    with pytest.raises(TrainingFailed, match="missing: birch, cedar"):
        training.train()
    assert not training.sites.asked


def test_two_of_three_sites_are_enough(training) -> None:
    del training.sites.online[2]
    training.train(rounds=1)
    assert "absent in this round: birch" in training.models()[0].card


def test_sites_that_go_away_for_good_end_the_run(training) -> None:
    kept = training.sites.push_messages

    def leave(messages):
        sent = kept(messages)
        if messages[0].metadata.message_type == update.EVALUATE:
            training.sites.online = {}
        return sent

    training.sites.push_messages = leave
    with pytest.raises(TrainingFailed, match="0 of 3 sites were there"):
        training.train()
    assert len(training.models()) == 1


def test_initial_weights_come_from_the_first_site_that_gives_them(training) -> None:
    training.sites.answers["alder"] = REFUSED
    there = training.grid.wait_for_all()
    record = initial_weights(training.grid, there, SIZE)
    assert record[update.WEIGHTS].numpy()[0] == 2.0
    training.sites.answers = dict.fromkeys(("alder", "birch", "cedar"), REFUSED)
    with pytest.raises(TrainingFailed, match=r"alder: .*birch: .*cedar: "):
        initial_weights(training.grid, there, SIZE)


def test_configuration_without_a_permit_trains_nothing(permit) -> None:
    for digest in (b"", bytes(32)):
        with pytest.raises(TrainingFailed, match="names no permit"):
            PlannedRun.load(permit.home, digest)
