"""Which icon, tone and word stand for what: the météo, the states of the domain, kinds of money."""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Meteo:
    name: str
    icon: str
    word: str | Promise
    meaning: str | Promise = ""


METEO = {
    "sunny": Meteo("sunny", "sun", _("Sunny"), _("secured")),
    "cloudy": Meteo("cloudy", "cloud", _("Cloudy"), _("reachable")),
    "rainy": Meteo("rainy", "rain", _("Rainy"), _("needs support")),
    "stormy": Meteo("stormy", "storm", _("Stormy"), _("compromised")),
}
NO_METEO = Meteo("none", "fog", _("Not reported"))

NOTICE_ICONS = {
    "info": "info",
    "success": "check-circle",
    "warning": "alert",
    "error": "alert",
    "sand": "flag",
}

MONEY_TONES = {
    "planned": "ink2",
    "committed": "cloudy",
    "called": "sea",
    "received": "sunny",
    "spent": "ink",
}


def money_words() -> dict[str, str]:
    return {
        "planned": gettext("Planned"),
        "committed": gettext("Committed"),
        "called": gettext("Called"),
        "received": gettext("Received"),
        "spent": gettext("Spent"),
    }


# tone, icon -> the states that wear them; a state of the domain that is missing here falls back to a quiet dot.
_STATES = {
    ("quiet", "edit"): "draft",
    ("quiet", "circle"): "open planned proposed promised preparing pending todo queued no_reply",
    ("quiet", "cross"): "withdrawn cancelled removed",
    ("quiet", "pause"): "suspended postponed",
    ("quiet", "check"): "ended closed noted excused",
    ("busy", "send"): "submitted sent summoned circulated called issued",
    ("busy", "play"): "in_progress in_session building claimed running",
    ("busy", "sign"): "signing",
    ("busy", "clock"): "waiting invited",
    ("good", "check-circle"): "approved accepted signed verified in_force completed received ready",
    ("good", "check"): "done held committed delivered present represented attending",
    ("warn", "back"): "sent_back returned",
    ("warn", "info"): "approved_with_conditions uncertain expiring",
    ("warn", "clock"): "late not_reported expired",
    ("bad", "cross"): "rejected terminated refused absent declined",
    ("bad", "alert"): "failed overdue",
}
STATES = {value: mark for mark, values in _STATES.items() for value in values.split()}


def tone_and_icon(value: str) -> tuple[str, str]:
    return STATES.get(value, ("quiet", "dot"))


@cache
def icon_names() -> frozenset[str]:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite))
