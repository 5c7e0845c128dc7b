"""The long-running process of a site: keeps it in touch with the consortium.

At every turn it renews the certificate when that is due, sends what is queued, reads
the agenda, looks at the log as a witness, and sees to it that training runs when a
permit calls for it and only then. Each step stands alone: one that fails is written to
the log and does not keep the others. While the coordinator is away, the turns become
rarer, up to ten minutes.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from site_agent import agenda, alarm, identity, outbox, witness
from site_agent.errors import CoordinatorUnavailable, LogAlarm, SiteError
from site_agent.membership import Membership
from site_agent.uplink import Uplink

LOG = logging.getLogger(__name__)

LONGEST_PAUSE = 600.0
"""Most seconds between two turns while the coordinator is away."""


class Training(Protocol):
    """The gate and the SuperNode behind it."""

    def tick(self) -> None:
        """Start, restart or stop them, as the permits in force now ask for."""

    def stop(self) -> None:
        """Stop them and wait for their end."""


class Service:
    """The turns of `site-agent serve`.

    Parameters
    ----------
    training
        None where ``site.toml`` says that this site never trains.
    """

    def __init__(
        self, membership: Membership, uplink: Uplink, training: Training | None
    ) -> None:
        self._membership = membership
        self._uplink = uplink
        self._training = training

    def run(self, stop: threading.Event) -> None:
        """Take turns until `stop` is set, then end cleanly."""
        usual = pause = float(self._membership.config.poll_seconds)
        try:
            while True:
                reached = self.turn()
                pause = usual if reached else min(pause * 2, LONGEST_PAUSE)
                # Spread out, so that sites do not all come back in the same second.
                wait = pause if reached else pause * random.uniform(0.8, 1.2)  # noqa: S311
                if self._wait(stop, wait):
                    return
        finally:
            if self._training is not None:
                self._training.stop()

    def turn(self) -> bool:
        """Take one turn; tells whether the coordinator was reached."""
        reached = True
        for step in (self._renew, self._flush, self._hear, self._witness):
            if reached:
                reached = self._attempt(step)
        return reached

    def _wait(self, stop: threading.Event, seconds: float) -> bool:
        """Look after the training each second, until the next turn or the end."""
        left = seconds
        while left > 0:
            self._attempt(self._train)
            if stop.wait(min(left, 1.0)):
                return True
            left -= 1.0
        return stop.is_set()

    def _attempt(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except CoordinatorUnavailable as error:
            LOG.warning("%s", error)
            return False
        except SiteError as error:
            LOG.error("%s: %s", error.code, error)
        except OSError as error:  # a full disk may have room again later
            LOG.error("a file cannot be read or written: %s", error.strerror)
        return True

    def _renew(self) -> None:
        """Renew the certificate when it is due; take up one that `init` brought."""
        keys = self._membership.paths.keys
        own = identity.load(keys)
        now = self._membership.now
        if own.chain == self._membership.identity.chain and own.renewal_due(now):
            issued = self._uplink.renew(identity.renewal_request(keys))
            identity.install(
                keys,
                issued,
                root=own.root,
                consortium=own.consortium,
                site=own.site,
                now=now,
            )
            own = identity.load(keys)
            LOG.info("the certificate was renewed")
        if own.chain != self._membership.identity.chain:
            self._membership = replace(self._membership, identity=own)
            self._uplink.use(own)

    def _flush(self) -> None:
        delivery = outbox.flush(self._membership.ledger, self._uplink)
        for entry in delivery.sent:
            LOG.info("sent entry %d (%s)", entry.number, entry.kind)
        for entry in delivery.refused:
            LOG.error("entry %d (%s): %s", entry.number, entry.kind, entry.detail)

    def _hear(self) -> None:
        own = self._membership
        agenda.refresh(own.paths, own.identity, self._uplink)

    def _witness(self) -> None:
        own = self._membership
        alarm.require_silence(own.paths.home)
        before = witness.read(own.paths.home)
        seen = witness.look(
            own.paths.home, own.identity, own.ledger, self._uplink, now=own.now
        )
        if seen.size != before.size:
            LOG.info("the log has %d leaves, and only grew", seen.size)

    def _train(self) -> None:
        if self._training is None:
            return
        try:
            alarm.require_silence(self._membership.paths.home)
        except LogAlarm:
            self._training.stop()
        else:
            self._training.tick()
