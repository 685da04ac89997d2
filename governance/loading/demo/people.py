"""The demonstration's organisations and people, and the accounts that can sign in."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from governance.loading.demo.calendar import Calendar
from governance.loading.rows import bilingual
from partners.models import Membership, Partner, User

PASSWORD = "smartport-demo"
FIRST_DAY = -460


def load_people(facts: dict[str, Any], calendar: Calendar) -> None:
    partners = {row["code"]: _partner(row) for row in facts["partners"]}
    hashed = make_password(PASSWORD)
    for row in facts["people"]:
        _person(row, partners, hashed, calendar)


def _partner(row: dict[str, Any]) -> Partner:
    texts = {name: row.get(name) for name in ("name", "short_name", "about")}
    plain = {name: row[name] for name in ("code", "slug", "kind", "role")}
    partner = Partner(**plain, **bilingual(**texts))
    partner.full_clean(validate_constraints=False)
    partner.save()
    return partner


def _person(
    row: dict[str, Any], partners: dict[str, Partner], hashed: str, calendar: Calendar
) -> None:
    signs_in = row.get("signs_in", False)
    administrator = row.get("administrator", False)
    user = User.objects.create(
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        password=hashed if signs_in else UNUSABLE_PASSWORD_PREFIX,
        is_secretariat=row.get("secretariat", False),
        is_staff=administrator,
        is_superuser=administrator,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for place in row.get("of", []):
        Membership.objects.create(
            user=user,
            partner=partners[place["partner"]],
            role=place["role"],
            function=place["function"],
            start=calendar.day(FIRST_DAY),
        )
