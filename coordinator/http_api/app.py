"""The people's door as an application."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from traceback import format_tb
from typing import cast

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from coordinator import pki
from coordinator.config import CoordinatorConfig, CoordinatorPaths
from coordinator.errors import (
    Conflict,
    CoordinatorError,
    Malformed,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Refused,
    TooManyAttempts,
)
from coordinator.http_api import dataset, members, people, training
from coordinator.http_api.answers import Health, Refusal
from coordinator.http_api.guard import BodyLimit, SecurityHeaders
from coordinator.http_api.office import Office, principal
from coordinator.rules.faults import faults_of

LOG = logging.getLogger(__name__)
PREFIX = "/api/v1"
ROUTERS = (people.router, members.router, dataset.router, training.router)

_STATUS: tuple[tuple[type[Refused], int], ...] = (
    (NotAuthenticated, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Malformed, 422),
    (TooManyAttempts, 429),
    (Refused, 422),
)


def create_app(
    home: Path,
    config: CoordinatorConfig,
    *,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """Make the application for the coordinator at `home`.

    Without a token only ``/healthz`` and ``POST /api/v1/session`` answer; the API's own
    description needs one too.
    """
    app = FastAPI(
        title="Hilum coordinator",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses={
            status: {"model": Refusal} for status in sorted({s for _, s in _STATUS})
        },
    )
    log_key = pki.load_log_key(CoordinatorPaths(home).pki)
    app.state.office = Office(home, config, log_key, clock)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)

    @app.get("/healthz", tags=["health"])
    def healthz() -> Health:
        """Say that the coordinator is there."""
        return Health()

    @app.get(
        f"{PREFIX}/openapi.json",
        dependencies=[Depends(principal)],
        include_in_schema=False,
    )
    def openapi() -> JSONResponse:
        """Describe this API."""
        return JSONResponse(app.openapi())

    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(CoordinatorError, _failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)
    return app


def _answer(
    status: int, code: str, reasons: tuple[str, ...], **headers: str
) -> JSONResponse:
    body = Refusal(code=code, reasons=reasons).model_dump()
    return JSONResponse(body, status_code=status, headers=headers)


def _refused(_request: Request, error: Exception) -> JSONResponse:
    refusal = cast(Refused, error)
    status = next(code for kind, code in _STATUS if isinstance(refusal, kind))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return _answer(status, refusal.code, refusal.reasons, **headers)


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    faults = cast(RequestValidationError, error).errors()
    return _answer(422, "malformed", faults_of(faults))


def _http(_request: Request, error: Exception) -> JSONResponse:
    told = cast(HTTPException, error)
    return _answer(told.status_code, "http", (str(told.detail),))


def _failed(request: Request, error: Exception) -> JSONResponse:
    # Type and places only: a message may repeat what was sent.
    places = "".join(format_tb(error.__traceback__))
    LOG.error("%s: %s\n%s", request.url.path, type(error).__name__, places)
    reason = "the coordinator failed; its admin finds more in its log"
    return _answer(500, "failed", (reason,))
