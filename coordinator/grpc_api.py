"""The sites' door: two gRPC servers.

The *enrolment* server has TLS with the consortium's own certificate and knows one call.
The *consortium* server asks for a client certificate below the root. Who calls is the
site named in that certificate and nothing else: it is looked up at every call, so that
a revocation works at once.

Requests and replies are raw bytes here. `protos.codec` reads and writes them, never the
generated parser, so that what the schema does not allow is refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from traceback import format_tb
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import Message
from sqlmodel import Session

from coordinator.certificates import Authority, pem
from coordinator.consortium import (
    admission,
    agenda,
    submissions,
    witnessing,
)
from coordinator.database import open_session
from coordinator.errors import (
    ConfigurationError,
    Conflict,
    CoordinatorError,
    Malformed,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Refused,
    TooManyAttempts,
)
from coordinator.models import Member
from coordinator.rules.slots import Slots
from coordinator.rules.throttle import Throttle
from protos import codec
from protos.consortium_pb2 import (
    Acknowledgement,
    AgendaRequest,
    Cosignature,
    EnrolmentRequest,
    FleetReply,
    FleetRequest,
    LogRequest,
    RenewalRequest,
)

LOG = logging.getLogger(__name__)

WORKERS = 32
ENROLMENT_WORKERS = 4
MOST_BYTES = 9 << 20
"""Largest message: a body of 8 MiB in its frame; Flower's chunks are 5 MiB."""
ENROLMENT_MOST_BYTES = 16 << 10
ATTEMPTS, ATTEMPTS_SECONDS = 20, 60.0
"""Enrolment attempts of one address in one window."""
STATEMENTS, STATEMENTS_SECONDS = 600, 3600.0
"""Statements and renewals of one site in one window: each is kept for good. A site that
comes back after weeks has a few dozen in its queue."""
FLEET_CALLS = 6
"""Fleet calls of one site at once: Flower's SuperNode makes four at most, two of which
move objects. One site alone cannot take all workers then."""

_STATUS: tuple[tuple[type[CoordinatorError], grpc.StatusCode], ...] = (
    (Malformed, grpc.StatusCode.INVALID_ARGUMENT),
    (NotFound, grpc.StatusCode.NOT_FOUND),
    (Conflict, grpc.StatusCode.ALREADY_EXISTS),
    (NotAuthenticated, grpc.StatusCode.UNAUTHENTICATED),
    (NotPermitted, grpc.StatusCode.FAILED_PRECONDITION),
    (TooManyAttempts, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (Refused, grpc.StatusCode.FAILED_PRECONDITION),
)

Body = TypeVar("Body")
Call = Callable[[bytes, grpc.ServicerContext], Message]
BodyCall = Callable[[Iterator[bytes], grpc.ServicerContext], Message]
"""Takes the body when it wants to; to the caller there is no difference."""
MemberCall = Callable[["Door", Session, Member, bytes], Message]


class FleetRelay(Protocol):
    """What carries Flower's calls on to the SuperLink."""

    def forward(self, site: str, request: FleetRequest) -> FleetReply:
        """Carry one call of `site`; raise CoordinatorError when it may not pass."""


class NoTraining:
    """In place of the relay when the coordinator runs without training."""

    def forward(self, site: str, request: FleetRequest) -> FleetReply:
        """Answer as a SuperLink that is out of service."""
        return FleetReply(status=503)


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that the calls need. `tls` gives the server's key and chain, PEM."""

    home: Path
    authority: Authority
    log_key: Ed25519PrivateKey
    tls: Callable[[], tuple[bytes, bytes]]
    relay: FleetRelay
    clock: Callable[[], float] = time.time

    @property
    def consortium(self) -> str:
        """Return the name of the consortium."""
        return self.authority.consortium

    @property
    def vkey(self) -> str:
        """Return the key of the log as sites keep it."""
        return str(witnessing.log_verifier(self.consortium, self.log_key))

    def now(self) -> int:
        """Return the time in whole Unix seconds."""
        return int(self.clock())


# ---------------------------------------------------------------------------- servers


def enrolment_server(door: Door, address: str) -> Server:
    """Make the server at which sites enrol."""
    throttle = Throttle(attempts=ATTEMPTS, seconds=ATTEMPTS_SECONDS)

    def enrol(data: bytes, context: grpc.ServicerContext) -> Message:
        address = (context.peer() or "").rpartition(":")[0]
        if not throttle.admit(address, now=door.clock()):
            raise TooManyAttempts("too many attempts to enrol; wait a minute")
        request = codec.decode(EnrolmentRequest, data)
        with open_session(door.home) as session:
            return admission.enrol(
                session,
                request,
                authority=door.authority,
                log_key=door.vkey,
                now=door.now(),
            )

    server = _server(ENROLMENT_WORKERS, ENROLMENT_MOST_BYTES)
    _add(server, "hilum.v1.Enrolment", {"Enrol": enrol})
    return _listen(server, address, _credentials(door))


def consortium_server(door: Door, address: str) -> Server:
    """Make the server for members; it talks to nobody without a certificate."""
    server = _server(WORKERS, MOST_BYTES)
    kept = Throttle(attempts=STATEMENTS, seconds=STATEMENTS_SECONDS)
    calls = {
        "Renew": _for_members(door, _renew, throttle=kept),
        "Submit": _for_members(door, _submit, throttle=kept),
        "ReadAgenda": _for_members(door, _read_agenda, reads=True),
        "ReadLog": _for_members(door, _read_log, reads=True),
        "Cosign": _for_members(door, _cosign),
    }
    _add(server, "hilum.v1.Consortium", calls, {"Fleet": _fleet(door)})
    roots = pem(door.authority.root)
    return _listen(server, address, _credentials(door, client_roots=roots))


@dataclass(frozen=True, slots=True)
class Server:
    """A gRPC server and the port it was given."""

    grpc: grpc.Server
    port: int


def _credentials(
    door: Door, *, client_roots: bytes | None = None
) -> grpc.ServerCredentials:
    """Serve the certificate of the day; with `client_roots`, ask the caller for one."""

    def configuration() -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration(
            [door.tls()], root_certificates=client_roots
        )

    return grpc.dynamic_ssl_server_credentials(
        configuration(),
        configuration,
        require_client_authentication=client_roots is not None,
    )


def _listen(
    server: grpc.Server, address: str, credentials: grpc.ServerCredentials
) -> Server:
    try:
        return Server(server, server.add_secure_port(address, credentials))
    except RuntimeError:
        raise ConfigurationError(
            f"cannot listen on {address}; is another coordinator running, or is the "
            "port taken? Change it in coordinator.toml"
        ) from None


def _server(workers: int, most_bytes: int) -> grpc.Server:
    return grpc.server(
        ThreadPoolExecutor(max_workers=workers, thread_name_prefix="grpc"),
        options=[
            ("grpc.max_receive_message_length", most_bytes),
            ("grpc.max_send_message_length", 32 << 20),
            ("grpc.max_metadata_size", 16 << 10),
            # Two coordinators on one port would each see half of the calls.
            ("grpc.so_reuseport", 0),
        ],
        maximum_concurrent_rpcs=4 * workers,
    )


# ------------------------------------------------------------------------------ calls


def _for_members(
    door: Door,
    call: MemberCall,
    *,
    reads: bool = False,
    throttle: Throttle | None = None,
) -> Call:
    """Make a call that first asks who calls, in the transaction in which it acts."""

    def handle(data: bytes, context: grpc.ServicerContext) -> Message:
        with open_session(door.home, reads=reads) as session:
            member = _caller(door, session, context)
            if throttle and not throttle.admit(member.site, now=door.clock()):
                raise TooManyAttempts("too many statements; what is queued can wait")
            return call(door, session, member, data)

    return handle


def _caller(door: Door, session: Session, context: grpc.ServicerContext) -> Member:
    held = cast("Mapping[str, Sequence[bytes]]", context.auth_context())
    presented = held.get("x509_pem_cert", ())
    if len(presented) != 1:
        raise NotAuthenticated("a client certificate is needed")
    return admission.authenticate(
        session, presented[0], consortium=door.consortium, now=door.now()
    )


def _renew(door: Door, session: Session, member: Member, data: bytes) -> Message:
    return admission.renew(
        session,
        member,
        codec.decode(RenewalRequest, data).certificate_request,
        authority=door.authority,
        log_key=door.vkey,
        now=door.now(),
    )


def _submit(door: Door, session: Session, member: Member, data: bytes) -> Message:
    return submissions.submit(
        session, member, data, consortium=door.consortium, now=door.now()
    )


def _read_agenda(door: Door, session: Session, _member: Member, data: bytes) -> Message:
    codec.decode(AgendaRequest, data)
    return agenda.agenda(session, now=door.now())


def _read_log(door: Door, session: Session, _member: Member, data: bytes) -> Message:
    request = codec.decode(LogRequest, data)
    return witnessing.view(
        session, request, consortium=door.consortium, key=door.log_key
    )


def _cosign(door: Door, session: Session, member: Member, data: bytes) -> Message:
    message = codec.decode(Cosignature, data)
    witnessing.cosign(
        session, member, message, consortium=door.consortium, now=door.now()
    )
    return Acknowledgement()


def _fleet(door: Door) -> BodyCall:
    """Make the call that carries Flower; it holds no transaction while it waits.

    The body is the largest of all, and is read only when a slot is free: a site that
    sends many, or sends them slowly, keeps nobody else waiting.
    """
    slots = Slots(FLEET_CALLS)

    def fleet(bodies: Iterator[bytes], context: grpc.ServicerContext) -> Message:
        with open_session(door.home, reads=True) as session:
            site = _caller(door, session, context).site
        with slots.of(site) as free:
            if not free:
                raise TooManyAttempts(
                    f"{FLEET_CALLS} Fleet calls of this site are under way; "
                    "try again when one has ended"
                )
            data = next(bodies, b"")
            return door.relay.forward(site, codec.decode(FleetRequest, data))

    return fleet


def _add(
    server: grpc.Server,
    service: str,
    calls: Mapping[str, Call],
    body_calls: Mapping[str, BodyCall] = MappingProxyType({}),
) -> None:
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        name: grpc.unary_unary_rpc_method_handler(_guarded(f"{service}/{name}", call))
        for name, call in calls.items()
    }
    for name, call in body_calls.items():
        handlers[name] = grpc.stream_unary_rpc_method_handler(
            _guarded(f"{service}/{name}", call)
        )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(service, handlers),)
    )


def _guarded(
    name: str, call: Callable[[Body, grpc.ServicerContext], Message]
) -> Callable[[Body, grpc.ServicerContext], bytes]:
    """Turn what a call raises into a status: reasons for the peer, no more."""

    def handle(data: Body, context: grpc.ServicerContext) -> bytes:
        try:
            return codec.encode(call(data, context))
        except codec.Refused as error:
            status, reasons = grpc.StatusCode.INVALID_ARGUMENT, error.reasons
        except Refused as error:
            status = next(code for kind, code in _STATUS if isinstance(error, kind))
            reasons = error.reasons
        except CoordinatorError as error:
            LOG.error("%s: %s", name, error.code)
            status = grpc.StatusCode.UNAVAILABLE
            reasons = ("the coordinator cannot answer now; try again later",)
        except Exception as error:  # noqa: BLE001 - a door stays open, and tells nothing
            # Type and places only: a message may repeat what a peer has sent.
            places = "".join(format_tb(error.__traceback__))
            LOG.error("%s: %s\n%s", name, type(error).__name__, places)
            status = grpc.StatusCode.INTERNAL
            reasons = ("the coordinator failed; its admin finds more in its log",)
        LOG.info("%s: %s: %s", name, status.name, "; ".join(reasons))
        context.abort(status, "\n".join(reasons)[:4000])

    return handle
