"""A funding agreement from nothing to the committee's table, in pages that keep what was typed."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.enums import ItemKind
from projects.models import AgreementParty, Amendment, Contribution, FundingAgreement, Instalment
from projects.services import agreement_drafts as drafts
from projects.services import agreements, amendments, effects
from smartport.errors import NotAllowed, Stale, TransitionRefused
from tests.factories.governance import AgendaItemFactory
from tests.factories.partners import PartnerFactory
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    InstalmentFactory,
    PartyFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db
VALID, INVALID = "73282932000074", "73282932000075"


@pytest.fixture
def draft(cast):
    """Led by partner A, with a funder."""
    agreement = AgreementFactory(draft=True, code="CONV-1")
    for partner, role in ((cast.partner_a, "lead"), (cast.partner_b, "funder")):
        PartyFactory(
            agreement=agreement,
            partner=partner,
            role=role,
            signature="not_asked",
            waiting_since=None,
        )
    return agreement


def page(name, agreement=None, *args):
    return reverse(f"projects:{name}", args=[agreement.code, *args] if agreement else args)


def parties(*rows, action="save", **more):
    data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0, "action": action, **more}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-{name}": value for name, value in row.items()}
    return data


def given(cast, *payments, **changed):
    return {
        **parties(*payments),
        "funder": cast.partner_b.pk,
        "recipient": cast.partner_a.pk,
        "project": ProjectFactory(lead=cast.partner_a).pk,
        "amount": "1 200,50",
        "kind": "cash",
        **changed,
    }


def test_a_manager_drafts_an_agreement_for_their_organisation(cast, as_user):
    manager = as_user(cast.manager)
    answer = manager.post(
        page("agreement_new"), {"title_fr": "Convention des quais", "lead": cast.partner_a.pk}
    )
    agreement = FundingAgreement.objects.get()
    assert answer["Location"] == page("agreement_parties", agreement)
    assert agreement.code == f"CF-{timezone.localdate().year}-01"
    assert agreement.status == "draft"
    assert agreement.parties.get().role == "lead"
    assert manager.get(page("agreement_detail", agreement)).status_code == 200
    assert agreement.events.filter(pgh_context__metadata__user=cast.manager.pk).exists()


def test_a_manager_drafts_for_no_other_organisation_and_a_contributor_for_none(cast, as_user):
    page_again = as_user(cast.manager).post(
        page("agreement_new"), {"title_fr": "Convention", "lead": cast.partner_b.pk}
    )
    assert page_again.status_code == 422
    assert 'value="Convention"' in page_again.content.decode(), "what was typed is kept"
    assert as_user(cast.owner).get(page("agreement_new")).status_code == 403
    with pytest.raises(NotAllowed):
        drafts.draft_agreement(
            actor=cast.manager, values={"title_fr": "Convention"}, lead=cast.partner_b
        )
    assert not FundingAgreement.objects.exists()


def test_the_secretariat_chooses_the_code_and_a_taken_one_is_refused(cast, as_user, draft):
    secretary = as_user(cast.secretary)
    taken = secretary.post(page("agreement_new"), {"title_fr": "Autre", "code": "CONV-1"})
    assert taken.context["form"].errors["code"]
    assert (
        secretary.post(page("agreement_new"), {"title_fr": "A", "code": "a b/c"}).status_code == 422
    )
    assert (
        secretary.post(page("agreement_new"), {"title_fr": "A", "code": "new"}).status_code == 422
    )
    secretary.post(page("agreement_new"), {"title_fr": "Autre", "code": "CONV-2"})
    assert FundingAgreement.objects.get(code="CONV-2").title_fr == "Autre"


def test_only_the_lead_and_the_secretariat_write_and_strangers_see_nothing(cast, as_user, draft):
    other = PartnerFactory()
    names = ("agreement_edit", "agreement_parties", "contribution_new")
    from tests.factories.partners import MembershipFactory

    funder = MembershipFactory(partner=cast.partner_b, role="manager").user
    outsider = MembershipFactory(partner=other, role="manager").user
    for name in names:
        asked = [
            as_user(person).get(page(name, draft)).status_code
            for person in (cast.manager, cast.secretary, cast.owner, funder, outsider)
        ]
        assert asked == [200, 200, 403, 403, 404], name
    for name in ("agreement_remove",):
        assert as_user(funder).post(page(name, draft)).status_code == 403


def test_parties_are_added_reordered_and_removed_on_one_page(cast, as_user, draft):
    third = PartnerFactory()
    answer = as_user(cast.manager).post(
        page("agreement_parties", draft),
        parties(
            {"partner": third.pk, "role": "funder", "siret": "732 829 320 00074"},
            {"partner": cast.partner_a.pk, "role": "lead"},
            {"partner": cast.partner_b.pk, "role": "funder", "remove": "on"},
            {"partner": "", "role": "funder"},
        ),
    )
    assert answer.status_code == 302
    found = draft.parties.order_by("position").values_list("partner", "role", "siret")
    assert list(found) == [(third.pk, "funder", VALID), (cast.partner_a.pk, "lead", "")]


def test_a_siret_that_fails_its_check_needs_a_reason_which_is_kept(cast, as_user, draft):
    row = {"partner": cast.partner_a.pk, "role": "lead", "siret": INVALID}
    manager = as_user(cast.manager)
    refused = manager.post(page("agreement_parties", draft), parties(row))
    assert refused.status_code == 422
    assert "contrôle" in refused.content.decode()
    assert INVALID in refused.content.decode(), "what was typed is kept"
    assert refused.context["formset"].forms[0].errors["siret"]
    row["siret_override_reason"] = "Numéro étranger"
    manager.post(page("agreement_parties", draft), parties(row))
    party = draft.parties.get()
    assert (party.siret, party.siret_override_reason) == (INVALID, "Numéro étranger")
    assert party.events.filter(siret_override_reason="Numéro étranger").exists()
    assert (
        manager.post(page("agreement_parties", draft), parties({**row, "siret": "12"})).status_code
        == 422
    )


def test_the_siret_of_the_draft_is_the_one_signed_with(cast, draft):
    AgreementParty.objects.filter(partner=cast.partner_a).update(siret=VALID)
    effects.approve_agreement(actor=cast.secretary, agreement=draft, on=timezone.localdate())
    signed = agreements.record_signature(
        actor=cast.manager,
        party=draft.parties.get(partner=cast.partner_a),
        signed_on=timezone.localdate(),
        signatory="Ada Martin",
    )
    assert signed.siret_at_signature == VALID


def test_more_rows_keep_what_was_typed_and_save_nothing(cast, as_user, draft):
    before = list(AgreementParty.objects.values())
    answer = as_user(cast.manager).post(
        page("agreement_parties", draft),
        parties({"partner": cast.partner_b.pk, "role": "associated", "siret": "12"}, action="more"),
    )
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'value="12"' in html
    assert 'name="form-3-partner"' in html
    assert list(AgreementParty.objects.values()) == before


def test_the_same_organisation_twice_is_said_beside_the_second(cast, as_user, draft):
    row = {"partner": cast.partner_a.pk, "role": "lead"}
    answer = as_user(cast.manager).post(page("agreement_parties", draft), parties(row, row))
    assert answer.context["formset"].forms[1].errors["partner"]


def test_a_manager_does_not_write_their_organisation_out(cast, as_user, draft):
    answer = as_user(cast.manager).post(
        page("agreement_parties", draft), parties({"partner": cast.partner_b.pk, "role": "lead"})
    )
    assert "porte cette convention" in answer.content.decode()
    assert draft.parties.count() == 2


def test_who_gives_or_receives_stays_a_party(cast, as_user, draft):
    ContributionFactory(agreement=draft, funder=cast.partner_b, recipient=cast.partner_a)
    answer = as_user(cast.secretary).post(
        page("agreement_parties", draft), parties({"partner": cast.partner_a.pk, "role": "lead"})
    )
    assert answer.status_code == 422
    assert cast.partner_b.label in answer.content.decode()
    assert draft.parties.count() == 2


def test_a_contribution_is_written_with_its_payments_and_the_total_shows(cast, as_user, draft):
    manager = as_user(cast.manager)
    answer = manager.post(
        page("contribution_new", draft),
        given(
            cast,
            {"amount": "1000", "due_on": "2027-02-28"},
            {"amount": "200,50", "condition": "À la réception"},
            {},
        ),
    )
    assert answer.status_code == 302
    made = Contribution.objects.get()
    assert made.amount == Decimal("1200.50")
    assert [part.amount for part in made.instalments.order_by("position")] == [
        1000,
        Decimal("200.50"),
    ]
    shown = manager.get(page("agreement_detail", draft)).content.decode()
    assert "1\u202f200,50" in shown
    assert "couvrent tout le montant" in shown, "said once, after the save"


def test_the_plan_is_rewritten_and_removed_with_the_contribution(cast, as_user, draft):
    one = ContributionFactory(
        agreement=draft, funder=cast.partner_b, recipient=cast.partner_a,
        project=ProjectFactory(lead=cast.partner_a),
    )  # fmt: skip
    InstalmentFactory.create_batch(3, contribution=one, amount=10)
    manager = as_user(cast.manager)
    data = given(
        cast,
        {"amount": "5", "due_on": "2027-01-01"},
        {"amount": "6", "due_on": "2027-01-02", "remove": "on"},
    )
    manager.post(page("contribution_edit", draft, one.pk), {**data, "project": one.project_id})
    assert [part.amount for part in one.instalments.all()] == [5]
    manager.post(page("contribution_remove", draft, one.pk))
    assert not Contribution.objects.exists()
    assert not Instalment.objects.exists()


@pytest.mark.parametrize(
    ("payment", "changed", "said"),
    [
        ({"amount": "1300", "due_on": "2027-01-01"}, {}, "plus que"),
        ({"amount": "-5", "due_on": "2027-01-01"}, {}, "supérieur à zéro"),
        ({"amount": "5"}, {}, "le jour où il est dû"),
        ({"due_on": "2027-01-01"}, {}, "le montant de ce versement"),
        ({"amount": "5", "due_on": "2027-02-29"}, {}, "2027-02-29"),
        ({}, {"amount": "0"}, "supérieur à zéro"),
        ({}, {"amount": "beaucoup"}, "beaucoup"),
        ({}, {"funder": "999999"}, "funder"),
        ({}, {"decided_on": "hier"}, "decided_on"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(
    cast, as_user, draft, payment, changed, said
):
    answer = as_user(cast.manager).post(
        page("contribution_new", draft), given(cast, payment, decision_reference="D-12", **changed)
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="D-12"' in answer.content.decode()
    assert not Contribution.objects.exists()


def test_a_proposed_project_of_others_is_no_choice(cast, as_user, draft):
    secret = ProjectFactory(proposed=True, lead=PartnerFactory())
    answer = as_user(cast.manager).post(
        page("contribution_new", draft), given(cast, project=secret.pk)
    )
    assert answer.context["form"].errors["project"]


def test_two_tabs_the_second_sees_what_the_first_saved_and_chooses(cast, as_user, draft):
    first, second = as_user(cast.manager), as_user(cast.secretary)
    seen = second.get(page("agreement_edit", draft)).context["seen"]
    first.post(page("agreement_edit", draft), {"title_fr": "Du premier", "seen": seen})
    answer = second.post(page("agreement_edit", draft), {"title_fr": "Du second", "seen": seen})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Du premier" in html
    assert 'value="Du second"' in html
    draft.refresh_from_db()
    assert draft.title_fr == "Du premier"
    second.post(
        page("agreement_edit", draft), {"title_fr": "Du second", "seen": answer.context["seen"]}
    )
    draft.refresh_from_db()
    assert draft.title_fr == "Du second"


def test_parties_and_contributions_are_not_overwritten_unseen_either(cast, draft):
    one = ContributionFactory(agreement=draft, funder=cast.partner_b, recipient=cast.partner_a)
    rows = [drafts.PartyRow(cast.partner_a, "lead"), drafts.PartyRow(cast.partner_b, "funder")]
    with pytest.raises(Stale):
        drafts.set_parties(actor=cast.manager, agreement=draft, rows=rows, seen="older")
    with pytest.raises(Stale):
        drafts.save_contribution(
            actor=cast.manager, agreement=draft, contribution=one, values={}, instalments=[], seen="older"
        )  # fmt: skip


def test_once_approved_nothing_of_it_is_written_any_more(cast, as_user, draft):
    one = ContributionFactory(agreement=draft, funder=cast.partner_b, recipient=cast.partner_a)
    effects.approve_agreement(actor=cast.secretary, agreement=draft, on=timezone.localdate())
    rows = [drafts.PartyRow(cast.partner_a, "lead")]
    for refused in (
        lambda: drafts.edit_agreement(actor=cast.secretary, agreement=draft, values={}),
        lambda: drafts.set_parties(actor=cast.secretary, agreement=draft, rows=rows),
        lambda: drafts.remove_contribution(actor=cast.secretary, contribution=one),
        lambda: drafts.remove_agreement(actor=cast.secretary, agreement=draft),
    ):
        with pytest.raises(TransitionRefused):
            refused()
    secretary = as_user(cast.secretary)
    told = secretary.get(page("agreement_edit", draft), follow=True)
    assert "ne peut plus le modifier" in told.content.decode()
    typed_too_late = secretary.post(
        page("contribution_edit", draft, one.pk), given(cast), follow=True
    )
    assert "ne peut plus le modifier" in typed_too_late.content.decode()


def test_a_draft_is_removed_unless_an_agenda_holds_it(cast, as_user, draft):
    ContributionFactory(agreement=draft, funder=cast.partner_b, recipient=cast.partner_a)
    item = AgendaItemFactory(kind=ItemKind.APPROVE_AGREEMENT, agreement=draft)
    assert as_user(cast.manager).post(page("agreement_remove", draft)).status_code == 409
    assert draft.contributions.exists(), "all or nothing"
    item.delete()
    assert as_user(cast.manager).post(page("agreement_remove", draft)).status_code == 302
    assert not FundingAgreement.objects.exists()


def test_the_page_of_a_draft_says_what_is_missing(cast, as_user, draft):
    html = as_user(cast.manager).get(page("agreement_detail", draft)).content.decode()
    assert "Ce qui manque" in html
    assert "le SIRET de Partenaire A, Partenaire B" in html


# --- Amendments ---------------------------------------------------------------------------------------


@pytest.fixture
def in_force(draft):
    draft.status, draft.approved_on = "in_force", timezone.localdate()
    draft.in_force_on = timezone.localdate()
    draft.save()
    return draft


def test_an_amendment_is_drafted_changed_approved_and_signed(cast, as_user, in_force):
    manager, third = as_user(cast.manager), PartnerFactory()
    manager.post(page("amendment_new", in_force), {"title_fr": "Un quai de plus"})
    made = Amendment.objects.get()
    assert (made.number, made.parties.count()) == (1, 2)
    rows = parties(
        {"partner": cast.partner_a.pk, "role": "lead"}, {"partner": third.pk, "role": "funder"}
    )
    assert manager.post(page("amendment_parties", in_force, 1), rows).status_code == 302
    assert in_force.parties.filter(amendment=None).count() == 2, "the agreement keeps its own"
    added = manager.post(
        page("amendment_contribution_new", in_force, 1), given(cast, funder=third.pk)
    )
    assert added.status_code == 302
    assert Contribution.objects.get().amendment == made
    manager.post(page("amendment_edit", in_force, 1), {"title_fr": "Deux quais de plus"})
    assert manager.get(page("amendment_approve", in_force, 1)).status_code == 403
    as_user(cast.secretary).post(
        page("amendment_approve", in_force, 1), {"on": timezone.localdate().isoformat()}
    )
    made.refresh_from_db()
    assert (made.status, made.title_fr) == ("signing", "Deux quais de plus")
    assert set(made.parties.values_list("signature", flat=True)) == {"waiting"}
    with pytest.raises(TransitionRefused):
        amendments.edit_amendment(actor=cast.secretary, amendment=made, values={"text": "x"})


def test_a_draft_has_no_amendment_and_only_the_last_one_is_removed(cast, as_user, draft):
    with pytest.raises(TransitionRefused):
        amendments.draft_amendment(actor=cast.manager, agreement=draft, values={"title_fr": "x"})
    draft.status, draft.approved_on, draft.in_force_on = "in_force", *[timezone.localdate()] * 2
    draft.save()
    for _ in range(2):
        amendments.draft_amendment(actor=cast.manager, agreement=draft, values={"title_fr": "x"})
    manager = as_user(cast.manager)
    assert manager.post(page("amendment_remove", draft, 1)).status_code == 409
    assert manager.post(page("amendment_remove", draft, 2)).status_code == 302
    assert list(draft.amendments.values_list("number", flat=True)) == [1]


def test_a_page_of_a_hundred_parties_costs_the_queries_of_one_of_two(
    cast, as_user, draft, django_assert_max_num_queries
):
    secretary = as_user(cast.secretary)
    secretary.get(page("agreement_parties", draft))
    with django_assert_max_num_queries(30) as few:
        secretary.get(page("agreement_parties", draft))
    for _ in range(30):
        PartyFactory(agreement=draft, signature="not_asked", waiting_since=None)
    with django_assert_max_num_queries(len(few)):
        secretary.get(page("agreement_parties", draft))


def test_no_payment_moves_while_the_agreement_is_a_draft(cast, as_user, draft):
    one = ContributionFactory(
        agreement=draft, funder=cast.partner_b, recipient=cast.partner_a,
        project=ProjectFactory(lead=cast.partner_a),
    )  # fmt: skip
    part = InstalmentFactory(contribution=one)
    secretary = as_user(cast.secretary)
    assert secretary.get(page("instalment_move", draft, part.pk)).status_code == 403
    assert (
        page("instalment_move", draft, part.pk)
        not in secretary.get(page("agreement_detail", draft)).content.decode()
    )


def test_what_public_sources_say_is_rewritten_by_nobody(cast, as_user, draft):
    draft.is_sourced = True
    draft.save()
    for person in (cast.manager, cast.secretary):
        assert as_user(person).get(page("agreement_edit", draft)).status_code == 403
    html = as_user(cast.secretary).get(page("agreement_detail", draft)).content.decode()
    assert page("agreement_parties", draft) not in html
