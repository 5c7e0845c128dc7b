"""The relay: Flower's Fleet calls from the sites' door to the SuperLink on loopback.

The caller is the site in the certificate. A call passes when it is one of the twelve,
can be read, and speaks of no node but the site's own. A node is registered with the key
that the site gave when it enrolled, at its first call; a site cannot register another.
That the SuperNode holds the key, the SuperLink checks by itself.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PushMessagesRequest,
    RegisterNodeFleetRequest,
    UnregisterNodeFleetRequest,
)
from google.protobuf.message import Message

from coordinator.consortium import (
    bind_node,
    open_session,
    site_of_node,
    supernode_keys,
)
from coordinator.training.control import Control, SuperLinkUnavailable, pem
from protos import fleet
from protos.consortium_pb2 import FleetReply, FleetRequest, FleetVerb

LOG = logging.getLogger(__name__)

_SECONDS = 30.0


class Relay:
    """Carries the calls of all sites. Safe for several threads.

    Parameters
    ----------
    home : Path
        The coordinator's home, with its database.
    address : str
        ``host:port`` of the SuperLink on loopback.
    root_certificate : bytes
        PEM; what the SuperLink's certificate leads to.
    control : Control
        To register nodes with.
    """

    def __init__(
        self,
        home: Path,
        address: str,
        root_certificate: bytes,
        control: Control,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._home = home
        self._control = control
        self._clock = clock
        self._bound: dict[int, str] = {}
        context = ssl.create_default_context(cadata=root_certificate.decode("ascii"))
        self._client = httpx.Client(
            base_url=f"https://{address}", verify=context, timeout=_SECONDS
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def forward(self, site: str, request: FleetRequest) -> FleetReply:
        """Carry one call; the answer is the SuperLink's, or HTTP 403 or 503."""
        try:
            call = fleet.read(request.verb, request.body)
            reason = self._against(site, call)
        except fleet.NotFleet as error:
            reason = str(error)
        except SuperLinkUnavailable:
            return _reply(503, "the SuperLink is not there")
        if reason:
            LOG.warning(
                "%s of %s refused: %s", FleetVerb.Name(request.verb), site, reason
            )
            return _reply(403, reason)
        headers = {each.name: each.value for each in request.headers}
        sent = {name: headers[name] for name in fleet.HEADERS if name in headers}
        try:
            answer = self._client.post(
                fleet.PATHS[request.verb],
                content=request.body,
                headers=sent | {"content-type": fleet.MEDIA_TYPE},
            )
        except httpx.TransportError:
            return _reply(503, "the SuperLink is not there")
        if len(answer.content) > fleet.MOST_BYTES:
            return _reply(502, "the SuperLink's answer is too long")
        return FleetReply(status=answer.status_code, body=answer.content)

    def _against(self, site: str, call: Message) -> str | None:
        """Return why a call may not pass, None when it may."""
        match call:
            case RegisterNodeFleetRequest() | UnregisterNodeFleetRequest():
                return "a node is registered by the coordinator"
            case ActivateNodeRequest():
                return self._introduce(site, call.public_key)
            case DeactivateNodeRequest():
                nodes = {call.node_id}
            case PushMessagesRequest():
                senders = {each.metadata.src_node_id for each in call.messages_list}
                nodes = {call.node.node_id, *senders}
            case _:
                nodes = {call.node.node_id}  # type: ignore[attr-defined]  # all others have one
        if any(self._site_of(node) != site for node in nodes):
            return "the node is not this site's"
        return None

    def _introduce(self, site: str, public_key: bytes) -> str | None:
        """Register a site's node when it first comes, with the key of its enrolment."""
        with open_session(self._home, reads=True) as session:
            keys = {each.site: each.key for each in supernode_keys(session)}
        if site not in keys or pem(keys[site]) != public_key:
            return "the SuperNode's key is not the one this site enrolled with"
        node_id = self._control.register_node(keys[site])
        if self._site_of(node_id) is None:
            with open_session(self._home) as session:
                bind_node(session, node_id, site, now=int(self._clock()))
        return None if self._site_of(node_id) == site else "the node is not this site's"

    def _site_of(self, node_id: int) -> str | None:
        """Return whose a node is; once bound it stays so."""
        if node_id not in self._bound:
            with open_session(self._home, reads=True) as session:
                site = site_of_node(session, node_id)
            if site is None:
                return None
            self._bound[node_id] = site
        return self._bound[node_id]


def _reply(status: int, detail: str) -> FleetReply:
    return FleetReply(status=status, body=json.dumps({"detail": detail}).encode())
