"""Flower's ClientApp: trains and evaluates on the frozen manifest that a permit names.

It runs in a process of its own, started by `site_agent.train.executor`. What it does is
read from the permit's terms, found by their digest, the only thing in the run's
configuration; from a message it takes the weights and the number of the round. What it
answers is rounded here and checked again, to the byte, at the gate.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray
from torch import nn

from protos import bundle, update
from protos.disclosure import THRESHOLD
from protos.training_pb2 import PermitTerms, TrainingPlan
from site_agent import agenda
from site_agent.config import SiteConfig, SitePaths
from site_agent.errors import TrainingRefused
from site_agent.store import Store
from site_agent.train import auroc, dataset, local, network
from site_agent.train.dataset import Examples
from site_agent.train.loss import OBSERVATIONS, reported_loss

app = ClientApp()


@app.query("initial_weights")
def initial_weights(message: Message, context: Context) -> Message:
    """Answer with a fresh network of the plan's seed; no study is read."""
    task = Task.of(context)
    return Message(RecordDict({update.ARRAYS: task.weights()}), reply_to=message)


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train one round; answer with the weights and how many patients they rest on."""
    task = Task.of(context, message)
    examples, _ = task.examples().split()
    if not len(examples):
        raise TrainingRefused("The manifest has no patient outside the hold-out.")
    round_number = message.content.config_records["config"]["server-round"]
    if not isinstance(round_number, int):
        raise TrainingRefused("The message does not say which round this is.")
    recipe = local.Recipe.of(task.plan, round_number)
    loss = local.train(task.network, examples, recipe, device=task.device)
    patients = len(set(examples.patients))
    metrics = {update.EXAMPLES: float(patients)}
    if patients >= THRESHOLD:
        metrics[update.TRAIN_LOSS] = loss
    content = RecordDict({update.ARRAYS: task.weights()})
    content[update.METRIC_RECORD] = _told(metrics)
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Measure the weights on the hold-out; answer with what may be told."""
    task = Task.of(context, message)
    _, examples = task.examples().split()
    metrics = measure(task.network, examples, device=task.device)
    record = RecordDict({update.METRIC_RECORD: _told(metrics)})
    return Message(record, reply_to=message)


def measure(module: nn.Module, examples: Examples, *, device: str) -> dict[str, float]:
    """Return the figures of a network that rest on enough patients."""
    if len(set(examples.patients)) < THRESHOLD:
        return {}
    logits = local.predict(module, examples, batch_size=64, device=device)
    loss = reported_loss(
        torch.from_numpy(logits),
        torch.from_numpy(examples.values),
        torch.from_numpy(examples.mask),
    )
    metrics = {update.HOLD_OUT_LOSS: loss}
    for column, observation in enumerate(OBSERVATIONS):
        shown = examples.mask[:, column]
        figure = auroc.told(
            logits[shown, column],
            examples.values[shown, column] == 1,
            [examples.patients[row] for row in np.flatnonzero(shown)],
        )
        if figure is not None:
            metrics[update.auroc_of(observation)] = figure
    return metrics


def _told(metrics: dict[str, float]) -> MetricRecord:
    return MetricRecord(
        {name: update.METRICS[name].rounded(value) for name, value in metrics.items()}
    )


@dataclass(frozen=True, slots=True)
class Task:
    """What one message is to be answered with."""

    paths: SitePaths
    site: str
    terms: PermitTerms
    network: nn.Module
    device: str

    @classmethod
    def of(cls, context: Context, message: Message | None = None) -> Task:
        """Find the terms and make the network, and give it the message's weights.

        Raises
        ------
        TrainingRefused
            When the site does not hold these terms, or the weights are not the
            network's.
        """
        paths = SitePaths(Path(os.environ["HILUM_SITE_HOME"]))
        config = SiteConfig.load(paths)
        torch.set_num_threads(config.threads or os.cpu_count() or 1)
        digest = bundle.terms_digest(dict(context.run_config))
        terms = agenda.terms(agenda.last_heard(paths)).get(digest or b"")
        if terms is None:
            raise TrainingRefused("The run is on terms that this site does not hold.")
        module = network.build(terms.training.network, seed=terms.training.seed)
        if message is not None:
            try:
                network.from_vector(module, _vector(message))
            except (KeyError, TypeError, ValueError) as error:
                raise TrainingRefused(
                    f"The message's weights are wrong: {error}."
                ) from error
        return cls(paths, config.site, terms, module, config.device)

    @property
    def plan(self) -> TrainingPlan:
        """The researcher's plan, as it was permitted."""
        return self.terms.training

    def weights(self) -> ArrayRecord:
        """Return the network's weights as they travel."""
        return ArrayRecord({update.WEIGHTS: Array(network.to_vector(self.network))})

    def examples(self) -> Examples:
        """Load the manifest that the permit names for this site."""
        roots = {each.site: each.manifest_root for each in self.terms.sites}
        with Store(self.paths) as store:
            manifest = store.manifest(roots[self.site])
            films = [
                store.study_folder(study) / study.primary.name
                for study in manifest.studies
            ]
        return dataset.load(
            manifest.studies,
            films,
            root=manifest.root,
            image_size=self.plan.image_size,
            cache=self.paths.train,
        )


def _vector(message: Message) -> NDArray[np.float32]:
    array = message.content.array_records[update.ARRAYS][update.WEIGHTS]
    return array.numpy()
