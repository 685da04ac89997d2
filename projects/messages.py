"""What people are told about reports, series and agreements, and when it stops being due."""

from django.utils.translation import gettext_lazy as _

from projects.news import agreement_news, news_of
from projects.services import reminding
from projects.subjects import PROJECT, SEARCH
from smartport.messages import MessageKind, Topic, register, register_news
from smartport.subscriptions import subjects

for kind in (
    MessageKind(
        name="report_opened",
        label=_("Report to write"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        still_due=reminding.report_still_owed,
    ),
    MessageKind(
        name="report_due",
        label=_("Reminder of a report"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        ladder=(-14, -7, -3, 0),
        find=reminding.reports_due,
        still_due=reminding.report_still_owed,
    ),
    MessageKind(
        name="report_late",
        label=_("Late report"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        ladder=(3, 10),
        find=reminding.reports_late,
        still_due=reminding.report_still_owed,
    ),
    MessageKind(
        name="report_late_manager",
        label=_("Late report, to the managers"),
        topic=Topic.REPORTS,
        action=_("See the report"),
        ladder=(15,),
        find=reminding.reports_late_for_managers,
        still_due=reminding.report_still_owed_to_managers,
    ),
    MessageKind(
        name="report_late_secretariat",
        label=_("Late report, to the secretariat"),
        topic=Topic.REPORTS,
        action=_("Give more time, or remind"),
        ladder=(20,),
        find=reminding.reports_late_for_secretariat,
        still_due=reminding.report_still_missing,
    ),
    MessageKind(
        name="report_chased",
        label=_("Reminder of a report by the secretariat"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        still_due=reminding.report_still_owed,
        optional=False,
    ),
    MessageKind(
        name="report_to_confirm",
        label=_("Report to confirm"),
        topic=Topic.REPORTS,
        action=_("Read and send the report"),
        still_due=reminding.report_still_to_confirm,
    ),
    MessageKind(
        name="report_submitted",
        label=_("Report to review"),
        topic=Topic.REPORTS,
        action=_("Review the report"),
        still_due=reminding.report_still_to_review,
    ),
    MessageKind(
        name="reviews_waiting",
        label=_("Reports waiting for review"),
        topic=Topic.REPORTS,
        action=_("Review the reports"),
        ladder=(5, 10, 20),
        find=reminding.reviews_waiting,
        still_due=reminding.review_still_waiting,
    ),
    MessageKind(
        name="report_sent_back",
        label=_("Report sent back"),
        topic=Topic.REPORTS,
        action=_("Correct the report"),
        still_due=reminding.report_still_owed,
        optional=False,
    ),
    MessageKind(
        name="report_accepted",
        label=_("Report accepted"),
        topic=Topic.REPORTS,
        action=_("See the report"),
        still_theirs=reminding.report_still_accepted,
    ),
    MessageKind(
        name="report_correction",
        label=_("Correction opened"),
        topic=Topic.REPORTS,
        action=_("Correct the report"),
        still_due=reminding.report_still_owed,
    ),
    MessageKind(
        name="report_remark",
        label=_("Remark on a report"),
        topic=Topic.REPORTS,
        action=_("Read and answer"),
        still_theirs=reminding.report_still_there,
    ),
    MessageKind(
        name="report_extended",
        label=_("More time for a report"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        still_due=reminding.report_still_owed,
    ),
    MessageKind(
        name="series_approved",
        label=_("Project approved"),
        topic=Topic.REPORTS,
        action=_("See the project"),
        still_theirs=reminding.project_still_led,
    ),
    MessageKind(
        name="agreement_to_sign",
        label=_("Agreement to sign"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        still_due=reminding.signature_still_owed,
    ),
    MessageKind(
        name="signature_due",
        label=_("Reminder of a signature"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        ladder=(7, 21, 45, 90),
        find=reminding.signatures_awaited,
        still_due=reminding.signature_still_owed,
    ),
    MessageKind(
        name="agreement_ending",
        label=_("Agreement ending soon"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        ladder=(-90, -30),
        find=reminding.agreements_ending,
        still_due=reminding.agreement_still_ending,
    ),
    MessageKind(
        name="call_due",
        label=_("Call for funds to make"),
        topic=Topic.AGREEMENTS,
        action=_("Call the payment"),
        ladder=(-14, 0, 14),
        find=reminding.calls_due,
        still_due=reminding.call_still_owed,
    ),
    MessageKind(
        name="instalment_called",
        label=_("Payment called"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        still_due=reminding.payment_still_owed,
    ),
    MessageKind(
        name="payment_due",
        label=_("Reminder of a payment"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        ladder=(-14, 0),
        find=reminding.payments_due,
        still_due=reminding.payment_still_owed,
    ),
    MessageKind(
        name="payment_late",
        label=_("Overdue payment"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        ladder=(10, 30),
        find=reminding.payments_late,
        still_due=reminding.payment_still_owed,
    ),
):
    register(kind)

register_news("projects", news_of)
register_news("agreements", agreement_news)

subjects.register("project", PROJECT)
subjects.register("search", SEARCH)
