"""Messages in plain words, for whoever decides on them or reads what left.

Pure: messages in, lines or JSON values out. Nothing is left out and nothing is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message

from protos.dataset_pb2 import DatasetVersion, SiteRoot
from protos.training_pb2 import Network, PermitTerms, Strategy


def readable(message: Message) -> dict[str, Any]:
    """Turn a message into JSON values.

    Bytes become hexadecimal, enumerations their names, counts in tens what they mean
    ("about 30", "fewer than 10"), times UTC.
    """
    return {
        field.name: [_value(field, item) for item in getattr(message, field.name)]
        if field.is_repeated
        else _value(field, getattr(message, field.name))
        for field in message.DESCRIPTOR.fields
        if not field.has_presence or message.HasField(field.name)
    }


# Any: protobuf has a Python and a C descriptor, without a common type.
def _value(field: Any, value: Any) -> Any:
    if isinstance(value, Message):
        return readable(value)
    if isinstance(value, bytes):
        return value.hex()
    if field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    if field.name.endswith("tens"):
        return about(value)
    if field.name in ("issued_at", "valid_from", "valid_until"):
        return moment(value)
    return value


def about(tens: int) -> str:
    """Say what a count in tens means (``protos/statistics.proto``)."""
    return f"about {tens * 10}" if tens else "fewer than 10"


def moment(seconds: int) -> str:
    """Write Unix seconds as ``2026-11-21 08:30:00 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def size(count: int) -> str:
    """Write a number of bytes as people read it."""
    amount = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def version(proposal: DatasetVersion, *, site: str) -> list[str]:
    """Say what a vote on a dataset version is about."""
    return [
        f"Dataset {proposal.dataset}, version {proposal.version}",
        f"  specification  {proposal.specification.hex()}",
        *_roots(proposal.sites, site),
    ]


def permit(terms: PermitTerms, *, site: str) -> list[str]:
    """Say what signing these terms permits."""
    plan = terms.training
    limit = size(terms.upload_limit)
    return [
        f'Plan {terms.plan}: "{plan.title}"',
        f"  trains on      {plan.dataset} {plan.version}, {terms.version_digest.hex()}",
        f"  with           {Network.Name(plan.network)}, {plan.image_size} x "
        f"{plan.image_size} pixels, {Strategy.Name(plan.strategy)}",
        f"  for            {plan.rounds} rounds of {plan.local_epochs} local epochs, "
        f"{plan.batch_size} films at a time",
        f"  learning       rate {plan.learning_rate_millionths / 1e6:g}, proximal term "
        f"{plan.proximal_mu_millionths / 1e6:g}, seed {plan.seed}",
        f"  from, until    {moment(terms.valid_from)}, {moment(terms.valid_until)}",
        f"  what leaves    model updates and figures per round, at most {limit}",
        f"  code           only what is installed here; bundle {terms.bundle.hex()}",
        f"  needs          {terms.quorum} of {len(terms.sites)} members, and for each "
        "site the consent of its data protection officer",
        *_roots(terms.sites, site),
    ]


def _roots(sites: Sequence[SiteRoot], site: str) -> list[str]:
    return ["  sites and the manifests that they must load:"] + [
        f"    {each.site:<20} {each.manifest_root.hex()}"
        + ("  (this site)" if each.site == site else "")
        for each in sites
    ]
