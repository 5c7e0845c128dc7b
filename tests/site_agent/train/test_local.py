import numpy as np
import pytest
import torch

from protos import update
from protos.statistics_pb2 import Assertion, Observation
from protos.training_pb2 import Network, Strategy, TrainingPlan
from site_agent.train import local, network
from site_agent.train.dataset import Examples
from site_agent.train.loss import (
    OBSERVATIONS,
    masked_binary_cross_entropy,
    reported_loss,
    targets,
)

RECIPE = local.Recipe(
    epochs=1, batch_size=4, learning_rate=1e-3, proximal_mu=0.0, seed=7
)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def examples():
    random = np.random.default_rng(1)
    values = random.random((12, 14)) < 0.5
    images = random.integers(0, 30000, (12, 32, 32)) + values[:, :1, None] * 30000
    return Examples(
        images.astype(np.uint16),
        values.astype(np.float32),
        random.random((12, 14)) < 0.8,
        tuple(f"P{number}" for number in range(12)),
    )


def tiny(seed=1):
    return network.build(Network.DENSENET_TINY, seed=seed)


def weights(module):
    return torch.cat([weight.detach().flatten() for weight in module.parameters()])


def test_same_seed_same_weights_and_the_global_generator_is_left_alone():
    state = torch.get_rng_state()
    assert torch.equal(weights(tiny()), weights(tiny()))
    assert not torch.equal(weights(tiny()), weights(tiny(2)))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("kind", [Network.DENSENET_TINY, Network.DENSENET121])
def test_networks_have_no_batch_statistics(kind):
    module = network.build(kind, seed=1)
    assert not list(module.buffers())
    assert module(torch.zeros(1, 1, 64, 64)).shape == (1, 14)


def test_unknown_network_is_refused():
    with pytest.raises(ValueError, match="not a network"):
        network.build(Network.NETWORK_UNSPECIFIED, seed=1)


def test_training_is_the_same_twice(examples):
    first, second = tiny(), tiny()
    assert local.train(first, examples, RECIPE) == local.train(second, examples, RECIPE)
    assert torch.equal(weights(first), weights(second))


def test_loss_falls(examples):
    module = tiny()
    losses = [local.train(module, examples, RECIPE) for _ in range(8)]
    assert losses[-1] < losses[0]


def test_proximal_term_keeps_the_weights_near(examples):
    begin = weights(tiny())

    def moved(mu):
        module = tiny()
        recipe = local.Recipe(
            epochs=4, batch_size=4, learning_rate=1e-3, proximal_mu=mu, seed=7
        )
        local.train(module, examples, recipe)
        return (weights(module) - begin).norm()

    assert moved(100.0) < moved(0.0)


def test_mu_counts_only_for_fedprox():
    plan = TrainingPlan(
        strategy=Strategy.FEDAVG, proximal_mu_millionths=10_000, batch_size=8
    )
    assert local.Recipe.of(plan, 1).proximal_mu == 0
    plan.strategy = Strategy.FEDPROX
    assert local.Recipe.of(plan, 1).proximal_mu == 0.01


def test_rounds_shuffle_differently():
    plan = TrainingPlan(seed=4294967295)
    assert local.Recipe.of(plan, 1).seed != local.Recipe.of(plan, 2).seed


def test_prediction_does_not_hang_on_the_batch(examples):
    module = tiny()
    whole = local.predict(module, examples, batch_size=12)
    assert whole.shape == (12, 14)
    parts = local.predict(module, examples, batch_size=5)
    assert np.allclose(whole, parts, atol=1e-5)


def test_mask_hides_from_the_loss():
    logits = torch.tensor([[100.0, 0.0]])
    values = torch.tensor([[0.0, 1.0]])
    shown = masked_binary_cross_entropy(logits, values, torch.tensor([[False, True]]))
    assert shown.item() == pytest.approx(np.log(2))


def test_nothing_shown_is_no_loss():
    hidden = masked_binary_cross_entropy(
        torch.ones(2, 2), torch.ones(2, 2), torch.zeros(2, 2, dtype=torch.bool)
    )
    assert hidden.item() == 0


@pytest.mark.parametrize("logit", [11.0, 1e4, 1e30, float("inf")])
def test_extreme_logits_do_not_tell_how_many_labels_are_positive(logit):
    values = torch.zeros(100, 14)
    values[:37, 0] = 1
    logits = torch.zeros(100, 14)
    logits[:, 0] = -logit
    mask = torch.zeros(100, 14, dtype=torch.bool)
    mask[:, 0] = True
    ten = logits.clamp(-10, 10)
    loss = reported_loss(logits, values, mask)
    assert loss == reported_loss(ten, values, mask)
    assert loss <= update.LARGEST_LOSS


def test_bounds_of_the_loss_are_those_of_the_contract(examples):
    wrong, shown = torch.full((1, 14), update.LARGEST_LOGIT), torch.ones(1, 14)
    worst = reported_loss(wrong * 99, torch.zeros(1, 14), shown.bool())
    for name in (update.TRAIN_LOSS, update.HOLD_OUT_LOSS):
        metric = update.METRICS[name]
        assert metric.rounded(worst) == pytest.approx(worst, abs=0.005)
        assert not metric.admits(update.LARGEST_LOSS + metric.step)
        assert metric.step == 0.01
    module = tiny()
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(100)
    assert local.train(module, examples, RECIPE) <= update.LARGEST_LOSS + 0.005


def test_what_each_assertion_means():
    labels = dict.fromkeys(OBSERVATIONS, Assertion.NOT_MENTIONED)
    labels[Observation.EDEMA] = Assertion.POSITIVE
    labels[Observation.FRACTURE] = Assertion.NEGATIVE
    labels[Observation.PNEUMONIA] = Assertion.UNCERTAIN
    values, mask = targets([labels])
    shown = {
        Observation.Name(observation): value
        for observation, value, visible in zip(
            OBSERVATIONS, values[0], mask[0], strict=True
        )
        if visible
    }
    assert shown == {"EDEMA": 1.0, "FRACTURE": 0.0, "NO_FINDING": 0.0}
