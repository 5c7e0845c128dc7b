"""The Flower bundle: it names the apps that each side has installed, and has no code.

Coordinator and site build it from the same file of the package that they installed, so
a site can demand, byte for byte, the bundle that it would have built itself. Members
and data protection officers sign its digest as part of a permit's terms.

The format is Flower's FAB: a zip archive with ``pyproject.toml`` and a list of digests,
``.info/CONTENT``. Nothing is compressed: what zlib makes of the same bytes differs from
one system to the next.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from importlib.resources import files

PERMIT_KEY = "permit"
"""The only key of a run's configuration."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX, _ZIP_2_0 = 3, 20


@cache
def build() -> bytes:
    """Return the bundle; always the same bytes for one version of the package."""
    project = files("protos").joinpath("flower_app", "pyproject.toml").read_bytes()
    listed = f"pyproject.toml,{hashlib.sha256(project).hexdigest()},{len(project) * 8}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (
            ("pyproject.toml", project),
            (".info/CONTENT", listed.encode()),
        ):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = _UNIX
            entry.create_version = entry.extract_version = _ZIP_2_0
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def digest() -> bytes:
    """Return the SHA-256 of the bundle, 32 bytes."""
    return hashlib.sha256(build()).digest()


def run_config(terms_digest: bytes) -> dict[str, str]:
    """Return the whole configuration of a run on the permit with these terms.

    Parameters
    ----------
    terms_digest : bytes
        SHA-256 of the exact bytes of the `PermitTerms`.
    """
    return {PERMIT_KEY: terms_digest.hex()}


def terms_digest(config: object) -> bytes | None:
    """Read back what `run_config` wrote; None for any other configuration."""
    match config:
        case {"permit": str(text), **others} if not others and len(text) == 64:
            try:
                named = bytes.fromhex(text)
            except ValueError:
                return None
            return named if named.hex() == text else None
    return None
