"""The gallery: every component of the look on one page, empty, filled, very long, in error and busy.

Open to everyone in a trial and to administrators elsewhere. Nothing on it is stored or sent.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smartport import dates, drawings, marks
from smartport.forms import DateInput, MeteoSelect, MoneyField, PercentInput

LONG = (
    "Programme pluriannuel de raccordement électrique à quai des navires de croisière, "
    "de transport de passagers et de fret roulant, de mesure continue de la qualité de l’air "
    "et de partage des données d’escale entre la place portuaire, les collectivités, "
    "les compagnies maritimes et les riverains des bassins est et ouest"
)
RIGHT_TO_LEFT = "شركة الميناء الذكي للنقل البحري"


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not (settings.TRIAL or getattr(request.user, "is_staff", False)):
        raise Http404
    today = timezone.localdate()
    context = {
        "today": today,
        "icons": sorted(marks.icon_names() - {"mark"}),
        "long": LONG,
        "rtl": RIGHT_TO_LEFT,
        **_marks(today),
        **_forms(),
        **_lists(today),
        **_cycle(today),
    }
    return render(request, "smartport/gallery.html", context)


class SampleForm(forms.Form):
    """One field of each kind."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        weathers = [(mark.name, mark.word) for mark in marks.METEO.values()]
        self.fields = {
            "title": forms.CharField(label=_("Title"), max_length=120),
            "summary": forms.CharField(
                label=_("Public summary"),
                max_length=2000,
                widget=forms.Textarea,
                help_text=_("Two or three sentences that anyone understands."),
            ),
            "health": forms.ChoiceField(label=_("Health"), choices=weathers, widget=MeteoSelect),
            "percent": forms.IntegerField(
                label=_("Completion, in percent"), min_value=0, max_value=100, widget=PercentInput
            ),
            "amount": MoneyField(label=_("Expenditure to date, in euros"), required=False),
            "forecast": forms.DateField(label=_("Forecast date"), widget=DateInput, required=False),
            "goal": forms.ChoiceField(
                label=_("Goal"),
                choices=[("", "—"), ("g1", _("Economic performance")), ("long", LONG)],
            ),
            "roles": forms.MultipleChoiceField(
                label=_("Roles"),
                choices=[("lead", _("Lead")), ("funder", _("Funder")), ("long", LONG)],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            ),
            "public": forms.BooleanField(
                label=_("Show this text on the public page"), required=False
            ),
            "evidence": forms.FileField(label=_("Evidence"), required=False),
        }


def _marks(today: date) -> dict[str, Any]:
    return {
        "healths": [*marks.METEO, ""],
        "states": sorted(marks.STATES),
        "series": [
            (today - timedelta(days=270), "sunny"),
            (today - timedelta(days=180), "cloudy"),
            (today - timedelta(days=90), ""),
            (today, "rainy"),
        ],
        "soon": today + timedelta(days=5),
        "later": today + timedelta(days=40),
        "past": today - timedelta(days=3),
    }


def _forms() -> dict[str, Any]:
    typed = {
        "title": "",
        "summary": LONG * 8,
        "health": "",
        "percent": "101",
        "amount": "12,34,56",
        "forecast": "",
        "goal": "",
        "roles": ["king"],
    }
    wrong = SampleForm({f"wrong-{name}": value for name, value in typed.items()}, prefix="wrong")
    wrong.takes_focus = False
    wrong.is_valid()
    return {
        "form_empty": SampleForm(prefix="empty"),
        "form_files": SampleForm(prefix="files"),
        "form_wrong": wrong,
        "files": [
            {
                "name": "rapport-de-mesure.pdf",
                "size": "1,4 Mo",
                "url": "#files",
                "remove_url": "#files",
            },
            {
                "name": f"{RIGHT_TO_LEFT} {LONG[:120]}.pdf",
                "size": "24 Mo",
                "url": "#files",
                "remove_url": "",
            },
        ],
        "conflict_fields": [
            {
                "name": "a",
                "label": _("Achievements"),
                "mine": "Quai 163 raccordé, essais en mai.",
                "theirs": "Quai 163 raccordé, essais reportés en juin.",
            },
            {"name": "b", "label": _("Next steps"), "mine": "", "theirs": LONG},
        ],
        "text_before": "Les essais à quai auront lieu en mai, avec deux navires.",
        "text_after": "Les essais à quai auront lieu en juin, avec trois navires et une mesure de bruit.",
    }


def _milestones(today: date) -> list[dict[str, Any]]:
    def day(days: int) -> date:
        return today + timedelta(days=days)

    return [
        {"name": "Étude", "baseline": day(-400), "forecast": None, "actual": day(-400)},
        {"name": "Pilote", "baseline": day(-210), "forecast": day(-150), "actual": day(-140)},
        {"name": "Mise en service", "baseline": day(60), "forecast": day(150), "actual": None},
        {
            "name": f"{RIGHT_TO_LEFT} · {LONG[:110]}",
            "baseline": day(300),
            "forecast": day(280),
            "actual": None,
        },
        {"name": "Bilan", "baseline": None, "forecast": None, "actual": None},
    ]


def _lists(today: date) -> dict[str, Any]:
    milestones = _milestones(today)
    drawing = drawings.timeline_svg(milestones, today)
    rows = [
        {
            "name": "Quais électriques",
            "url": "#table",
            "code": "DEMO-01",
            "partner": "Partenaire A",
            "goal": _("Economic performance"),
            "health": "sunny",
            "health_date": today,
            "timeline": drawing,
            "money": "800 000 €",
            "is_demo": True,
        },
        {
            "name": LONG,
            "url": "#table",
            "code": "DEMO-02",
            "partner": RIGHT_TO_LEFT,
            "goal": LONG[:90],
            "health": "stormy",
            "health_date": today,
            "timeline": drawing,
            "money": "12 450 000,50 €",
            "is_demo": True,
        },
        {
            "name": "Carnet d’escale",
            "url": "#table",
            "code": "",
            "partner": "",
            "goal": "",
            "health": "",
            "health_date": None,
            "timeline": "",
            "money": "",
            "status": "proposed",
            "status_label": _("Proposed"),
            "is_demo": False,
        },
    ]
    choices = [
        {"value": "g1", "label": _("Economic performance"), "count": 12, "checked": True},
        {"value": "g2", "label": LONG[:90], "count": 3, "checked": False},
        {"value": "g3", "label": RIGHT_TO_LEFT, "count": 0, "checked": False},
    ]
    return {
        "milestones": milestones,
        "rows": rows,
        "facets": [
            {"name": "goal", "label": _("Goal"), "choices": choices},
            {
                "name": "health",
                "label": _("Health"),
                "choices": [
                    {"value": mark.name, "label": mark.word, "count": 4, "checked": False}
                    for mark in marks.METEO.values()
                ],
            },
        ],
        "chips": [
            {"label": _("Economic performance"), "remove_url": "#filters"},
            {"label": RIGHT_TO_LEFT, "remove_url": "#filters"},
        ],
        "sorts": [
            {"label": _("Name"), "url": "#filters", "current": True},
            {"label": _("Date"), "url": "#filters", "current": False},
        ],
        "views": [
            {"label": _("Table"), "url": "#filters", "icon": "table", "current": True},
            {"label": _("Cards"), "url": "#filters", "icon": "cards", "current": False},
        ],
        "key_figures": [
            {"value": "8", "label": _("projects"), "url": "#table", "note": ""},
            {"value": "12", "label": _("partners"), "url": "#table", "note": ""},
            {
                "value": "2,4 M€",
                "label": _("committed"),
                "url": "#table",
                "note": _("leaving out 3 amounts that are not published"),
            },
            {"value": "—", "label": _("not published"), "url": "", "note": ""},
        ],
        "money": {
            "planned": Decimal(2400000),
            "committed": Decimal(1800000),
            "called": Decimal(900000),
            "received": Decimal("650000.5"),
        },
        "sources": [
            {"label": _("Announcement of the first series"), "url": ""},
            {"label": LONG, "url": "https://www.example.org/"},
        ],
    }


def _cycle(today: date) -> dict[str, Any]:
    states = [
        (_("Prepare"), "done"),
        (_("Issue"), "done"),
        (_("Hold"), "current"),
        (_("Minutes"), "todo"),
        (_("Closed"), "todo"),
    ]
    steps = [{"label": label, "state": state, "url": "", "note": ""} for label, state in states]
    steps[2]["note"] = _("since this morning")
    entries = [
        (_("Agenda"), 1, 2, 3, "item", False),
        (_("Approve the series"), 1, 4, 9, "item", True),
        (LONG, 2, 10, 32, "annex", False),
        (RIGHT_TO_LEFT, 3, 33, 33, "annex", True),
    ]
    return {
        "steps": steps,
        "entries": [
            {
                "title": title,
                "level": level,
                "first_page": first,
                "last_page": last,
                "kind": kind,
                "url": "#pack",
                "changed": changed,
                "lang": "",
            }
            for title, level, first, last, kind, changed in entries
        ],
        "parties": [
            {
                "name": "Partenaire A",
                "state": "signed",
                "label": _("Signed"),
                "on": _("on %(day)s") % {"day": dates.short_day(today - timedelta(days=23))},
            },
            {
                "name": "Partenaire B",
                "state": "waiting",
                "label": _("Waiting"),
                "on": _("since %(day)s") % {"day": dates.short_day(today - timedelta(days=23))},
            },
            {"name": RIGHT_TO_LEFT, "state": "waiting", "label": _("Waiting"), "on": ""},
            {"name": LONG[:140], "state": "signed", "label": _("Signed"), "on": ""},
        ],
    }
