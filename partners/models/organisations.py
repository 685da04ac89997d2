from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from partners.enums import PartnerKind, PartnerRole
from partners.querysets import PartnerQuerySet
from smartport.guards import keeps_former_address
from smartport.history import tracked

models.CharField.register_lookup(Length)

DEMO_PREFIX = "DEMO-"


class Source(models.Model):
    """Where a published fact comes from; pages list theirs under “Sources”."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=300)
    address = models.CharField(
        _("address"), max_length=300, blank=True, help_text=_("Without https://.")
    )
    published_on = models.CharField(_("published on"), max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.title


class Partner(models.Model):
    code = models.CharField(_("code"), max_length=30, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=PartnerKind)
    role = models.CharField(_("role in the initiative"), max_length=12, choices=PartnerRole)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    number_override_reason = models.TextField(
        _("reason for a number that fails its check"),
        blank=True,
        help_text=_("Needed only when the SIREN or SIRET does not pass its checksum."),
    )
    ror = models.CharField(_("ROR identifier"), max_length=9, blank=True)
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("about"), blank=True)
    note = models.TextField(_("note on the facts"), blank=True)
    manager_confirms = models.BooleanField(
        _("a manager confirms each report before it is submitted"), default=False
    )
    sources = models.ManyToManyField(
        Source, blank=True, related_name="partners", verbose_name=_("sources")
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(
                fields=["siren"], condition=~Q(siren=""), name="partner_siren_unique"
            ),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^\d{9}$"), name="partner_siren_nine_digits"
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"),
                name="partner_siret_fourteen_digits",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siren="") | Q(siret__startswith=models.F("siren")),
                name="partner_siret_begins_with_siren",
            ),
        ]
        triggers = [keeps_former_address("partners_partnerredirect", "partner_id")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)

    def name_on(self, day: date) -> str:
        """The name this organisation had on that day, for documents of the time.

        A former name whose last day is unknown is given for any day of the past.
        """
        for former in self.former_names.all():
            end = former.end or timezone.localdate()
            if (former.start is None or former.start <= day) and day < end:
                return former.name
        return self.name

    def clean(self) -> None:
        if self.number_override_reason.strip():
            return
        errors = {}
        for field, check in (("siren", siren_number), ("siret", siret_number)):
            try:
                if value := getattr(self, field):
                    check.validate(value)
            except NumberError:
                errors[field] = _(
                    "This number fails its check digit. Correct it, or give the reason to keep it."
                )
        if errors:
            raise ValidationError(errors)


class PartnerRedirect(models.Model):
    """A former address of an organisation's page."""

    slug = models.SlugField(_("former address"), max_length=80, unique=True)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="former_slugs")

    class Meta:
        ordering = ["slug"]
        verbose_name = _("former address of a partner")
        verbose_name_plural = _("former addresses of partners")

    def __str__(self) -> str:
        return self.slug


@tracked
class PartnerName(models.Model):
    """A name of another time, from `start` (unknown if empty) to the day before `end`."""

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="former_names", verbose_name=_("partner")
    )
    name = models.CharField(_("name"), max_length=300)
    start = models.DateField(_("from"), null=True, blank=True)
    end = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["partner", "start", "id"]
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True)
                | Q(end__isnull=True)
                | Q(start__lt=models.F("end")),
                name="partner_name_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.name
