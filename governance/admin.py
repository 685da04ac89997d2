"""Committees, seats and mandates are kept here; meetings, decisions and packs are read here and made elsewhere."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from governance.models import (
    Action,
    Committee,
    Decision,
    Mandate,
    Meeting,
    Minutes,
    Pack,
    PackBuild,
    Paper,
    Seat,
)
from partners.admin import ReadOnly


class SeatInline(admin.TabularInline):
    model = Seat
    extra = 0
    autocomplete_fields = ("partner",)


@admin.register(Committee)
class CommitteeAdmin(TranslationAdmin):
    list_display = ("code", "name", "kind", "quorum_rule", "quorum_percent", "notice_days")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("sources",)
    inlines = (SeatInline,)


class MandateInline(admin.TabularInline):
    model = Mandate
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Seat)
class SeatAdmin(admin.ModelAdmin):
    list_display = ("partner", "committee", "kind", "college", "position", "start", "end")
    list_filter = ("committee", "kind")
    list_select_related = ("partner", "committee")
    search_fields = ("partner__code", "partner__name", "college")
    autocomplete_fields = ("committee", "partner")
    inlines = (MandateInline,)


@admin.register(Mandate)
class MandateAdmin(admin.ModelAdmin):
    list_display = ("user", "seat", "capacity", "start", "end")
    list_filter = ("capacity", "seat__committee")
    search_fields = ("user__email", "user__last_name", "seat__partner__name")
    autocomplete_fields = ("seat", "user")
    date_hierarchy = "start"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mandate]:
        rows = super().get_queryset(request)
        return rows.select_related("user", "seat__partner", "seat__committee")


@admin.register(Meeting)
class MeetingAdmin(ReadOnly, TranslationAdmin):
    list_display = ("code", "committee", "kind", "status", "starts_at", "is_public")
    list_filter = ("status", "kind", "committee")
    list_select_related = ("committee",)
    search_fields = ("code", "title")
    date_hierarchy = "starts_at"


@admin.register(Decision)
class DecisionAdmin(ReadOnly, TranslationAdmin):
    list_display = ("reference", "committee", "title", "kind", "outcome", "decided_on", "is_public")
    list_filter = ("outcome", "kind", "effect", "is_public", "committee")
    list_select_related = ("committee",)
    search_fields = ("title", "text", "series__code", "project__code", "agreement__code")
    date_hierarchy = "decided_on"


@admin.register(Minutes)
class MinutesAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("meeting", "status", "circulated_at", "objections_until", "approved_on")
    list_filter = ("status", "tacitly")
    list_select_related = ("meeting__committee",)
    search_fields = ("meeting__code",)


@admin.register(Action)
class ActionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("title", "committee", "owner", "partner", "due_on", "status")
    list_filter = ("status", "committee")
    list_select_related = ("committee", "owner", "partner")
    search_fields = ("title", "owner__last_name", "partner__name")
    date_hierarchy = "due_on"


@admin.register(Paper)
class PaperAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("title", "committee", "access")
    list_filter = ("access", "committee")
    list_select_related = ("committee",)
    search_fields = ("title",)


@admin.register(Pack)
class PackAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("meeting", "version", "audience", "language", "status", "pages", "issued_at")
    list_filter = ("status", "audience", "language")
    list_select_related = ("meeting__committee",)
    search_fields = ("meeting__code", "sha256")
    exclude = ("snapshot", "manifest")


@admin.register(PackBuild)
class PackBuildAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("meeting", "status", "step", "attempts", "requested_at", "finished_at", "error")
    list_filter = ("status",)
    list_select_related = ("meeting__committee",)
    search_fields = ("meeting__code",)
