import hashlib
import io
import tomllib
import zipfile
from pathlib import Path

import pytest
from flwr.cli.install import install_from_fab
from flwr.common.config import get_fab_config

from protos import bundle

TERMS = hashlib.sha256(b"terms").digest()


def test_two_builds_are_the_same_bytes() -> None:
    first = bundle.build()
    bundle.build.cache_clear()
    assert bundle.build() == first
    assert bundle.digest() == hashlib.sha256(first).digest()


def test_bundle_has_no_code() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.build())) as archive:
        assert archive.namelist() == ["pyproject.toml", ".info/CONTENT"]


def test_flower_reads_the_bundle_and_finds_both_apps() -> None:
    components = get_fab_config(bundle.build())["tool"]["flwr"]["app"]["components"]
    assert components == {
        "serverapp": "coordinator.training.server_app:app",
        "clientapp": "site_agent.train.client_app:app",
    }


def test_flower_installs_the_bundle(tmp_path) -> None:
    installed = install_from_fab(bundle.build(), tmp_path, skip_prompt=True)
    assert [path.name for path in installed.iterdir()] == ["pyproject.toml"]


def test_run_configuration_comes_back() -> None:
    assert bundle.terms_digest(bundle.run_config(TERMS)) == TERMS


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"permit": ""},
        {"permit": TERMS.hex().upper()},
        {"permit": TERMS.hex()[:-2]},
        {"permit": "zz" * 32},
        {"permit": " " + TERMS.hex()[1:]},
        {"permit": 7},
        {"permit": TERMS.hex(), "rounds": 1},
        None,
    ],
)
def test_any_other_configuration_names_no_permit(config) -> None:
    assert bundle.terms_digest(config) is None


def test_bundle_bears_the_version_of_the_package() -> None:
    root = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert (
        get_fab_config(bundle.build())["project"]["version"]
        == (root["project"]["version"])
    )
