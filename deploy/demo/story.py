"""The story, chapter by chapter: from the first key to a federated model."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.demo.programs import ChapterFailed
from deploy.demo.stage import CONSORTIUM, PEOPLE, Site, Stage, hospitals_in

SEED = 20261121
_PLAN = """\
title = "Demonstration on {sites} hospitals"
dataset = "{dataset}"
version = "{version}"
network = "densenet-tiny"
strategy = "fedprox"
proximal_mu = 0.001
rounds = 3
local_epochs = 8
batch_size = 8
image_size = 64
learning_rate = 0.002
seed = 7
"""


def inboxes(stage: Stage) -> None:
    """Make the hospitals' exports, or take those that are there."""
    if stage.data:
        found = hospitals_in(stage.data.absolute())
        stage.say(f"{len(found)} inboxes below {stage.data}; they are only read")
    else:
        folder = stage.folder / "inboxes"
        sizes = ("--studies", str(stage.studies), "--seed", str(SEED))
        command = ("python", "-m", "deploy.hospital", folder, *sizes)
        stage.show(*command)
        stage.programs.run(*command, deadline=300)
        found = hospitals_in(folder)
        stage.say(
            "synthetic films and reports with planted identifiers; the answer key is "
            "beside them and no program reads it"
        )
    stage.sites += [Site(path.name, path, stage.folder / path.name) for path in found]
    for site in stage.sites:
        files = sum(path.is_file() for path in site.inbox.rglob("*"))
        stage.say(f"{site.name}: {files} files")


def coordinator(stage: Stage) -> None:
    """Found the consortium and open the coordinator's doors."""
    printed = stage.coordinate("init", "--consortium", CONSORTIUM)
    fingerprint = re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", printed)
    if fingerprint is None:
        raise ChapterFailed("`coordinator init` printed no fingerprint of its root")
    stage.figures["fingerprint"] = fingerprint[0]
    stage.say(f"root of all certificates, SHA-256 {fingerprint[0][:23]}...")
    for name in PEOPLE:
        file = stage.password_file(name)
        stage.coordinate("user", "add", name, "--role", name, "--password-file", file)
    # Any free port, so that two demonstrations can run side by side.
    ports = ("--port", "0", "--enrolment-port", "0", "--people-port", "0")
    serving = stage.serve("coordinator", "serve", *ports, home=stage.coordinator)
    addresses = stage.programs.wait_for(
        "the coordinator's doors",
        lambda: _json(stage.coordinator / "addresses.json"),
        deadline=60,
        log=serving.log,
    )
    stage.figures["console"] = addresses["people"]
    stage.say(f"people: {addresses['people']}   sites: {addresses['sites']}")


def members(stage: Stage) -> None:
    """Invite the hospitals; each makes its keys and checks the root's fingerprint."""
    folder = stage.folder / "invitations"
    folder.mkdir()
    for number, site in enumerate(stage.sites, 1):
        file = folder / f"{site.name}.json"
        stage.coordinate(
            "invite", site.name, "--name", f"Hospital {number}", "--output", file
        )
        stage.site_agent(
            site,
            *("init", "--invitation", file, "--fingerprint"),
            stage.figures["fingerprint"],
            *("--controller", f"Hospital {number}"),
            *("--controller-contact", f"office@{site.name}.example"),
            *("--dpo", f"Data protection officer of hospital {number}"),
            *("--dpo-contact", f"dpo@{site.name}.example"),
            deadline=60,
        )
        _set(site.home / "site.toml", poll_seconds=2, threads=1)
    stage.say(f"{len(stage.sites)} hospitals have joined, each with keys of its own")


def studies(stage: Stage) -> None:
    """Run every inbox through the pipeline."""
    stage.figures["studies"] = {}
    for site in stage.sites:
        start = time.monotonic()
        stage.site_agent(site, "run", site.inbox, deadline=900)
        took = time.monotonic() - start
        rows = json.loads(stage.site_agent(site, "studies", "--json", deadline=60))
        counts = Counter(row["disposition"] for row in rows)
        reasons = Counter(
            (row["disposition"], reason["code"])
            for row in rows
            for reason in row["reasons"]
        )
        stage.figures["studies"][site.name] = {
            "dispositions": dict(counts),
            "reasons": [
                {"disposition": disposition, "reason": reason, "studies": count}
                for (disposition, reason), count in sorted(reasons.items())
            ],
            "seconds": round(took, 1),
        }
        told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        stage.say(f"{site.name}: {len(rows)} studies in {took:.0f} s: {told}")


def publications(stage: Stage) -> None:
    """Freeze a manifest at each hospital, publish about it, and stay in touch."""
    for site in stage.sites:
        frozen = stage.site_agent(site, "freeze", deadline=300)
        stage.say(f"{site.name}: {_last_line(frozen)}")
        stage.site_agent(site, "publish", deadline=120)
    for site in stage.sites:
        stage.serve("site-agent", "serve", home=site.home)
    for line in stage.coordinate("status").splitlines():
        stage.quote(line)
    stage.figures["progress"] = stage.api("progress")
    stage.figures["compliance"] = stage.api("compliance")


def version(stage: Stage) -> None:
    """Propose a dataset version, vote on it at every hospital, release it."""
    stage.coordinate("propose")
    proposed = stage.api("versions")[0]
    number = proposed["version"]
    stage.say(f"{number} is proposed; it needs {proposed['quorum']} votes")
    released = None
    for site in stage.sites:
        if released:
            stage.say(f"{site.name}: the quorum is reached without its vote")
            continue
        stage.site_agent(site, "vote", number, "approve", deadline=60)
        released = _first(stage.api("versions"), version=number, state="released")
    if released is None:
        raise ChapterFailed(f"all have voted, and {number} is not released")
    stage.figures["version"] = {
        name: released[name] for name in ("dataset", "version", "digest", "votes")
    }
    stage.say(f"{released['dataset']} {released['version']} is released")


def permit(stage: Stage) -> None:
    """Submit a training plan; members approve it and each officer consents."""
    file = stage.folder / "plan.toml"
    released = stage.figures["version"]
    file.write_text(
        _PLAN.format(
            sites=len(stage.sites),
            dataset=released["dataset"],
            version=released["version"],
        )
    )
    consortium(
        stage,
        *("login", stage.figures["console"], "--username", "researcher"),
        *("--password-file", stage.password_file("researcher")),
    )
    consortium(stage, "plan", "submit", file)
    plan = stage.api("plans", user="researcher")[0]["plan"]
    for site in stage.sites:
        stage.site_agent(site, "permits", "approve", plan, "--yes", deadline=60)
        stage.site_agent(site, "permits", "consent", plan, "--yes", deadline=60)
    stage.figures["plan"] = plan
    stage.say(f"{plan} is signed by all members and by all officers")


def training(stage: Stage) -> None:
    """Follow the run, which starts by itself."""
    plan, told = stage.figures["plan"], 0

    def finished() -> dict[str, Any] | None:
        nonlocal told
        run = _first(stage.api("runs"), plan=plan)
        if run and run["rounds_done"] > told:
            told = run["rounds_done"]
            stage.say(f"round {told} of {run['rounds']} is done at every site")
        return run if run and run["state"] != "running" else None

    run = _wait(stage, "the end of the training run", finished, deadline=600)
    if run["state"] != "finished":
        raise ChapterFailed(
            f"the run {run['state']}: {run['detail']}; log: {stage.coordinator}/logs"
        )
    stage.figures["run"] = run
    stage.figures["metrics"] = stage.api(f"runs/{plan}/metrics", user="researcher")


def model(stage: Stage) -> None:
    """Take the model and its card as the researcher."""
    folder = stage.folder / "model"
    folder.mkdir()
    held = _wait(
        stage,
        "the model",
        lambda: _first(stage.api("models"), plan=stage.figures["plan"]),
        deadline=60,
    )
    file, card = folder / "model.safetensors", folder / "card.md"
    consortium(stage, "model", "get", held["sha256"], "--output", file)
    card.write_text(consortium(stage, "model", "card", held["sha256"]))
    stage.figures["model"] = {**held, "bytes": file.stat().st_size}
    stage.say(f"{file.stat().st_size} bytes, SHA-256 {held['sha256']}")


def departures(stage: Stage) -> None:
    """Read at each hospital what left it, and check its ledger."""
    stage.figures["left"] = {}
    for site in stage.sites:
        printed = stage.site_agent(site, "egress", "list", "--totals", deadline=60)
        rows = re.findall(r"(?m)^(\S+)\s+(\d+)\s+(\d+) bytes$", printed)
        stage.figures["left"][site.name] = {
            kind: {"entries": int(count), "bytes": int(size)}
            for kind, count, size in rows
        }
        verified = stage.site_agent(site, "egress", "verify", deadline=60)
        stage.say(f"{site.name}: {_last_line(verified)}")
    head = stage.api("log/checkpoint")
    size, cosigned = int(head["checkpoint"].splitlines()[1]), head["cosigned_sizes"]
    stage.figures["log"] = {"size": size, "cosigned": cosigned}
    seen = ", ".join(f"{size} by {site}" for site, size in cosigned.items())
    stage.say(f"the consortium's log has {size} leaves; cosigned: {seen}")


CHAPTERS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("The hospitals' inboxes", inboxes),
    ("A coordinator", coordinator),
    ("The hospitals join", members),
    ("Studies, from the inbox to the store", studies),
    ("What the hospitals publish", publications),
    ("A dataset version", version),
    ("A training plan and its permit", permit),
    ("Federated training", training),
    ("The model", model),
    ("What left each hospital", departures),
)


def consortium(stage: Stage, *arguments: str | Path) -> str:
    """Run one command of the researcher's client."""
    stage.show("consortium", *arguments)
    home = {"HILUM_CONSORTIUM_HOME": str(stage.folder / "researcher")}
    return stage.programs.run("consortium", *arguments, deadline=60, environment=home)


def _wait(stage: Stage, what: str, look: Callable[[], Any], *, deadline: float) -> Any:
    log = stage.programs.running[0].log
    return stage.programs.wait_for(what, look, deadline=deadline, log=log)


def _first(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any] | None:
    """Give the first row with these values."""
    return next((row for row in rows if wanted.items() <= row.items()), None)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None  # not there yet, or being written


def _set(config: Path, **values: int) -> None:
    """Change numbers in a settings file, as an editor would."""
    text = config.read_text("utf-8")
    for name, value in values.items():
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
    config.write_text(text, "utf-8")


def _last_line(printed: str) -> str:
    return printed.strip().splitlines()[-1]
