"""What dciodvfy of Debian's dicom3tools finds wrong in a file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path


def errors_in(path: Path) -> set[str]:
    """Give its error lines, without the UIDs that it quotes."""
    program = shutil.which("dciodvfy") or ""
    done = subprocess.run([program, path], capture_output=True, check=False)
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    return {re.sub(r"<[\d.]+>", "", line) for line in lines if line[:5] == "Error"}
