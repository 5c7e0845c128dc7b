"""The ClientApp's answers, on a site's real store, without Flower's processes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, RecordDict
from flwr.common.serde import message_from_proto
from flwr.proto.message_pb2 import Message as ProtoMessage
from flwr.proto.recorddict_pb2 import RecordDict as ProtoRecordDict

from protos import bundle, codec, envelope, update
from protos.consortium_pb2 import Agenda
from protos.dataset_pb2 import SiteRoot
from protos.envelope_pb2 import Envelope
from protos.specification import Specification
from protos.statistics_pb2 import Observation
from protos.training_pb2 import Network, PermitTerms, Strategy, TrainingPlan
from site_agent.config import SitePaths, template
from site_agent.errors import SiteError, TrainingRefused
from site_agent.store import Store
from site_agent.train import client_app, network
from site_agent.train.dataset import held_out
from tests.site_agent.flower import asked
from tests.site_agent.train.films import audited, film

SIZE = update.size(Network.DENSENET_TINY)
PLAN = TrainingPlan(
    title="Trial",
    dataset="chest-radiographs",
    version="1.0.0",
    network=Network.DENSENET_TINY,
    strategy=Strategy.FEDAVG,
    rounds=2,
    local_epochs=1,
    batch_size=16,
    image_size=32,
    learning_rate_millionths=1000,
    seed=3,
)


class Site:
    """A site's home with a frozen manifest and a permit on its agenda."""

    def __init__(self, home) -> None:
        self.paths = SitePaths(home)
        home.mkdir()
        text = template(
            site="alder", consortium="north", address="c:1", enrolment="c:2"
        )
        self.paths.config.write_text(text.replace("threads = 0", "threads = 1"))

    def freeze(self, patients) -> None:
        random = np.random.default_rng(1)
        with Store(self.paths) as store:
            for number, patient in enumerate(patients):
                ill = number % 2 == 1
                content = film(random.integers(0, 2000, (40, 40)) + 2000 * ill)
                positive = [Observation.PLEURAL_EFFUSION] if ill else []
                row = audited(f"S{number:015}", patient, content, positive)
                store.accept(row, {"primary.dcm": content, "report.json": b"{}"})
            root = store.freeze(Specification(), now=1).root
        terms = codec.encode(
            PermitTerms(
                plan="plan-1",
                training=PLAN,
                sites=[SiteRoot(site="alder", manifest_root=root)],
            )
        )
        permit = Envelope(payload=terms, payload_type=envelope.PERMIT)
        agenda = Agenda(specification=Specification().canonical, permits=[permit])
        (self.paths.home / "agenda.bin").write_bytes(codec.encode(agenda))
        self.config = bundle.run_config(envelope.digest(terms))

    def ask(self, answer, vector=None, **changes):
        proto = ProtoMessage(metadata=asked(), content=ProtoRecordDict())
        message = message_from_proto(proto)
        if vector is None:
            module = network.build(Network.DENSENET_TINY, seed=9)
            vector = network.to_vector(module)
        arrays = ArrayRecord({update.WEIGHTS: Array(vector)})
        content = RecordDict({update.ARRAYS: arrays})
        content["config"] = ConfigRecord({"server-round": 1, "lr": 99.0} | changes)
        message.content = content
        context = Context(
            run_id=1,
            node_id=2,
            node_config={},
            state=RecordDict(),
            run_config=self.config,
        )
        return answer(message, context).content


@pytest.fixture
def site(tmp_path, monkeypatch) -> Site:
    made = Site(tmp_path / "alder")
    monkeypatch.setenv("HILUM_SITE_HOME", str(made.paths.home))
    threads = torch.get_num_threads()
    yield made
    torch.set_num_threads(threads)


def patients(*, trained, hold_out):
    """Return pseudonyms, so many on each side."""
    names = [f"P{number:015}" for number in range(400)]
    inside = [name for name in names if not held_out(name)]
    outside = [name for name in names if held_out(name)]
    return inside[:trained] + outside[:hold_out]


def vector_of(content):
    return content.array_records[update.ARRAYS][update.WEIGHTS].numpy()


def metrics_of(content):
    return dict(content.metric_records.get(update.METRIC_RECORD, {}))


def test_training_answers_with_weights_and_rounded_figures(site) -> None:
    site.freeze(patients(trained=26, hold_out=2))
    content = site.ask(client_app.train)
    assert vector_of(content).shape == (SIZE,)
    metrics = metrics_of(content)
    assert metrics[update.EXAMPLES] == 30
    assert set(metrics) == {update.EXAMPLES, update.TRAIN_LOSS}
    assert all(update.METRICS[name].admits(told) for name, told in metrics.items())


def test_same_question_gets_the_same_answer_whatever_it_says_of_rates(site) -> None:
    site.freeze(patients(trained=12, hold_out=0))
    first = vector_of(site.ask(client_app.train))
    again = vector_of(site.ask(client_app.train, lr=0.5, epochs=40))
    assert np.array_equal(first, again)
    other_round = vector_of(site.ask(client_app.train, **{"server-round": 2}))
    assert not np.array_equal(first, other_round)


def test_few_patients_train_and_tell_no_loss(site) -> None:
    site.freeze(patients(trained=9, hold_out=1))
    assert metrics_of(site.ask(client_app.train)) == {update.EXAMPLES: 10}


def test_hold_out_of_few_patients_tells_nothing(site) -> None:
    site.freeze(patients(trained=5, hold_out=9))
    assert metrics_of(site.ask(client_app.evaluate)) == {}


def test_auroc_is_told_where_ten_stand_on_each_side(site) -> None:
    site.freeze(patients(trained=2, hold_out=24))
    metrics = metrics_of(site.ask(client_app.evaluate))
    assert set(metrics) == {
        update.HOLD_OUT_LOSS,
        "auroc-pleural-effusion",
        "auroc-no-finding",
    }
    assert all(update.METRICS[name].admits(told) for name, told in metrics.items())


def test_initial_weights_are_those_of_the_plans_seed(site) -> None:
    site.freeze(patients(trained=1, hold_out=1))
    module = network.build(Network.DENSENET_TINY, seed=PLAN.seed)
    content = site.ask(client_app.initial_weights)
    assert np.array_equal(vector_of(content), network.to_vector(module))


def test_patients_that_are_all_held_out_train_nothing(site) -> None:
    site.freeze(patients(trained=0, hold_out=3))
    with pytest.raises(TrainingRefused, match="no patient outside the hold-out"):
        site.ask(client_app.train)


def test_terms_that_this_site_does_not_hold_are_refused(site) -> None:
    site.freeze(patients(trained=3, hold_out=3))
    for config in ({}, bundle.run_config(bytes(32)), site.config | {"lr": 1.0}):
        site.config = config
        with pytest.raises(TrainingRefused, match="does not hold"):
            site.ask(client_app.train)


@pytest.mark.parametrize(
    "vector", [np.ones(3, np.float32), np.full(SIZE, np.nan, np.float32)]
)
def test_weights_that_are_not_the_networks_are_refused(site, vector) -> None:
    site.freeze(patients(trained=3, hold_out=3))
    with pytest.raises(TrainingRefused, match="weights are wrong"):
        site.ask(client_app.train, vector)


def test_manifest_that_is_not_frozen_here_is_refused(site) -> None:
    site.freeze(patients(trained=3, hold_out=3))
    site.paths.database.unlink()
    with pytest.raises(SiteError, match="No manifest"):
        site.ask(client_app.train)
