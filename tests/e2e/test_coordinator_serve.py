"""``coordinator serve`` as a process: it opens its doors, and ends when told to."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from coordinator import pki
from coordinator.config import CoordinatorPaths
from coordinator.database import close
from coordinator.founding import found
from protos.specification import Specification

pytestmark = pytest.mark.e2e
PROGRAM = [sys.executable, "-c", "from coordinator.cli import main; main()"]
ANY_PORT = ["--port", "0", "--enrolment-port", "0", "--people-port", "0"]
DEADLINE = 60.0


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "coordinator"
    found(
        home,
        consortium="north",
        hosts=("localhost",),
        passphrase=None,
        specification=Specification(),
        now=int(time.time()),
    )
    close(home)
    return home


def begin(home, *options):
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [*PROGRAM, "serve", "--home", str(home), "--no-training", *ANY_PORT, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )


def addresses(home, process):
    """Wait for the file that says that the doors are open."""
    path, end = CoordinatorPaths(home).addresses, time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if path.exists():
            return json.loads(path.read_bytes())
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the doors did not open")


@pytest.fixture
def serving(home):
    process = begin(home)
    yield process, addresses(home, process)
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_cleanly_when_told(home, serving, number):
    process, found_at = serving
    assert httpx.get(f"{found_at['people']}/healthz").json() == {"status": "ok"}
    assert set(found_at) == {"people", "sites", "enrolment"}
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0
    assert err == ""
    assert found_at["people"] in out
    assert out.endswith("stopped\n")
    assert not CoordinatorPaths(home).addresses.exists()
    log = (CoordinatorPaths(home).logs / "coordinator.log").read_text()
    assert "ERROR" not in log


def test_people_come_over_tls_where_a_certificate_is_given(home):
    paths = CoordinatorPaths(home)
    authority = pki.load(paths.pki, "north")
    pki.server_certificate(paths.pki, authority, ["localhost"], now=int(time.time()))
    text = paths.config.read_text().replace(
        '[people]\nlisten = "127.0.0.1"',
        f'[people]\nlisten = "0.0.0.0"\n'
        f'certificate = "{paths.pki}/server.crt"\nkey = "{paths.pki}/server.key"',
    )
    paths.config.write_text(text)
    process = begin(home)
    port = addresses(home, process)["people"].rpartition(":")[2]
    trusted = ssl.create_default_context(cafile=paths.pki / "root.crt")
    answer = httpx.get(f"https://localhost:{port}/healthz", verify=trusted)
    assert answer.headers["Strict-Transport-Security"]
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://localhost:{port}/healthz")
    process.terminate()
    process.communicate(timeout=DEADLINE)
    assert process.returncode == 0


def test_two_coordinators_do_not_share_a_home(home, serving):
    second = begin(home)
    _, err = second.communicate(timeout=DEADLINE)
    assert second.returncode == 2
    assert "already" in err
    assert CoordinatorPaths(home).addresses.exists()


def test_taken_port_is_said_to_be_taken(home, serving, tmp_path):
    _, found_at = serving
    other = tmp_path / "other"
    found(
        other,
        consortium="south",
        hosts=("localhost",),
        passphrase=None,
        specification=Specification(),
        now=int(time.time()),
    )
    close(other)
    for option, door in (("--port", "sites"), ("--people-port", "people")):
        port = found_at[door].rpartition(":")[2]
        second = begin(other, option, port)
        _, err = second.communicate(timeout=DEADLINE)
        assert second.returncode == 2
        assert f"cannot listen on 127.0.0.1:{port}" in err
        assert "Traceback" not in err
        assert not CoordinatorPaths(other).addresses.exists()


def test_coordinator_that_was_killed_starts_again(home):
    process = begin(home)
    addresses(home, process)
    process.kill()
    process.communicate()
    assert CoordinatorPaths(home).addresses.exists()  # nobody could remove it
    process = begin(home)
    found_at = None
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            found_at = json.loads(CoordinatorPaths(home).addresses.read_bytes())
            httpx.get(f"{found_at['people']}/healthz")
            break
        except (OSError, ValueError, httpx.TransportError):
            time.sleep(0.05)
    process.terminate()
    process.communicate(timeout=DEADLINE)
    assert found_at is not None
    assert process.returncode == 0
