"""What machines read on a project's page: schema.org as JSON-LD, in a data block that no browser runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from partners.models import Partner
from projects.models import Contribution, Project
from smartport.addresses import absolute

ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def project_data(project: Project, contributions: Iterable[Contribution]) -> SafeString:
    """The project and the way to it. Only what is known is said."""
    supporting = [one.partner for one in project.project_partners.all()]
    members = ([project.lead] if project.lead else []) + supporting
    about = {
        "@type": "Project",
        "name": project.title,
        "description": project.summary,
        "identifier": project.code,
        "url": absolute(project.get_absolute_url()),
        "foundingDate": project.start_on,
        "dissolutionDate": project.end_on,
        "location": {"@type": "Place", "name": project.place} if project.place else None,
        "member": _organisations(members),
        "funder": _organisations(one.funder for one in contributions),
    }
    steps = [
        (_("Projects"), reverse("projects:project_list")),
        (project.title, project.get_absolute_url()),
    ]
    path = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(url)}
            for place, (name, url) in enumerate(steps, 1)
        ],
    }
    known = {name: value for name, value in about.items() if value}
    return written({"@context": "https://schema.org", "@graph": [known, path]})


def written(data: dict[str, Any]) -> SafeString:
    """As text that cannot end the block it stands in."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPED)
    return mark_safe(text)  # noqa: S308  (every character that HTML knows is escaped above)


def _organisations(partners: Iterable[Partner]) -> list[dict[str, str]]:
    return [
        {
            "@type": "Organization",
            "name": partner.name,
            "url": absolute(reverse("projects:partner_detail", args=[partner.slug])),
        }
        for partner in dict.fromkeys(partners)
    ]
