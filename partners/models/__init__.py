from partners.models.announcements import Announcement
from partners.models.calendars import CalendarAddress
from partners.models.messages import DigestMark, Message, Preference, ScheduledRun
from partners.models.organisations import Partner, PartnerName, PartnerRedirect, Source
from partners.models.people import ApiToken, Invitation, Membership, User
from partners.models.subscriptions import Subscription

__all__ = [
    "Announcement",
    "ApiToken",
    "CalendarAddress",
    "DigestMark",
    "Invitation",
    "Membership",
    "Message",
    "Partner",
    "PartnerName",
    "PartnerRedirect",
    "Preference",
    "ScheduledRun",
    "Source",
    "Subscription",
    "User",
]
