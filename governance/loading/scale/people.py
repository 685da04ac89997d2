"""Who a synthetic portfolio hangs from: invented organisations, one author, one committee."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from governance.loading.scale import words
from governance.models import Committee
from partners.models import Partner, User
from projects.models import Framework, Indicator, StrategicGoal

PARTNERS = 40
EMAIL = "portfolio@scale.example"
COMMITTEE = "DEMO-SCALE"


@dataclass(frozen=True)
class Cast:
    partners: list[Partner]
    author: User
    committee: Committee
    goals: list[int]
    frameworks: list[int]
    indicators: list[int]


def cast() -> Cast:
    """Made on the first run, found again on the next; goals and frameworks are those of the public facts."""
    committee, _made = Committee.objects.get_or_create(
        code=COMMITTEE,
        defaults={
            "slug": "demo-scale",
            "kind": "technical",
            "name_fr": "Comité des essais à grande échelle",
            "name_en": "Committee of the scale runs",
        },
    )
    author, _made = User.objects.get_or_create(
        email=EMAIL,
        defaults={
            "first_name": "Portefeuille",
            "last_name": "Synthétique",
            "password": UNUSABLE_PASSWORD_PREFIX,
            "is_active": False,
        },
    )
    return Cast(
        partners=[_partner(number) for number in range(1, PARTNERS + 1)],
        author=author,
        committee=committee,
        goals=list(StrategicGoal.objects.values_list("pk", flat=True)),
        frameworks=list(Framework.objects.values_list("pk", flat=True)),
        indicators=[_indicator(*row) for row in words.INDICATORS],
    )


def _partner(number: int) -> Partner:
    kind_name, kind = words.ORGANISATIONS[number % len(words.ORGANISATIONS)]
    name = f"{kind_name} {words.NAMES[number % len(words.NAMES)]} {number}"
    partner, _made = Partner.objects.get_or_create(
        code=f"DEMO-SP{number:02d}",
        defaults={
            "slug": f"demo-sp{number:02d}",
            "kind": kind,
            "role": "associated",
            "name_fr": name,
            "name_en": name,
        },
    )
    return partner


def _indicator(code: str, fr: str, en: str, unit_fr: str, unit_en: str) -> int:
    indicator, _made = Indicator.objects.get_or_create(
        code=code,
        defaults={"title_fr": fr, "title_en": en, "unit_fr": unit_fr, "unit_en": unit_en},
    )
    return indicator.pk
