"""Founds a consortium: everything that a coordinator's home begins with."""

from __future__ import annotations

import shutil
from pathlib import Path

from coordinator import durable, pki
from coordinator.certificates import fingerprint
from coordinator.config import CoordinatorPaths, new_config
from coordinator.consortium.specifications import put_in_force
from coordinator.database import close, open_session, upgrade
from coordinator.errors import ConfigurationError
from protos.specification import Specification


def found(
    home: Path,
    *,
    consortium: str,
    hosts: tuple[str, ...],
    passphrase: bytes | None,
    specification: Specification,
    now: int,
) -> str:
    """Make the home of a new consortium; return the fingerprint of its root.

    It is made beside `home` and renamed, so that there is all of it or nothing.

    Raises
    ------
    ConfigurationError
        When `home` is not empty, or the names are not well formed.
    """
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise ConfigurationError(
            f"{home} is not empty; a consortium is founded in a folder of its own"
        )
    text = new_config(consortium, hosts)
    beside = home.with_name(f".{home.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    paths = CoordinatorPaths(durable.private_folder(beside))
    durable.write(paths.config, text.encode())
    authority = pki.create(
        paths.root, paths.pki, consortium, passphrase=passphrase, now=now
    )
    for folder in (paths.models, paths.superlink, paths.logs):
        durable.private_folder(folder)
    upgrade(beside)
    with open_session(beside) as session:
        put_in_force(session, specification, now=now)
    close(beside)
    durable.rename(beside, home)
    return fingerprint(authority.root)
