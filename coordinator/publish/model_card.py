"""The model card: what a model is, what it has seen, and what it may not be taken for.

After Mitchell et al., "Model Cards for Model Reporting" (2019), as plain Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from protos.training_pb2 import Network, Strategy, TrainingPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a card tells. Digests are raw SHA-256.

    `metrics` are the last round's, by site; `absent` are the sites that consented and
    did not answer in that round.
    """

    plan: str
    training: TrainingPlan
    version_digest: bytes
    bundle: bytes
    terms: bytes
    round_number: int
    sites: Sequence[str]
    absent: Sequence[str]
    metrics: Mapping[str, Mapping[str, float]]
    path: str
    sha256: bytes


def card(facts: Facts) -> str:
    """Return the card as Markdown."""
    return "\n".join(
        [
            f"# {facts.training.title or facts.plan}",
            "",
            *_model(facts),
            *_data(facts),
            *_results(facts),
            *_LIMITS,
        ]
    )


def _model(facts: Facts) -> list[str]:
    training = facts.training
    network, strategy = Network.Name(training.network), Strategy.Name(training.strategy)
    mu = training.proximal_mu_millionths / 1e6
    proximal = f", mu {mu:g}" if training.strategy == Strategy.FEDPROX else ""
    edge = training.image_size
    return [
        "## Model",
        "",
        f"- network: {network} (MONAI DenseNet, group normalisation, one grey channel)",
        f"- input: PA chest film, middle square, {edge} x {edge} pixels",
        "- output: logits of the 14 CheXpert observations, in their published order",
        f"- strategy: {strategy}{proximal}; {training.local_epochs} local epochs, "
        f"batch {training.batch_size}, learning rate "
        f"{training.learning_rate_millionths / 1e6:g}, seed {training.seed}",
        f"- round {facts.round_number} of {training.rounds}",
        f"- file: `{facts.path}`",
        f"- SHA-256: `{facts.sha256.hex()}`",
        "",
    ]


def _data(facts: Facts) -> list[str]:
    absent = (
        f"; absent in this round: {', '.join(facts.absent)}" if facts.absent else ""
    )
    return [
        "## Data and permission",
        "",
        f"- dataset version: {facts.training.dataset} {facts.training.version}",
        f"- commitment (SHA-256): `{facts.version_digest.hex()}`",
        f"- sites: {', '.join(facts.sites)}{absent}",
        f"- plan: {facts.plan}",
        f"- permit terms (SHA-256): `{facts.terms.hex()}`",
        f"- training code, as the bundle names it (SHA-256): `{facts.bundle.hex()}`",
        "- labels: from reports, by rule; what a report leaves open is masked",
        "- a third of each site's patients, chosen by pseudonym, was never trained on",
        "",
    ]


def _results(facts: Facts) -> list[str]:
    names = sorted({name for told in facts.metrics.values() for name in told})
    lines = ["## Results on each site's hold-out", ""]
    if not names:
        return [*lines, "No site had enough patients for a figure.", ""]
    lines += [
        f"| site | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
        *(
            f"| {site} | "
            + " | ".join(f"{told[name]:g}" if name in told else "-" for name in names)
            + " |"
            for site, told in sorted(facts.metrics.items())
        ),
        "",
        "An AUROC is told only where ten patients with the finding and ten without",
        "stand behind it, and is rounded to 0.01. `num-examples` are patients, rounded",
        "to ten.",
        "",
    ]
    return lines


_LIMITS = [
    "## Use and limits",
    "",
    "- for research within the consortium's agreement; not a medical device, and not",
    "  for the diagnosis or treatment of any patient",
    "- the labels are read from reports by rules and have errors; the films are of the",
    "  sites above, and results elsewhere may differ",
    "- training on patients' films leaves traces in the weights: whoever publishes the",
    "  model decides that with the sites' data protection officers",
    "- the hospitals named above are to be acknowledged in every publication",
    "",
    "Licence: as the consortium agreement says; the code is under Apache-2.0.",
    "",
]
