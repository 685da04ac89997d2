"""Reference data and look-ups of the portfolio; what services own (states, dates of approval, reports) is read here."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from partners.admin import ReadOnly
from projects.enums import AgreementStatus
from projects.models import (
    AgreementParty,
    Amendment,
    Contribution,
    Framework,
    FundingAgreement,
    Indicator,
    Instalment,
    Milestone,
    ProgressReport,
    Project,
    ProjectIndicator,
    ProjectPartner,
    ProjectSeries,
    ReportingPeriod,
    StrategicGoal,
)
from projects.services import effects
from smartport.errors import Refusal


class CodeKept:
    """The code is chosen once. An address may change: the former one leads to the new one."""

    kept: tuple[str, ...] = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[str]:
        fixed = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [*fixed, *self.kept] if obj else fixed

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else super().get_prepopulated_fields(request, obj)  # type: ignore[misc]


class SlugKept(CodeKept):
    """The address is chosen once too: nothing would lead on from it."""

    kept = ("code", "slug")


@admin.register(StrategicGoal)
class GoalAdmin(SlugKept, TranslationAdmin):
    list_display = ("position", "code", "title")
    list_display_links = ("code", "title")
    search_fields = ("code", "title")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("sources",)


@admin.register(Framework)
class FrameworkAdmin(SlugKept, TranslationAdmin):
    list_display = ("code", "title", "owner", "period")
    list_select_related = ("owner",)
    search_fields = ("code", "title", "short_title")
    autocomplete_fields = ("owner",)
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("sources",)


@admin.register(Indicator)
class IndicatorAdmin(TranslationAdmin):
    list_display = ("code", "title", "unit", "goal", "additive", "lower_is_better")
    list_select_related = ("goal",)
    list_filter = ("goal", "additive")
    search_fields = ("code", "title")
    autocomplete_fields = ("goal",)


@admin.register(ProjectSeries)
class SeriesAdmin(CodeKept, TranslationAdmin):
    list_display = ("code", "title", "status", "submitted_on", "approved_on", "cadence")
    list_filter = ("status", "cadence")
    search_fields = ("code", "title")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("sources",)
    readonly_fields = ("status", "submitted_on", "approved_on", "withdrawn_on")
    actions = ("submit", "withdraw")

    @admin.action(description=gettext_lazy("Submit to the committee"))
    def submit(self, request: HttpRequest, chosen: QuerySet[ProjectSeries]) -> None:
        self._each(request, chosen, effects.submit_series)

    @admin.action(description=gettext_lazy("Withdraw"))
    def withdraw(self, request: HttpRequest, chosen: QuerySet[ProjectSeries]) -> None:
        self._each(request, chosen, effects.withdraw_series)

    def _each(self, request: HttpRequest, chosen: QuerySet[ProjectSeries], verb: object) -> None:
        done = 0
        for series in chosen:
            try:
                verb(actor=request.user, series=series, on=timezone.localdate())  # type: ignore[operator]
                done += 1
            except Refusal as refusal:
                self.message_user(request, f"{series.code}: {refusal}", messages.ERROR)
        if done:
            said = ngettext("%(count)s series changed.", "%(count)s series changed.", done)
            self.message_user(request, said % {"count": done}, messages.SUCCESS)


class ProjectPartnerInline(admin.TabularInline):
    model = ProjectPartner
    extra = 0
    autocomplete_fields = ("partner",)


class MilestoneInline(TranslationTabularInline):
    """Forecasts move by reports, and baselines by decisions: here milestones are added and named."""

    model = Milestone
    extra = 0
    fields = ("position", "title", "baseline_on", "forecast_on", "actual_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> list[str]:
        approved = obj is not None and obj.approved_on is not None
        return ["baseline_on", "forecast_on", "actual_on"] if approved else ["actual_on"]

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return obj is None or obj.approved_on is None


class ProjectIndicatorInline(admin.TabularInline):
    model = ProjectIndicator
    extra = 0
    autocomplete_fields = ("indicator",)


@admin.register(Project)
class ProjectAdmin(CodeKept, TranslationAdmin):
    list_display = ("code", "title", "series", "lead", "status", "health", "approved_on")
    list_filter = ("standing", "status", "health", "strand", "series__status")
    list_select_related = ("series", "lead")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("code", "title", "lead__name")
    date_hierarchy = "approved_on"
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("series", "lead", "goals", "frameworks")
    filter_horizontal = ("sources",)
    readonly_fields = (
        "status",
        "status_since",
        "approved_on",
        "health",
        "reported_on",
        "completion_percent",
        "latest_report",
        "reporting_muted_reason",
    )
    inlines = (ProjectPartnerInline, MilestoneInline, ProjectIndicatorInline)

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return (
            obj is not None and obj.approved_on is None and super().has_delete_permission(request)
        )


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("__str__", "series", "opens_on", "due_on", "opened_at")
    list_select_related = ("series",)
    search_fields = ("series__code", "series__title")
    date_hierarchy = "ends_on"


@admin.register(ProgressReport)
class ProgressReportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("project", "period", "version", "status", "health", "due_on", "reviewed_at")
    list_filter = ("status", "health")
    list_select_related = ("project", "period")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("project__code", "project__title")
    date_hierarchy = "due_on"


class WhileDraft:
    """Parties and money are written here until the committee approves; then services move them."""

    def _open(self, obj: FundingAgreement | None) -> bool:
        return obj is None or obj.status == AgreementStatus.DRAFT

    def has_add_permission(self, request: HttpRequest, obj: FundingAgreement | None = None) -> bool:
        return self._open(obj) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(
        self, request: HttpRequest, obj: FundingAgreement | None = None
    ) -> bool:
        return self._open(obj) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(
        self, request: HttpRequest, obj: FundingAgreement | None = None
    ) -> bool:
        return self._open(obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]


class AgreementPartyInline(WhileDraft, admin.TabularInline):
    model = AgreementParty
    extra = 0
    fields = ("position", "partner", "role", "signature", "signed_on")
    readonly_fields = ("signature", "signed_on")
    autocomplete_fields = ("partner",)


class ContributionInline(WhileDraft, admin.TabularInline):
    model = Contribution
    extra = 0
    fields = (
        "funder",
        "recipient",
        "project",
        "amount",
        "kind",
        "decision_reference",
        "decided_on",
    )
    autocomplete_fields = ("funder", "recipient", "project")


class AmendmentInline(ReadOnly, admin.TabularInline):
    model = Amendment
    extra = 0
    fields = ("number", "title", "status", "approved_on", "in_force_on")


@admin.register(FundingAgreement)
class AgreementAdmin(TranslationAdmin):
    list_display = ("code", "title", "series", "status", "approved_on", "in_force_on")
    list_filter = ("status", "is_sourced")
    list_select_related = ("series",)
    search_fields = ("code", "title")
    autocomplete_fields = ("series",)
    filter_horizontal = ("sources",)
    readonly_fields = (
        "status",
        "approved_on",
        "opened_for_signature_on",
        "in_force_on",
        "ended_on",
        "termination_reason",
        "is_sourced",
    )
    inlines = (AgreementPartyInline, ContributionInline, AmendmentInline)

    def has_delete_permission(
        self, request: HttpRequest, obj: FundingAgreement | None = None
    ) -> bool:
        draft = obj is not None and obj.status == AgreementStatus.DRAFT
        return draft and super().has_delete_permission(request, obj)


class InstalmentInline(admin.TabularInline):
    model = Instalment
    extra = 0
    fields = ("position", "due_on", "condition", "amount", "status")
    readonly_fields = ("status",)

    def _open(self, obj: Contribution | None) -> bool:
        return obj is not None and obj.agreement.status == AgreementStatus.DRAFT

    def has_add_permission(self, request: HttpRequest, obj: Contribution | None = None) -> bool:
        return self._open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Contribution | None = None) -> bool:
        return self._open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Contribution | None = None) -> bool:
        return self._open(obj) and super().has_delete_permission(request, obj)


@admin.register(Contribution)
class ContributionAdmin(admin.ModelAdmin):
    """Added on the agreement; here its instalments are planned, while the agreement is a draft."""

    list_display = ("agreement", "funder", "recipient", "project", "amount", "kind")
    list_filter = ("kind", "agreement__status")
    list_select_related = ("agreement", "funder", "recipient", "project")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("agreement__code", "project__code", "funder__name", "recipient__name")
    readonly_fields = ("agreement", "amendment", "funder", "recipient", "project", "amount", "kind")
    inlines = (InstalmentInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Contribution | None = None) -> bool:
        return False
