"""Committees in pages: seats and mandates over time without overlap, rules as settings, a default agenda."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from governance.enums import Capacity, DayCount
from governance.models import Committee, Mandate
from governance.services.rules import notice_days, summon_by
from smartport.holidays import easter, public_holidays
from tests.factories.governance import (
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.partners import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory()


def address(name, *args):
    return reverse(f"governance:{name}", args=args)


def rules_of(committee, **changes):
    fields = {
        "name_fr": committee.name_fr,
        "kind": "steering",
        "quorum_rule": "by_college",
        "quorum_percent": 60,
        "proxies_per_holder": 2,
        "notice_days": 10,
        "notice_count": "working",
        "minutes_days": 8,
        "objection_days": 20,
        "proposal_days": 30,
        "items-TOTAL_FORMS": 2,
        "items-INITIAL_FORMS": 0,
        "items-0-title_fr": "Actualités des partenaires",
        "items-0-minutes": 15,
        "items-1-title_fr": "",
        "items-1-minutes": 10,
    }
    return fields | changes


def test_the_secretariat_changes_the_rules_and_the_default_agenda_in_one_page(
    cast, as_user, committee
):
    client, page = as_user(cast.secretary), address("committee_edit", committee.slug)
    assert client.post(page, rules_of(committee)).status_code == 302
    committee.refresh_from_db()
    assert (committee.quorum_rule, committee.quorum_percent) == ("by_college", 60)
    assert committee.proxies_count_for_quorum is False
    assert [item.title_fr for item in committee.standing_items.all()] == [
        "Actualités des partenaires"
    ]
    emptied = rules_of(committee) | {"items-INITIAL_FORMS": 1, "items-0-title_fr": ""}
    assert client.post(page, emptied).status_code == 302
    assert not committee.standing_items.exists()


def test_a_wrong_rule_is_said_beside_its_field_and_the_agenda_typed_is_kept(
    cast, as_user, committee
):
    response = as_user(cast.secretary).post(
        address("committee_edit", committee.slug),
        rules_of(committee, quorum_percent=150),
    )
    assert response.status_code == 422
    assert response.context["form"].errors["quorum_percent"]
    assert "Actualités des partenaires" in response.content.decode()
    assert not committee.standing_items.exists()


def test_a_new_committee_gets_its_code_in_capitals_and_never_that_of_another(cast, as_user):
    client = as_user(cast.secretary)
    fields = rules_of(CommitteeFactory.build(name_fr="Comité technique")) | {"code": "cotech"}
    assert client.post(address("committee_create"), fields).status_code == 302
    assert Committee.objects.get(code="COTECH").slug == "comite-technique"
    again = client.post(address("committee_create"), fields)
    assert again.status_code == 422
    assert set(again.context["form"].errors) == {"code", "name_fr"}


def test_the_public_sees_the_seats_and_never_the_people(cast, as_user, client, committee):
    seat = SeatFactory(committee=committee, kind="observer")
    mandate = MandateFactory(seat=seat, user=UserFactory(first_name="Irène", last_name="Vallat"))
    page = committee.get_absolute_url()
    assert seat.partner.name in client.get(page).content.decode()
    for reader in (client, as_user(cast.stranger), as_user(cast.owner)):
        assert "Vallat" not in reader.get(page).content.decode()
    assert "Vallat" in as_user(mandate.user).get(page).content.decode()
    assert "Vallat" in as_user(cast.secretary).get(page).content.decode()


def test_a_partner_has_one_seat_at_a_time_in_a_committee(cast, as_user, committee):
    seat = SeatFactory(committee=committee)
    page = address("seat_create", committee.slug)
    fields = {"partner": seat.partner.pk, "kind": "voting", "position": 3}
    refused = as_user(cast.secretary).post(page, fields)
    assert refused.status_code == 422
    assert "partner" in refused.context["form"].errors
    other = fields | {"partner": PartnerFactory().pk, "start": "2027-02-01", "end": "2027-01-01"}
    refused = as_user(cast.secretary).post(page, other)
    assert "end" in refused.context["form"].errors
    assert as_user(cast.secretary).post(page, other | {"end": ""}).status_code == 302


def test_a_seat_that_ends_takes_its_running_mandates_along(cast, as_user, committee):
    mandate = MandateFactory(seat=SeatFactory(committee=committee))
    page = address("seat_edit", committee.slug, mandate.seat.pk)
    last = timezone.localdate() + timedelta(days=5)
    fields = {"kind": "voting", "position": 1, "end": last.isoformat()}
    assert as_user(cast.secretary).post(page, fields).status_code == 302
    mandate.refresh_from_db()
    assert mandate.end == last


def test_two_mandates_of_one_kind_never_overlap_in_a_seat(cast, as_user, committee):
    held = MandateFactory(seat=SeatFactory(committee=committee), start=date(2026, 1, 1))
    page = address("mandate_create", committee.slug, held.seat.pk)
    person = UserFactory()
    fields = {"user": person.pk, "capacity": "titular", "start": "2027-03-01", "end": ""}
    refused = as_user(cast.secretary).post(page, fields)
    assert refused.status_code == 422
    assert str(held.user) in refused.context["form"].errors["start"][0]
    assert Mandate.objects.filter(seat=held.seat).count() == 1

    ended = {"capacity": "titular", "start": "2026-01-01", "end": "2027-02-28"}
    edit = address("mandate_edit", committee.slug, held.pk)
    assert as_user(cast.secretary).post(edit, ended).status_code == 302
    assert as_user(cast.secretary).post(page, fields).status_code == 302
    alternate = fields | {"user": UserFactory().pk, "capacity": "alternate"}
    assert as_user(cast.secretary).post(page, alternate).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(
            seat=held.seat, user=UserFactory(), capacity=Capacity.TITULAR, start=date(2028, 2, 29)
        )


def test_a_mandate_stays_within_the_days_of_its_seat(cast, as_user, committee):
    seat = SeatFactory(committee=committee, start=date(2026, 1, 1), end=date(2026, 12, 31))
    page = address("mandate_create", committee.slug, seat.pk)
    fields = {"user": UserFactory().pk, "capacity": "titular", "start": "2026-02-01", "end": ""}
    refused = as_user(cast.secretary).post(page, fields)
    assert "end" in refused.context["form"].errors


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_easter_falls_where_the_almanac_says(year, day):
    assert easter(year) == day


def test_public_holidays_are_those_of_metropolitan_france():
    assert public_holidays(2026) == {
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
        date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11),
        date(2026, 12, 25),
    }  # fmt: skip


def test_working_days_leave_out_public_holidays():
    """From 30 April 2026 to 11 May: 1 and 8 May are holidays."""
    assert notice_days(DayCount.WORKING, date(2026, 4, 30), date(2026, 5, 11)) == 5


@pytest.mark.parametrize(
    ("count", "day"),
    [
        (DayCount.CALENDAR, date(2026, 5, 6)),
        (DayCount.CLEAR, date(2026, 5, 5)),
        (DayCount.WORKING, date(2026, 5, 3)),
    ],
)
def test_the_last_day_to_summon_follows_the_way_of_counting(count, day):
    rules = CommitteeFactory(notice_days=5, notice_count=count)
    starts = timezone.make_aware(timezone.datetime(2026, 5, 11, 9))
    assert summon_by(MeetingFactory.build(committee=rules, starts_at=starts)) == day
