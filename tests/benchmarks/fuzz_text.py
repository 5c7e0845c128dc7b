"""Scrub texts that nobody would write by the hundred thousand, and see that it stands.

    python -m tests.benchmarks.fuzz_text [--count 1000000] [--seed 1]

The texts of ``tests.site_agent.deidentify.text.odd_letters`` have what the rules know
in any order. It is a fault when scrubbing raises anything, takes more than 5 s, gives
spans that overlap or lie outside of the text, or leaves the known name. Exit 0 when
there is no fault; the first one ends the run and shows its text.
"""

from __future__ import annotations

import argparse
import faulthandler
import time
from itertools import islice

from site_agent.reports.plain import plain
from tests.site_agent.deidentify.text.odd_letters import fault_of, odd_letters

LONGEST_S = 5.0
_STUCK_S = 60
_EVERY = 100_000


def main() -> int:
    """Run, and tell whether there was a fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for number, (odd, language) in enumerate(
        islice(odd_letters(options.seed), options.count), 1
    ):
        faulthandler.dump_traceback_later(_STUCK_S, exit=True)
        fault = _fault(plain(odd).text, language)
        faulthandler.cancel_dump_traceback_later()
        if fault:
            print(f"text {number}, language {language}: {fault}\n{odd!r}")
            return 1
        if number % _EVERY == 0:
            print(f"{number:,} texts, no fault", flush=True)
    print(f"{options.count:,} texts, 0 faults")
    return 0


def _fault(text: str, language: str | None) -> str:
    started = time.process_time()
    try:
        fault = fault_of(text, language)
    except Exception as error:  # noqa: BLE001  whatever it is, it is a fault
        return f"raises {error!r}"
    slow = time.process_time() - started > LONGEST_S
    return f"takes more than {LONGEST_S} s" if slow else fault


if __name__ == "__main__":
    raise SystemExit(main())
