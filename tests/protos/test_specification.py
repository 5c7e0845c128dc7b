"""Both sides name a specification by the digest of the same bytes."""

from __future__ import annotations

import json

import pytest

from protos.specification import Specification, SpecificationError


def test_specification_comes_back_from_its_canonical_bytes() -> None:
    other = Specification(least_rows=1, modalities=("CR",))
    assert Specification.parse(other.canonical) == other
    assert other.sha256 != Specification().sha256


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"least_rows": "2048"}, "least_rows"),
        ({"least_rows": True}, "least_rows"),
        ({"modalities": "DX"}, "modalities"),
        ({"modalities": [1]}, "modalities"),
        ({"must_be_signed": True}, "must_be_signed"),
    ],
)
def test_requirement_that_cannot_be_checked_is_refused(
    change: dict[str, object], told: str
) -> None:
    value = {**json.loads(Specification().canonical), **change}
    with pytest.raises(SpecificationError, match=told):
        Specification.parse(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"{}"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(SpecificationError):
        Specification.parse(data)


def test_other_spelling_of_the_same_values_is_refused() -> None:
    spaced = json.dumps(json.loads(Specification().canonical)).encode()
    with pytest.raises(SpecificationError, match="canonical"):
        Specification.parse(spaced)
