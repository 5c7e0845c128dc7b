"""A process that holds films does without what no film needs."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import site_agent.memory
assert "pydicom" in sys.modules
assert not {"requests", "gdcm"} & sys.modules.keys()
site_agent.memory.give_back_at_once()
import gdcm
"""


def test_pydicom_comes_without_what_it_rarely_needs_which_can_still_be_had() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", PROGRAM], check=True)
