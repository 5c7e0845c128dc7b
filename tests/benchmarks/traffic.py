"""Tell the demonstration's story and write down everything that the programs say.

    python -m tests.benchmarks.traffic OUT --data DIR

Two recordings are made below ``OUT/traffic``: what each site and the coordinator say to
each other inside mutual TLS (`wiretap`, which holds the keys of both ends), and every
frame on the loopback interface: the people's HTTP, the SuperNodes' HTTP to the gates,
TLS as it looks from outside. Search them, with everything else below OUT, for the
identifiers of the inboxes. Recording frames needs the right to (CAP_NET_RAW).
"""

from __future__ import annotations

import argparse
import re
import socket
import sys
import threading
from pathlib import Path

from rich.console import Console

from deploy.demo.programs import Programs
from deploy.demo.stage import Stage, prepare
from deploy.demo.story import CHAPTERS, members
from tests.benchmarks.wiretap import Wiretap

ETH_P_ALL = 0x0003


def tap(stage: Stage) -> None:
    """Put a wiretap into the line of every site that has joined."""
    for site in stage.sites:
        line = Wiretap(
            stage.coordinator, site.home, stage.folder / "traffic" / site.name
        )
        line.start()
        config = site.home / "site.toml"
        text = config.read_text("utf-8")
        text = re.sub(r'(?m)^address = ".*"$', f'address = "{line.address}"', text)
        config.write_text(text, "utf-8")
    stage.say("every word between the sites and the coordinator is written down")


def record_loopback(file: Path) -> None:
    """Write every frame on the loopback interface to `file`, for ever."""
    frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    frames.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    frames.bind(("lo", 0))
    with file.open("wb") as record:
        while True:
            record.write(frames.recv(1 << 17) + b"\n\n")


def main() -> int:
    """Tell the story up to the end, recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    folder = prepare(arguments.out)
    (folder / "traffic").mkdir()
    loopback = folder / "traffic" / "loopback.frames"
    threading.Thread(target=record_loopback, args=(loopback,), daemon=True).start()
    stage = Stage(
        folder, Console(width=110), Programs(folder / "logs"), arguments.data, 0
    )
    try:
        for title, chapter in CHAPTERS:
            stage.console.rule(title, align="left")
            chapter(stage)
            if chapter is members:
                tap(stage)
    finally:
        stage.programs.stop()
    for each in sorted((folder / "traffic").iterdir()):
        files = [each] if each.is_file() else sorted(each.iterdir())
        size = sum(file.stat().st_size for file in files)
        print(f"{each.name}: {len(files)} recordings, {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
