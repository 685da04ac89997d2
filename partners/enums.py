from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class PartnerKind(TextChoices):
    STATE = "state", _("State")
    REGION = "region", _("Region")
    DEPARTMENT = "department", _("Department")
    METROPOLIS = "metropolis", _("Metropolis")
    CITY = "city", _("City")
    PUBLIC_ESTABLISHMENT = "public_establishment", _("Public establishment")
    CHAMBER = "chamber", _("Chamber of commerce")
    UNIVERSITY = "university", _("University")
    PUBLIC_FINANCIAL_INSTITUTION = "public_financial_institution", _("Public financial institution")
    AGENCY = "agency", _("Agency")
    ASSOCIATION = "association", _("Association")
    COMPANY = "company", _("Company")


class PartnerRole(TextChoices):
    """Role in the initiative."""

    FOUNDER = "founder", _("Founder")
    MEMBER = "member", _("Committee member")
    ASSOCIATED = "associated", _("Associated")


class MembershipRole(TextChoices):
    CONTRIBUTOR = "contributor", _("Contributor")
    MANAGER = "manager", _("Manager")


class Language(TextChoices):
    FR = "fr", _("French")
    EN = "en", _("English")


class MessageState(TextChoices):
    QUEUED = "queued", _("To be sent")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    CANCELLED = "cancelled", _("No longer due")


MESSAGE_MOVES = {
    MessageState.QUEUED: {MessageState.CLAIMED, MessageState.CANCELLED},
    MessageState.CLAIMED: {
        MessageState.SENT,
        MessageState.FAILED,
        MessageState.UNCERTAIN,
        MessageState.QUEUED,
        MessageState.CANCELLED,
    },
    MessageState.UNCERTAIN: {MessageState.SENT, MessageState.QUEUED, MessageState.CANCELLED},
    MessageState.FAILED: {MessageState.QUEUED, MessageState.CANCELLED},
}


class DigestRhythm(TextChoices):
    NEVER = "never", _("Never")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class Wish(TextChoices):
    """When a person wants to hear of a topic."""

    NOW = "now", _("Immediately")
    DIGEST = "digest", _("In the digest")
    NEVER = "never", _("Never")


class Weekday(IntegerChoices):
    """ISO 8601 day numbers."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")


class TokenScope(TextChoices):
    READ = "read", _("Read")
    WRITE = "write", _("Read and write")


class AnnouncementState(TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
