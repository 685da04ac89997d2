from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import ProposalStatus
from governance.models.agenda import AgendaItem
from governance.models.meetings import Meeting, person
from governance.querysets import ProposalQuerySet
from partners.models import Partner
from projects.models import Project
from smartport.guards import dated
from smartport.history import tracked


@tracked
class ItemProposal(models.Model):
    """An item a partner asks the committee to take; the secretariat puts it on the agenda or says why not."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="proposals", verbose_name=_("meeting")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="proposals", verbose_name=_("partner")
    )
    title = models.CharField(_("title"), max_length=300)
    reason = models.TextField(_("why the committee should take it"))
    proposed_decision = models.TextField(_("proposed decision"), blank=True)
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("project"),
    )
    minutes = models.PositiveSmallIntegerField(_("duration, in minutes"), default=10)
    status = models.CharField(
        _("state"), max_length=9, choices=ProposalStatus, default=ProposalStatus.WAITING
    )
    proposed_by = person(_("proposed by"), null=False, related_name="proposals")
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    decided_by = person(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("answer of the secretariat"), blank=True)
    item = models.OneToOneField(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposal",
        verbose_name=_("item"),
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-id"]
        verbose_name = _("proposed item")
        verbose_name_plural = _("proposed items")
        constraints = [
            dated("accepted", "decided_at", "decided_by", name="proposal_accepted_by_someone"),
            dated("declined", "decided_at", "decided_by", name="proposal_declined_by_someone"),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(answer=""),
                name="proposal_declined_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title
