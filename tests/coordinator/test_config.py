"""``coordinator.toml`` and how a consortium is founded."""

from __future__ import annotations

import tomllib

import pytest

from coordinator import config
from coordinator.config import CoordinatorConfig, CoordinatorPaths
from coordinator.errors import ConfigurationError
from coordinator.founding import found
from protos.specification import Specification

NOW = 1_795_000_000


def test_new_file_says_all_defaults_and_is_read_back():
    text = config.new_config("north", ("coordinator.example", "192.0.2.7"))
    read = CoordinatorConfig.model_validate(tomllib.loads(text))
    assert read == CoordinatorConfig(
        consortium="north", hosts=("coordinator.example", "192.0.2.7")
    )


def test_all_faults_are_listed_at_once(tmp_path):
    (tmp_path / "coordinator.toml").write_text(
        """
        consortium = "North Consortium"
        hosts = []
        colour = "blue"
        [sites]
        port = 70000
        [governance]
        quorum = "1/3"
        [training]
        permit_days = "14"
        """
    )
    with pytest.raises(ConfigurationError) as error:
        config.load(tmp_path)
    told = str(error.value)
    for name in (
        *("consortium", "hosts", "colour", "sites.port"),
        *("governance.quorum", "training.permit_days"),
    ):
        assert f"  {name}: " in told
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ('certificate = "people.crt"', "both certificate and key"),
        ('listen = "0.0.0.0"', "on loopback only"),
    ],
)
def test_passwords_never_travel_in_clear(tmp_path, people, told):
    (tmp_path / "coordinator.toml").write_text(
        f'consortium = "north"\n[people]\n{people}\n'
    )
    with pytest.raises(ConfigurationError, match=told):
        config.load(tmp_path)


@pytest.mark.parametrize("quorum", ["1/2", "3/2", "two thirds", "1/0", "-2/3"])
def test_quorum_is_more_than_half_and_at_most_all(tmp_path, quorum):
    (tmp_path / "coordinator.toml").write_text(
        f'consortium = "north"\n[governance]\nquorum = "{quorum}"\n'
    )
    with pytest.raises(ConfigurationError, match=r"governance\.quorum"):
        config.load(tmp_path)


def test_folder_without_configuration_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match="coordinator init"):
        config.load(tmp_path)
    (tmp_path / "coordinator.toml").write_text("consortium = ")
    with pytest.raises(ConfigurationError, match="not TOML"):
        config.load(tmp_path)


def founded(home, **changes):
    usual = {
        "consortium": "north",
        "hosts": ("localhost",),
        "passphrase": None,
        "specification": Specification(),
        "now": NOW,
    }
    return found(home, **(usual | changes))


def test_founding_takes_an_empty_folder_and_leaves_nothing_beside(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    fingerprint = founded(home)
    assert len(fingerprint.split(":")) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    paths = CoordinatorPaths(home)
    assert config.load(home).consortium == "north"
    assert all(
        path.is_dir() and not path.stat().st_mode & 0o077
        for path in (paths.root, paths.pki, paths.models, paths.superlink, paths.logs)
    )


def test_consortium_is_never_founded_over_another(tmp_path):
    founded(tmp_path / "home")
    with pytest.raises(ConfigurationError, match="not empty"):
        founded(tmp_path / "home")


def test_interrupted_founding_begins_again(tmp_path):
    (tmp_path / ".home.new" / "pki").mkdir(parents=True)
    (tmp_path / ".home.new" / "pki" / "root.crt").write_text("half")
    founded(tmp_path / "home")
    assert config.load(tmp_path / "home")


def test_ill_formed_name_leaves_nothing(tmp_path):
    with pytest.raises(ConfigurationError, match="consortium"):
        founded(tmp_path / "home", consortium="North Consortium")
    assert list(tmp_path.iterdir()) == []
