"""Training: plans, permits, runs, models."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from fastapi.responses import FileResponse, PlainTextResponse
from sqlmodel import Session

from coordinator.config import CoordinatorPaths
from coordinator.consortium import permits, runs
from coordinator.consortium.accounts import Principal
from coordinator.errors import NotFound
from coordinator.http_api.answers import (
    MetricAnswer,
    ModelAnswer,
    PermitAnswer,
    PlanAnswer,
    RunAnswer,
)
from coordinator.http_api.office import TheOffice, needs
from coordinator.models import Model, Plan, Run, User
from coordinator.rules.access import Scope
from coordinator.rules.states import PlanState, SignatoryRole
from protos import bundle, codec
from protos.training_pb2 import PermitTerms

router = APIRouter(tags=["training"])
PLANS = [Depends(needs(Scope.PLANS_READ))]
MODELS = [Depends(needs(Scope.MODELS_READ))]
MayPlan = Annotated[Principal, Depends(needs(Scope.PLANS_WRITE))]
PlanText = Annotated[
    str, Body(media_type="application/toml", max_length=16_384, description="TOML")
]


@router.post("/plans", status_code=201)
def submit_plan(toml: PlanText, asking: MayPlan, here: TheOffice) -> PlanAnswer:
    """Submit a training plan; its permit then waits for the sites."""
    with here.writing() as session:
        plan = permits.submit_plan(
            session,
            toml,
            user=asking.user,
            bundle=bundle.digest(),
            policy=permits.policy_of(here.config),
            now=here.now(),
        )
        return _plan(session, plan)


@router.get("/plans", dependencies=PLANS)
def list_plans(here: TheOffice) -> list[PlanAnswer]:
    """List all plans, newest first."""
    with here.reading() as session:
        return [_plan(session, each) for each in permits.plans(session)]


@router.get("/plans/{plan}", dependencies=PLANS)
def get_plan(plan: str, here: TheOffice) -> PlanAnswer:
    """Show one plan."""
    with here.reading() as session:
        return _plan(session, permits.plan(session, plan))


@router.get("/permits", dependencies=PLANS)
def list_permits(here: TheOffice) -> list[PermitAnswer]:
    """List the permits with their exact terms and signatures, newest first."""
    with here.reading() as session:
        return [
            _permit(session, each)
            for each in permits.plans(session)
            if each.state not in (PlanState.PROPOSED, PlanState.REFUSED)
        ]


@router.get("/runs", dependencies=PLANS)
def list_runs(here: TheOffice) -> list[RunAnswer]:
    """List all runs, newest first."""
    with here.reading() as session:
        return [_run(session, each) for each in runs.all_runs(session)]


@router.get("/runs/{plan}/metrics", dependencies=PLANS)
def list_metrics(plan: str, here: TheOffice) -> list[MetricAnswer]:
    """List every figure of a run, by round, site and name."""
    with here.reading() as session:
        return [
            MetricAnswer(
                round=each.round, site=each.site, name=each.name, value=each.value
            )
            for each in runs.metrics(session, plan)
        ]


@router.get("/models", dependencies=MODELS)
def list_models(here: TheOffice) -> list[ModelAnswer]:
    """List all models that were kept, newest first."""
    with here.reading() as session:
        return [_model(run, model, plan) for model, run, plan in runs.models(session)]


@router.get(
    "/models/{sha256}/card",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/markdown": {}}}},
    dependencies=MODELS,
)
def get_card(sha256: str, here: TheOffice) -> PlainTextResponse:
    """Give a model's card, Markdown."""
    with here.reading() as session:
        card = runs.model(session, sha256).card
    return PlainTextResponse(card, media_type="text/markdown; charset=utf-8")


@router.get(
    "/models/{sha256}/file",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}},
    dependencies=MODELS,
)
def get_model(sha256: str, here: TheOffice) -> FileResponse:
    """Download a model, safetensors."""
    with here.reading() as session:
        model = runs.model(session, sha256)
    folder = CoordinatorPaths(here.home).models.resolve()
    path = (folder / model.path).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise NotFound("the model's file is not there; the admin has a backup of it")
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=f"{sha256[:16]}.safetensors",
    )


def _plan(session: Session, plan: Plan) -> PlanAnswer:
    terms = codec.decode(PermitTerms, plan.terms)
    return PlanAnswer(
        plan=plan.plan,
        title=plan.title,
        researcher=session.get_one(User, plan.user_id).username,
        dataset=terms.training.dataset,
        version=terms.training.version,
        state=plan.state,
        terms_digest=plan.terms_digest.hex(),
        quorum=terms.quorum,
        approvals=permits.decisions(session, plan, SignatoryRole.MEMBER),
        consents=permits.decisions(
            session, plan, SignatoryRole.DATA_PROTECTION_OFFICER
        ),
        submitted_at=plan.submitted_at,
        valid_until=plan.valid_until,
        toml=plan.toml,
    )


def _permit(session: Session, plan: Plan) -> PermitAnswer:
    signed = permits.permit_of(session, plan)
    return PermitAnswer(
        plan=plan.plan,
        state=plan.state,
        terms=plan.terms.hex(),
        terms_digest=plan.terms_digest.hex(),
        envelope=codec.encode(signed).hex(),
        signatures=len(signed.signatures),
    )


def _run(session: Session, run: Run) -> RunAnswer:
    plan = permits.plan(session, run.plan)
    terms = codec.decode(PermitTerms, plan.terms)
    return RunAnswer(
        plan=run.plan,
        title=plan.title,
        state=run.state,
        detail=run.detail,
        rounds=terms.training.rounds,
        rounds_done=runs.rounds_done(session, run),
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


def _model(run: Run, model: Model, plan: Plan) -> ModelAnswer:
    return ModelAnswer(
        plan=run.plan,
        title=plan.title,
        round=model.round,
        sha256=model.sha256.hex(),
        recorded_at=model.recorded_at,
    )
