"""Agreements by programs: written like in the pages, under the same rules, each change naming its version."""

import pytest
from django.utils import timezone

from projects.models import Contribution, FundingAgreement
from tests.api import call
from tests.factories.partners import PartnerFactory
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    InstalmentFactory,
    PartyFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()


def act(user, path, method="post", *, version="", **data):
    """With the version of the object that the path begins with."""
    whole = "/".join(path.split("/")[:2]) + "/"
    version = version or call(whole, user=user).headers.get("ETag", "*")
    return call(path, user=user, method=method, data=data, if_match=version)


@pytest.fixture
def draft(cast):
    made = call(
        "agreements/",
        user=cast.manager,
        method="post",
        data={"title": {"fr": "Convention"}, "lead": cast.partner_a.pk},
    )
    assert made.status_code == 201, made.json()
    return made.json()


def test_an_agreement_is_drafted_filled_and_changed(cast, draft):
    funder = PartnerFactory()
    path = f"agreements/{draft['id']}/"
    assert draft["abilities"]["write_draft"]
    parties = [
        {"partner": cast.partner_a.pk, "role": "lead"},
        {"partner": funder.pk, "role": "funder", "siret": "73282932000074"},
    ]
    told = act(cast.manager, f"{path}parties/", "put", parties=parties)
    assert [one["role"] for one in told.json()["parties"]] == ["lead", "funder"]
    project = ProjectFactory(lead=cast.partner_a)
    plan = [{"amount": "400.00", "due_on": "2027-01-31"}, {"amount": "600.00", "condition": "Reçu"}]
    money = {"funder": funder.pk, "recipient": cast.partner_a.pk, "project": project.pk}
    added = act(cast.manager, f"{path}contributions/", amount="1000.00", instalments=plan, **money)
    assert added.status_code == 201, added.json()
    given = Contribution.objects.get()
    changed = act(cast.manager, f"contributions/{given.pk}/", "patch", amount="1200.00")
    assert changed.json()["amount"] == "1200.00"
    assert given.instalments.count() == 2, "what is not named stays"
    named = act(cast.manager, path, "patch", title={"en": "Agreement"}, ends_on="2030-12-31")
    assert named.json()["title"] == {"fr": "Convention", "en": "Agreement"}
    assert act(cast.manager, f"contributions/{given.pk}/", "delete").status_code == 204
    assert act(cast.manager, path, "delete").status_code == 204
    assert not FundingAgreement.objects.exists()


def test_the_same_refusals_with_their_codes(cast, draft):
    path = f"agreements/{draft['id']}/"
    outsider = PartnerFactory()
    for expected, answer in (
        (403, act(cast.stranger, "agreements/", title={"fr": "X"}, lead=cast.partner_a.pk)),
        (400, act(cast.manager, "agreements/", lead=cast.partner_a.pk)),
        (404, act(cast.stranger, path, "patch", version="*", title={"fr": "X"})),
        (403, act(cast.owner, path, "patch", title={"fr": "X"})),
        (400, act(cast.manager, path, "patch", tittle={"fr": "X"})),
        (428, call(path, user=cast.manager, method="patch", data={"title": {"fr": "X"}})),
        (412, act(cast.manager, path, "patch", version='"old"', title={"fr": "X"})),
    ):
        assert answer.status_code == expected, answer.json()
    bad = {"partner": cast.partner_a.pk, "role": "lead", "siret": "73282932000075"}
    assert (
        act(cast.manager, f"{path}parties/", "put", parties=[bad]).json()["code"] == "siret_refused"
    )
    bad["siret_override_reason"] = "Numéro étranger"
    assert act(cast.manager, f"{path}parties/", "put", parties=[bad]).status_code == 200
    money = {
        "funder": outsider.pk, "recipient": cast.partner_a.pk, "project": ProjectFactory().pk,
        "amount": "10",
    }  # fmt: skip
    assert act(cast.manager, f"{path}contributions/", **money).json()["code"] == "party_needed"
    money |= {"funder": cast.partner_a.pk, "instalments": [{"amount": "11", "condition": "x"}]}
    assert act(cast.manager, f"{path}contributions/", **money).json()["code"] == "more_than_given"
    secret = ProjectFactory(proposed=True, lead=outsider)
    assert (
        act(cast.manager, f"{path}contributions/", **{**money, "project": secret.pk}).status_code
        == 400
    )


def test_a_project_of_another_series_is_refused(cast, draft):
    project = ProjectFactory(lead=cast.partner_a)
    other = ProjectFactory(lead=cast.partner_a)
    path = f"agreements/{draft['id']}/"
    act(cast.manager, path, "patch", series=other.series_id)
    money = {"funder": cast.partner_a.pk, "recipient": cast.partner_a.pk, "project": project.pk}
    answer = act(cast.manager, f"{path}contributions/", **money)
    assert answer.json()["code"] == "project_elsewhere"


def test_an_amendment_is_drafted_approved_and_signed(cast):
    agreement = AgreementFactory(in_force=True)
    for role in ("lead", "funder"):
        PartyFactory(
            agreement=agreement,
            partner=cast.partner_a if role == "lead" else cast.partner_b,
            role=role,
            signed=True,
        )
    path = f"agreements/{agreement.pk}/"
    made = act(cast.manager, f"{path}amendments/", title={"fr": "Avenant"})
    assert made.status_code == 201
    changed = act(cast.manager, f"{path}amendments/1/", "patch", new_ends_on="2031-01-01")
    assert changed.json()["amendments"][0]["new_ends_on"] == "2031-01-01"
    assert act(cast.manager, f"{path}amendments/1/approve/", on=TODAY).status_code == 403
    opened = act(cast.secretary, f"{path}amendments/1/approve/", on=TODAY)
    waiting = [one for one in opened.json()["parties"] if one["amendment"] == 1]
    assert {one["signature"] for one in waiting} == {"waiting"}
    mine = next(one for one in waiting if one["partner"]["id"] == cast.partner_a.pk)
    signed = act(
        cast.manager, f"{path}sign/", party=mine["id"], signed_on=TODAY, signatory="Ada Martin"
    )
    assert signed.status_code == 200, signed.json()
    assert act(cast.manager, f"{path}amendments/7/", "patch", text="x").status_code == 404
    again = act(
        cast.manager, f"{path}sign/", party=mine["id"], signed_on=TODAY, signatory="Ada Martin"
    )
    assert again.json()["code"] == "transition_refused"


def test_payments_move_step_by_step(cast):
    agreement = AgreementFactory(in_force=True)
    PartyFactory(agreement=agreement, partner=cast.partner_a)
    part = InstalmentFactory(
        contribution=ContributionFactory(agreement=agreement, funder=cast.partner_a)
    )
    path = f"instalments/{part.pk}/"
    moved = act(cast.manager, f"{path}move/", target="committed", on=TODAY)
    assert moved.json()["status"] == "committed"
    assert act(cast.manager, f"{path}move/", target="received", on=TODAY).status_code == 403
    assert act(cast.secretary, f"{path}move/", target="received", on=TODAY).status_code == 409
