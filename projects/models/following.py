from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.enums import Interest
from projects.models.portfolio import Project
from projects.querysets import FollowingQuerySet


class Following(models.Model):
    """What one person said of one project: to be told of it, or to be left in peace."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="followings",
        verbose_name=_("person"),
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="followings", verbose_name=_("project")
    )
    interest = models.CharField(_("interest"), max_length=6, choices=Interest)
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        ordering = ["user", "-since", "-id"]
        verbose_name = _("followed or muted project")
        verbose_name_plural = _("followed or muted projects")
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="following_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.interest} {self.project}"
