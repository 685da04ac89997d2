from partners.models.messages import Message, Preference, ScheduledRun
from partners.models.organisations import Partner, PartnerName, Source
from partners.models.people import ApiToken, Invitation, Membership, User

__all__ = [
    "ApiToken",
    "Invitation",
    "Membership",
    "Message",
    "Partner",
    "PartnerName",
    "Preference",
    "ScheduledRun",
    "Source",
    "User",
]
