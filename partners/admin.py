"""Reference data and look-ups of organisations and people; changes of state go through the portal's own pages."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from partners.models import (
    Invitation,
    Membership,
    Message,
    Partner,
    PartnerName,
    Preference,
    Source,
    User,
)
from partners.services.people import create_account

# One door for everyone: the portal's sign-in, with its limits and its second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = _("Administration of the portal")


class ReadOnly:
    """Rows that only the portal writes: here to be found and read."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Source)
class SourceAdmin(TranslationAdmin):
    list_display = ("code", "title", "published_on")
    search_fields = ("code", "title", "address")


class PartnerNameInline(admin.TabularInline):
    model = PartnerName
    extra = 0


@admin.register(Partner)
class PartnerAdmin(TranslationAdmin):
    list_display = ("name", "short_name", "kind", "role", "siren")
    list_filter = ("kind", "role")
    search_fields = ("code", "name", "short_name", "siren", "siret")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("sources",)
    inlines = (PartnerNameInline,)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("partner",)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """No password here: a new person chooses theirs by the link of “I forgot my password”, or never needs one."""

    list_display = (
        "email",
        "last_name",
        "first_name",
        "is_active",
        "is_secretariat",
        "is_staff",
        "last_login",
    )
    list_filter = ("is_active", "is_secretariat", "is_staff", "language")
    search_fields = ("email", "last_name", "first_name")
    readonly_fields = ("last_login", "date_joined", "address_failed_at")
    fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "language")}),
        (_("Role"), {"fields": ("is_active", "is_secretariat", "is_staff", "is_superuser")}),
        (_("For the record"), {"fields": ("date_joined", "last_login", "address_failed_at")}),
    )
    inlines = (MembershipInline,)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            create_account(actor=request.user, user=obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "partner", "role", "start", "end")
    list_filter = ("role",)
    search_fields = ("user__email", "user__last_name", "partner__name")
    autocomplete_fields = ("user", "partner")
    date_hierarchy = "start"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "partner")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "email",
        "partner",
        "role",
        "created_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    )
    search_fields = ("email", "partner__name")
    list_select_related = ("partner",)
    exclude = ("secret_sha256",)


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    """Subjects and states; the texts are read on the portal's own page, which hides those that hold a link."""

    list_display = ("subject", "kind", "recipient", "state", "queued_at", "sent_at")
    list_filter = ("state", "kind")
    search_fields = ("subject", "address", "recipient__last_name", "obligation")
    list_select_related = ("recipient",)
    exclude = ("text", "html", "headers", "attachments")


@admin.register(Preference)
class PreferenceAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "digest", "paused_from", "paused_until", "stand_in")
    search_fields = ("user__email", "user__last_name")
    list_select_related = ("user", "stand_in")
