"""Mutants in which ``tests.benchmarks.fuzz_header`` found a fault once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.fuzz_header import attempt

MUTANTS = sorted((Path(__file__).parent / "mutants").glob("*.dcm"))


@pytest.mark.parametrize("path", MUTANTS, ids=lambda path: path.stem)
def test_mutant_has_no_fault_any_more(path: Path) -> None:
    outcome = attempt(path.read_bytes(), is_compared=True)
    assert not outcome.startswith("FAULT"), outcome
