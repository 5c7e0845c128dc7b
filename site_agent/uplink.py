"""The only socket out: gRPC over mutual TLS to the coordinator.

Envelopes leave only as entries of the egress ledger, and Flower's pushes only when the
ledger holds their digest. What else goes out asks for something and says nothing of any
study: requests for a certificate, the agenda and the log (with cosignatures of it), and
Flower's polls. Every message is written and read by `protos.codec`, so that both
directions carry what the schema allows and nothing else.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import grpc
from google.protobuf.message import Message

from protos import codec
from protos.consortium_pb2 import (
    Acknowledgement,
    Agenda,
    AgendaRequest,
    Cosignature,
    EnrolmentRequest,
    FleetHeader,
    FleetReply,
    FleetRequest,
    FleetVerb,
    IssuedCertificate,
    LogRequest,
    LogView,
    Receipt,
    RenewalRequest,
)
from site_agent import alarm
from site_agent.egress import Ledger
from site_agent.egress_chain import Entry
from site_agent.errors import (
    CoordinatorRefused,
    CoordinatorUnavailable,
    EgressError,
    IdentityError,
    SiteError,
)
from site_agent.identity import Identity
from site_agent.invitation import Invitation

M = TypeVar("M", bound=Message)

DEADLINE = 30.0
FLEET_DEADLINE = 120.0  # a chunk is up to 5 MiB, and hospital lines are slow
"""Seconds after which a call counts as failed."""

PUSHES = frozenset({FleetVerb.PUSH_MESSAGES, FleetVerb.PUSH_OBJECT})
"""Flower's calls that carry something of the site's out."""

_OPTIONS = (
    ("grpc.max_send_message_length", 9 << 20),
    ("grpc.max_receive_message_length", 32 << 20),
    # A coordinator that comes back should be found within seconds, not minutes.
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 5000),
)


class Uplink:
    """The line of one enrolled site to its coordinator. Safe for several threads.

    Parameters
    ----------
    address
        ``host:port`` of the coordinator's door for sites.
    ledger
        What is not in it does not leave.
    clock
        Seconds since 1970.
    """

    def __init__(
        self,
        address: str,
        identity: Identity,
        ledger: Ledger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._address = address
        self._ledger = ledger
        self._clock = clock
        self.use(identity)

    def __enter__(self) -> Uplink:
        return self

    def __exit__(self, *exception: object) -> None:
        self._channel.close()

    def use(self, identity: Identity) -> None:
        """Go on with another certificate; calls under way end on the old line."""
        self._identity = identity
        self._channel = grpc.secure_channel(
            self._address,
            grpc.ssl_channel_credentials(
                root_certificates=identity.root,
                private_key=identity.tls_key,
                certificate_chain=identity.chain,
            ),
            options=_OPTIONS,
        )

    def submit(self, entry: Entry) -> Receipt:
        """Send the exact bytes of one entry of the ledger.

        Raises
        ------
        CoordinatorRefused
            This envelope will not be accepted; the message has the reasons.
        CoordinatorUnavailable, IdentityError
            It may be accepted later.
        """
        alarm.require_silence(self._ledger.path.parent)
        held = self._ledger.entry(entry.number)
        if held.content is None or held.hash != entry.hash:
            raise EgressError("Only an envelope that the ledger holds can be sent.")
        if hashlib.sha256(held.content).digest() != held.digest:
            raise EgressError(
                f"Entry {entry.number} of the ledger was changed and is not sent. "
                "Run `site-agent egress verify`."
            )
        return self._call("Submit", held.content, Receipt)

    def agenda(self) -> Agenda:
        """Ask what there is to know and to decide."""
        return self._call("ReadAgenda", codec.encode(AgendaRequest()), Agenda)

    def renew(self, certificate_request: bytes) -> IssuedCertificate:
        """Ask for the next certificate with the present one."""
        request = RenewalRequest(certificate_request=certificate_request)
        return self._call("Renew", codec.encode(request), IssuedCertificate)

    def read_log(self, verified_size: int, leaf_hashes: Sequence[bytes]) -> LogView:
        """Ask for the log's checkpoint, with proofs from what this site knows."""
        request = LogRequest(verified_size=verified_size, leaf_hashes=leaf_hashes)
        return self._call("ReadLog", codec.encode(request), LogView)

    def cosign(self, checkpoint: str, cosignature: str) -> None:
        """Hand over this site's cosignature of a checkpoint."""
        message = Cosignature(checkpoint=checkpoint, cosignature=cosignature)
        self._call("Cosign", codec.encode(message), Acknowledgement)

    def fleet(
        self, verb: FleetVerb.ValueType, body: bytes, headers: Mapping[str, str]
    ) -> FleetReply:
        """Carry one call of Flower's Fleet API.

        Raises
        ------
        EgressError, LogAlarm
            If it would carry something out that the ledger does not hold, or while an
            alarm stands.
        """
        if verb in PUSHES:
            alarm.require_silence(self._ledger.path.parent)
            if not self._ledger.holds(hashlib.sha256(body).digest()):
                raise EgressError("A push that the ledger does not hold cannot leave.")
        request = FleetRequest(
            verb=verb,
            body=body,
            headers=[
                FleetHeader(name=name, value=value) for name, value in headers.items()
            ],
        )
        return self._call("Fleet", _encode(request), FleetReply, FLEET_DEADLINE)

    def _call(
        self, method: str, request: bytes, reply: type[M], deadline: float = DEADLINE
    ) -> M:
        self._identity.require_valid(int(self._clock()))
        return _call(
            self._channel, f"/hilum.v1.Consortium/{method}", request, reply, deadline
        )


def enrol(invitation: Invitation, request: EnrolmentRequest) -> IssuedCertificate:
    """Ask for the first certificate, at a server under the invitation's root.

    Raises
    ------
    CoordinatorRefused
        The token is wrong, used or expired, or a proof does not hold.
    CoordinatorUnavailable, IdentityError
        Nobody, or somebody else, answers at the address.
    """
    credentials = grpc.ssl_channel_credentials(invitation.root_certificate)
    address = invitation.enrolment
    with grpc.secure_channel(address, credentials, options=_OPTIONS) as channel:
        return _call(
            channel,
            "/hilum.v1.Enrolment/Enrol",
            _encode(request),
            IssuedCertificate,
            DEADLINE,
        )


def _encode(message: Message) -> bytes:
    try:
        return codec.encode(message)
    except codec.Refused as error:
        raise EgressError(
            f"The schema does not allow this message to leave: {error}."
        ) from error


def _call(
    channel: grpc.Channel, path: str, request: bytes, reply: type[M], deadline: float
) -> M:
    # Bytes in and out: the codec decides, not gRPC's own serializers.
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(path)
    try:
        answer = call(request, timeout=deadline)
    except grpc.RpcError as error:
        # What the channel raises is a call as well, and says code and details.
        code, details = error.code(), error.details()
        raise explain(code, details or "") from None
    try:
        return codec.decode(reply, answer)
    except codec.Refused as error:
        raise CoordinatorUnavailable(
            f"The coordinator's answer breaks the schema ({error}). It may run another "
            "version: tell the consortium's admin. What was to be sent stays queued."
        ) from error


_NOT_NOW = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)
_NOT_YOU = frozenset(
    {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}
)


def explain(code: grpc.StatusCode, details: str) -> SiteError:
    """Turn gRPC's status into what the operator can do about it."""
    details = "".join(c for c in details if c.isprintable() or c == "\n")[:4000]
    if "SSL_ERROR_SSL" in details or "Hostname Verification" in details:
        return IdentityError(
            "Who answers at the coordinator's address is not the coordinator: its "
            "certificate does not lead to the consortium's root, or is for another "
            "address. Nothing was sent. Check the address with the consortium's admin."
        )
    if code in _NOT_NOW:
        return CoordinatorUnavailable(
            f"The coordinator cannot be reached or cannot answer now ({code.name}). "
            "What was to be sent stays queued, and goes out with the next attempt."
            # In TLS 1.3 a server that dislikes the client's certificate hangs up.
            + " If others reach it, it may not accept this site's certificate: ask the "
            "consortium's admin." * ("Socket closed" in details)
        )
    if code in _NOT_YOU:
        return IdentityError(
            f"The coordinator does not accept this site's certificate: {details}. It "
            "may have been revoked. Ask the consortium's admin; a new invitation and "
            "`site-agent init` give a new one. What was to be sent stays queued."
        )
    return CoordinatorRefused(f"The coordinator refused: {details or code.name}")
