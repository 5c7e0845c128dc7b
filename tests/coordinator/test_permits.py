"""Training plans: submitted, permitted by a quorum, consented to, launched."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coordinator.consortium import accounts, members, permits, runs, versions
from coordinator.consortium.agenda import agenda
from coordinator.database import open_session
from coordinator.errors import Conflict, Malformed, NotFound, Refused
from coordinator.rules import plan_document
from coordinator.rules.permits import Readiness, Standing, readiness
from coordinator.rules.states import Ballot, UserRole
from protos import codec, envelope
from protos.dataset_pb2 import Decision
from protos.envelope_pb2 import Envelope
from protos.training_pb2 import Network, PermitTerms, Role, Strategy
from tests.coordinator.plan import PLAN

POLICY = permits.PermitPolicy(
    quorum=Fraction(2, 3),
    valid_seconds=14 * 86_400,
    consent_seconds=3 * 86_400,
    minimum_sites=2,
    upload_limit=1 << 30,
)
BUNDLE = b"b" * 32
MEMBER, OFFICER = Role.MEMBER, Role.DATA_PROTECTION_OFFICER
REJECT = Decision.REJECT


@pytest.fixture
def released(consortium, hospitals):
    """Three hospitals, and version 1.0.0 of what they contributed."""
    for hospital in hospitals:
        consortium.submit(
            hospital, hospital.contribution(hospital.site[:1].encode() * 32)
        )
    with open_session(consortium.home) as session:
        version = versions.propose(session, share=Fraction(2, 3), now=consortium.now)
        accounts.add_user(
            session, "rosa", "a long password", UserRole.RESEARCHER, now=consortium.now
        )
    for hospital in hospitals[:2]:
        consortium.submit(hospital, hospital.vote(version.digest))
    return version


def submitted(consortium, toml=PLAN, policy=POLICY):
    with open_session(consortium.home) as session:
        user = accounts.users(session)[0]
        return permits.submit_plan(
            session, toml, user=user, bundle=BUNDLE, policy=policy, now=consortium.now
        )


def state(consortium, plan):
    with open_session(consortium.home) as session:
        permits.settle_plans(session, now=consortium.now)
        return permits.plan(session, plan.plan).state.value


def ready(consortium):
    with open_session(consortium.home, reads=True) as session:
        return permits.permits_ready(session, now=consortium.now)


def decide(consortium, hospital, plan, role, decision=Decision.APPROVE, **key):
    data = hospital.permit_decision(plan.terms, role, decision, **key)
    return consortium.submit(hospital, data)


def test_terms_say_all_that_the_sites_decide_on(consortium, hospitals, released):
    plan = submitted(consortium)
    terms = codec.decode(PermitTerms, plan.terms)
    assert terms.training.network == Network.DENSENET_TINY
    assert terms.training.strategy == Strategy.FEDAVG
    assert terms.training.learning_rate_millionths == 1000
    assert terms.version_digest == released.digest
    assert [(each.site, each.manifest_root) for each in terms.sites] == [
        ("alder", b"a" * 32),
        ("birch", b"b" * 32),
        ("cedar", b"c" * 32),
    ]
    assert (terms.bundle, terms.quorum) == (BUNDLE, 2)
    assert terms.valid_until - terms.valid_from == 14 * 86_400
    with open_session(consortium.home, reads=True) as session:
        told = agenda(session, now=consortium.now)
    assert list(told.proposed_permits) == [plan.terms]


def test_run_is_ready_when_all_have_decided(consortium, hospitals, released):
    plan = submitted(consortium)
    for hospital in hospitals:
        assert ready(consortium) == ()
        decide(consortium, hospital, plan, MEMBER)
        decide(consortium, hospital, plan, OFFICER)
    (permit,) = ready(consortium)
    assert (permit.plan, permit.terms) == (plan.plan, plan.terms)
    assert permit.sites == ("alder", "birch", "cedar")
    signed = codec.decode(Envelope, permit.permit)
    keys = [
        key.public_key().public_bytes_raw()
        for hospital in hospitals
        for key in (hospital.signing_key, hospital.dpo_key)
    ]
    assert len(envelope.verify(signed, envelope.PERMIT, keys)) == 6
    with open_session(consortium.home, reads=True) as session:
        told = agenda(session, now=consortium.now)
    assert [codec.encode(each) for each in told.permits] == [permit.permit]


def test_officer_who_refuses_keeps_the_site_out_and_not_the_others(
    consortium, hospitals, released
):
    plan = submitted(consortium)
    for hospital in hospitals:
        decide(consortium, hospital, plan, MEMBER)
    for hospital in hospitals[:2]:
        decide(consortium, hospital, plan, OFFICER)
    assert ready(consortium) == ()
    decide(consortium, hospitals[2], plan, OFFICER, REJECT)
    (permit,) = ready(consortium)
    assert permit.sites == ("alder", "birch")


def test_silent_officer_is_awaited_for_the_agreed_time_only(
    consortium, hospitals, released
):
    plan = submitted(consortium)
    for hospital in hospitals[:2]:
        decide(consortium, hospital, plan, MEMBER)
        decide(consortium, hospital, plan, OFFICER)
    consortium.now += 3 * 86_400 - 1
    assert ready(consortium) == ()
    consortium.now += 1
    (permit,) = ready(consortium)
    assert permit.sites == ("alder", "birch")


def test_too_few_consents_refuse_the_plan(consortium, hospitals, released):
    plan = submitted(consortium)
    for hospital in hospitals:
        decide(consortium, hospital, plan, MEMBER)
    for hospital in hospitals[:2]:
        decide(consortium, hospital, plan, OFFICER, REJECT)
    assert state(consortium, plan) == "refused"


def test_members_who_reject_refuse_the_plan(consortium, hospitals, released):
    plan = submitted(consortium)
    for hospital in hospitals[:2]:
        decide(consortium, hospital, plan, MEMBER, REJECT)
    assert state(consortium, plan) == "refused"
    with pytest.raises(Refused, match="nothing is left to decide"):
        decide(consortium, hospitals[2], plan, MEMBER)


def test_permit_expires_without_its_quorum(consortium, hospitals, released):
    plan = submitted(consortium)
    consortium.now += 14 * 86_400
    with pytest.raises(Refused, match="expired"):
        decide(consortium, hospitals[0], plan, MEMBER)
    assert state(consortium, plan) == "expired"


def test_revoked_site_does_not_train(consortium, hospitals, released):
    plan = submitted(consortium)
    for hospital in hospitals:
        decide(consortium, hospital, plan, MEMBER)
        decide(consortium, hospital, plan, OFFICER)
    with open_session(consortium.home) as session:
        members.revoke(session, "cedar", now=consortium.now)
    (permit,) = ready(consortium)
    assert permit.sites == ("alder", "birch")


@pytest.mark.parametrize(
    ("role", "key"), [(MEMBER, "dpo_key"), (OFFICER, "signing_key")]
)
def test_role_is_bound_to_its_own_key(consortium, hospitals, released, role, key):
    plan = submitted(consortium)
    other = getattr(hospitals[0], key)
    with pytest.raises(Refused, match="key over the exact terms"):
        decide(consortium, hospitals[0], plan, role, key=other)


def test_signature_over_other_terms_is_refused(consortium, hospitals, released):
    plan, other = submitted(consortium), submitted(consortium)
    hospital = hospitals[0]
    lifted = hospital.permit_decision(plan.terms, MEMBER)
    hospital.sequence -= 1
    statement = codec.decode(
        type(hospital.statement(vote=None)),
        codec.decode(Envelope, lifted).payload,
    )
    statement.permit_decision.terms_digest = other.terms_digest
    with pytest.raises(Refused, match="exact terms"):
        consortium.submit(hospital, hospital.sealed(statement))


def test_every_reason_against_a_decision_is_given_at_once(
    consortium, hospitals, released
):
    plan = submitted(consortium)
    decide(consortium, hospitals[0], plan, MEMBER)
    with pytest.raises(Refused) as refusal:
        decide(consortium, hospitals[0], plan, MEMBER, key=Ed25519PrivateKey.generate())
    assert len(refusal.value.reasons) == 2


def test_site_outside_the_plan_decides_nothing(consortium, hospitals, released):
    plan = submitted(consortium)
    late = type(hospitals[0])("dogwood").join(consortium)
    with pytest.raises(Refused, match="does not take part"):
        decide(consortium, late, plan, MEMBER)


def test_unknown_terms_are_not_found(consortium, hospitals, released):
    data = hospitals[0].permit_decision(b"other terms", MEMBER)
    with pytest.raises(NotFound, match="terms_digest"):
        consortium.submit(hospitals[0], data)


def test_permit_is_good_for_one_run(consortium, hospitals, released):
    plan = submitted(consortium)
    for hospital in hospitals:
        decide(consortium, hospital, plan, MEMBER)
        decide(consortium, hospital, plan, OFFICER)
    flower = 2**64 - 1
    with open_session(consortium.home) as session:
        first = runs.start_run(session, plan.plan, flower, now=consortium.now)
        again = runs.start_run(session, plan.plan, flower, now=consortium.now)
        assert first.id == again.id
        with pytest.raises(Conflict, match="already has a run"):
            runs.start_run(session, plan.plan, 7, now=consortium.now)
    assert ready(consortium) == ()
    with open_session(consortium.home, reads=True) as session:
        told = agenda(session, now=consortium.now)
    assert not told.proposed_permits
    assert len(told.permits) == 1


def test_proposed_plan_cannot_run(consortium, hospitals, released):
    plan = submitted(consortium)
    with (
        open_session(consortium.home) as session,
        pytest.raises(Conflict, match="only a permit in force"),
    ):
        runs.start_run(session, plan.plan, 7, now=consortium.now)


# -------------------------------------------------------------------------- the plan


@pytest.mark.parametrize(
    ("version", "told"),
    [("1.0.1", "does not exist; released: 1.0.0"), ("9.9.9", "does not exist")],
)
def test_plan_for_a_version_that_does_not_exist(consortium, released, version, told):
    with pytest.raises(Refused, match=told):
        submitted(consortium, PLAN.replace("1.0.0", version))


def test_plan_for_a_version_that_is_not_released(consortium, released, hospitals):
    data = hospitals[0].contribution(b"z" * 32)
    consortium.submit(hospitals[0], data)
    with open_session(consortium.home) as session:
        versions.propose(session, share=Fraction(2, 3), now=consortium.now)
    with pytest.raises(Refused, match="is proposed, not released"):
        submitted(consortium, PLAN.replace("1.0.0", "1.1.0"))


def test_plan_for_another_dataset(consortium, released):
    with pytest.raises(Refused) as refusal:
        submitted(consortium, PLAN.replace("chest-radiographs", "mammograms"))
    assert [reason.split(":")[0] for reason in refusal.value.reasons] == [
        "dataset",
        "version",
    ]


def test_plan_needs_enough_members(consortium, released):
    with pytest.raises(Refused, match="at least 4"):
        submitted(consortium, policy=replace(POLICY, minimum_sites=4))


def test_sites_are_not_asked_about_more_than_they_can_decide(consortium, released):
    plans = [submitted(consortium) for _ in range(permits.MOST_OPEN_PLANS)]
    with pytest.raises(Refused, match="wait for the sites already"):
        submitted(consortium)
    consortium.now += 14 * 86_400
    assert state(consortium, plans[0]) == "expired"
    submitted(consortium)


def test_all_faults_of_a_plan_are_listed_at_once():
    faulty = """
    title = "<script>"
    dataset = "Chest"
    version = "1.0"
    network = "resnet"
    strategy = "fedavg"
    rounds = 0
    batch_size = "8"
    image_size = 65
    learning_rate = 0.0000001
    colour = "blue"
    """
    with pytest.raises(Malformed) as refusal:
        plan_document.parse(faulty)
    named = {reason.split(":")[0] for reason in refusal.value.reasons}
    assert named == {
        *("title", "dataset", "version", "network", "rounds", "batch_size"),
        *("image_size", "learning_rate", "colour"),
    }
    assert "<script>" not in str(refusal.value)


def test_mu_belongs_to_fedprox_only():
    with pytest.raises(Malformed, match="proximal_mu"):
        plan_document.parse(PLAN + "proximal_mu = 0.1")
    with pytest.raises(Malformed, match="proximal_mu"):
        plan_document.parse(PLAN.replace("fedavg", "fedprox"))
    prox = PLAN.replace("fedavg", "fedprox") + "proximal_mu = 0.01"
    assert plan_document.parse(prox).to_message().proximal_mu_millionths == 10_000


@pytest.mark.parametrize("text", ["title = ", "\x00", "a = 1\na = 2"])
def test_text_that_is_not_toml(text):
    with pytest.raises(Malformed, match="not TOML"):
        plan_document.parse(text)


# ------------------------------------------------------------------------- pure rule


def standing(**changes):
    usual = Standing(
        sites=("a", "b", "c"),
        active=("a", "b", "c"),
        consents={},
        quorum_at=100,
        valid_until=1000,
        consent_seconds=50,
        minimum_sites=2,
    )
    return replace(usual, **changes)


YES, NO = Ballot.APPROVE, Ballot.REJECT


@pytest.mark.parametrize(
    ("consents", "now", "expected"),
    [
        ({}, 100, Readiness.WAITING),
        ({"a": YES, "b": YES}, 149, Readiness.WAITING),
        ({"a": YES, "b": YES}, 150, Readiness.READY),
        ({"a": YES, "b": YES, "c": NO}, 100, Readiness.READY),
        ({"a": YES, "b": NO, "c": NO}, 100, Readiness.REFUSED),
        ({"a": YES}, 999, Readiness.WAITING),
        ({"a": YES, "b": YES, "c": YES}, 1000, Readiness.EXPIRED),
    ],
)
def test_readiness(consents, now, expected):
    assert readiness(standing(consents=consents), now=now) is expected


def test_consent_of_a_former_member_does_not_count():
    left = standing(active=("a", "b"), consents={"a": YES, "c": YES})
    assert left.participants == ("a",)
    assert left.undecided == ("b",)
