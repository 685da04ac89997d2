"""Following and muting a project: what a person is told of it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import User
from projects.enums import Interest
from projects.models import Following, Project
from smartport.errors import NotAllowed


@transaction.atomic
def set_interest(*, actor: User, project: Project, interest: str) -> Following | None:
    """`interest` is one of `Interest`, or empty for neither: told of as one's organisation takes part in it."""
    if not Project.objects.visible_to(actor).filter(pk=project.pk).exists():
        raise NotAllowed(_("You do not see this project."))
    if not interest:
        Following.objects.filter(user=actor, project=project).delete()
        return None
    following, _created = Following.objects.update_or_create(
        user=actor,
        project=project,
        defaults={"interest": Interest(interest), "since": timezone.now()},
    )
    return following
