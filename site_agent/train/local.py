"""Training and inference on one site's own examples. No Flower here, and no files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from protos.training_pb2 import Strategy, TrainingPlan
from site_agent.train.dataset import Examples
from site_agent.train.loss import masked_binary_cross_entropy, reported_loss

_SEEDS = 2**63


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one round trains here; read from the permit, never from a message.

    `proximal_mu` is that of FedProx (Li et al., 2018), 0 for FedAvg.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    proximal_mu: float
    seed: int

    @classmethod
    def of(cls, plan: TrainingPlan, round_number: int) -> Recipe:
        """Return the recipe of a round; rounds count from 1 and differ in the seed."""
        fedprox = plan.strategy == Strategy.FEDPROX
        return cls(
            epochs=max(plan.local_epochs, 1),
            batch_size=max(plan.batch_size, 1),
            learning_rate=plan.learning_rate_millionths / 1e6,
            proximal_mu=plan.proximal_mu_millionths / 1e6 if fedprox else 0.0,
            seed=(plan.seed * 1_000_003 + round_number) % _SEEDS,
        )


def train(
    network: nn.Module, examples: Examples, recipe: Recipe, *, device: str = "cpu"
) -> float:
    """Train `network` in place and return the mean loss of the last epoch as reported.

    The same weights, examples, recipe and number of threads give the same result.

    Parameters
    ----------
    examples : Examples
        At least one.
    device : str
        A torch device. On ``cuda`` the result is the same up to rounding only.
    """
    generator = torch.Generator().manual_seed(recipe.seed)
    network.to(device).train()
    before = [weight.detach().clone() for weight in network.parameters()]
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate)
    values, mask = torch.from_numpy(examples.values), torch.from_numpy(examples.mask)
    epoch_loss = 0.0
    for _ in range(recipe.epochs):
        total = 0.0
        order = torch.randperm(len(examples), generator=generator)
        for start in range(0, len(examples), recipe.batch_size):
            chosen = order[start : start + recipe.batch_size]
            logits = network(_images(examples, chosen.numpy()).to(device))
            told = values[chosen].to(device), mask[chosen].to(device)
            loss = masked_binary_cross_entropy(logits, *told)
            total += reported_loss(logits, *told) * len(chosen)
            if recipe.proximal_mu:
                loss = loss + recipe.proximal_mu / 2 * _distance(network, before)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no type here
            optimizer.step()
        epoch_loss = total / len(examples)
    return epoch_loss


def predict(
    network: nn.Module, examples: Examples, *, batch_size: int, device: str = "cpu"
) -> NDArray[np.float32]:
    """Return logits of shape (examples, 14)."""
    network.to(device).eval()
    logits = []
    with torch.inference_mode():
        for start in range(0, len(examples), batch_size):
            chosen = np.arange(start, min(start + batch_size, len(examples)))
            logits.append(network(_images(examples, chosen).to(device)).cpu().numpy())
    return np.concatenate(logits).astype(np.float32)


def _images(examples: Examples, chosen: NDArray[np.int64]) -> torch.Tensor:
    """Return a batch of shape (chosen, 1, edge, edge), values 0 to 1."""
    grey = examples.images[chosen].astype(np.float32) / np.iinfo(np.uint16).max
    return torch.from_numpy(grey[:, np.newaxis])


def _distance(network: nn.Module, before: list[torch.Tensor]) -> torch.Tensor:
    """Squared Euclidean distance of the weights from where the round began."""
    moved = [
        (now - then).square().sum()
        for now, then in zip(network.parameters(), before, strict=True)
    ]
    return torch.stack(moved).sum()
