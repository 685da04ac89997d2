from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from partners import permissions
from partners.errors import InvitationUnusable
from partners.forms import AcceptForm, EndMembershipForm, InvitationForm, RoleForm
from partners.models import Invitation, Membership, Partner, User
from partners.services import people
from smartport.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def partner_people(request: HttpRequest, slug: str) -> HttpResponse:
    """The people of one organisation, for those who belong to it; its managers also invite here."""
    partner = _partner_of(request, slug)
    may_manage = permissions.can_manage_people(request.user, partner)
    form = InvitationForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST":
        if not may_manage:
            raise PermissionDenied
        if form.is_valid() and _invited(request, partner, form):
            return redirect("partners:people", slug=partner.slug)
    memberships = list(
        Membership.objects.active()
        .filter(partner=partner)
        .select_related("user")
        .order_by("-role", "user__last_name", "user__first_name", "pk")
    )
    open_invitations = Invitation.objects.visible_to(request.user).open().filter(partner=partner)
    context = {
        "partner": partner,
        "memberships": memberships,
        "invitations": open_invitations.select_related("invited_by").order_by("-created_at", "-pk"),
        "form": form,
        "may_manage": may_manage,
        "own_role": next(
            (one.get_role_display() for one in memberships if one.user_id == request.user.pk), ""
        ),
        "now": timezone.now(),
    }
    return render(request, "partners/people.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def partner_confirmation(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether reports wait for a manager before they are sent."""
    partner = _partner_of(request, slug)
    if not permissions.can_manage_people(request.user, partner):
        raise PermissionDenied
    asked = "manager_confirms" in request.POST
    people.ask_for_confirmation(actor=request.user, partner=partner, manager_confirms=asked)
    if asked:
        messages.success(
            request, _("From now on a manager confirms each report before it is sent.")
        )
    else:
        messages.success(request, _("From now on whoever writes a report may send it."))
    return redirect("partners:people", slug=partner.slug)


def _invited(request: HttpRequest, partner: Partner, form: InvitationForm) -> bool:
    try:
        people.invite(actor=request.user, partner=partner, **form.cleaned_data)
    except Refusal as refusal:
        refusal.add_to(form)
        return False
    messages.success(request, _("The invitation is on its way."))
    return True


@require_POST
@login_required
def invitation_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _invitation_of(request, pk)
    people.send_invitation_again(actor=request.user, invitation=invitation)
    messages.success(request, _("A new link is on its way; the one before no longer works."))
    return redirect("partners:people", slug=invitation.partner.slug)


@require_POST
@login_required
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _invitation_of(request, pk)
    people.withdraw_invitation(actor=request.user, invitation=invitation)
    messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    return redirect("partners:people", slug=invitation.partner.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def membership(request: HttpRequest, pk: int) -> HttpResponse:
    """One person in one organisation: their role."""
    found = _membership_of(request, pk)
    if not permissions.can_manage_people(request.user, found.partner):
        raise PermissionDenied
    form = RoleForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_role(actor=request.user, membership=found, role=form.cleaned_data["role"])
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The role is changed."))
            return redirect("partners:people", slug=found.partner.slug)
    context = {"membership": found, "form": form}
    return render(request, "partners/membership.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def membership_end(request: HttpRequest, pk: int) -> HttpResponse:
    """By a manager for someone who leaves, or by the person themselves."""
    found = _membership_of(request, pk)
    if found.user_id != request.user.pk and not permissions.can_manage_people(
        request.user, found.partner
    ):
        raise PermissionDenied
    left = people.left_behind(found)
    form = EndMembershipForm(
        request.POST or None,
        membership=found,
        something_waits=bool(left),
        initial={"last_day": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            people.end_membership(actor=request.user, membership=found, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The membership ends on the day you chose."))
            return redirect("partners:workspace")
    context = {"membership": found, "form": form, "left": left}
    return render(request, "partners/membership_end.html", context)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the link of an invitation leads, signed in or not."""
    found = people.usable_invitation(secret)
    if request.user.is_authenticated and request.user.email.lower() != found.email.lower():
        raise InvitationUnusable(
            _("This invitation is for another address than the one you signed in with."),
            remedy=_("Sign out, then open the link again."),
        )
    is_known = User.objects.active().filter(email__iexact=found.email).exists()
    form = AcceptForm(request.POST or None, email=found.email)
    if request.method == "POST" and (is_known or form.is_valid()):
        values = {} if is_known else form.cleaned_data
        user, is_new = people.accept_invitation(secret=secret, **values)
        return _welcome(request, user, is_new=is_new)
    context = {"invitation": found, "form": form, "is_known": is_known}
    return render(request, "partners/invitation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invitation_mine(request: HttpRequest, pk: int) -> HttpResponse:
    """An invitation found on the workspace: no link is needed by who is signed in with its address."""
    found = get_object_or_404(
        Invitation.objects.addressed_to(request.user).select_related("partner", "invited_by"), pk=pk
    )
    if request.method == "POST":
        people.join(actor=request.user, invitation=found)
        return _welcome(request, request.user, is_new=False)
    context = {"invitation": found, "is_known": True, "form": None}
    return render(request, "partners/invitation.html", context)


def _welcome(request: HttpRequest, user: User, *, is_new: bool) -> HttpResponse:
    messages.success(request, _("Welcome: you have joined the organisation."))
    if is_new:
        return perform_login(request, Login(user=user, email=user.email))
    return redirect("partners:workspace")


def _partner_of(request: HttpRequest, slug: str) -> Partner:
    """Strangers learn nothing of an organisation's people: 404, as for one that does not exist."""
    partner = get_object_or_404(Partner, slug=slug)
    if not (request.user.runs_the_cycle or permissions.belongs_to(request.user, partner)):
        raise Http404
    return partner


def _membership_of(request: HttpRequest, pk: int) -> Membership:
    rows = Membership.objects.visible_to(request.user).active().select_related("user", "partner")
    return get_object_or_404(rows, pk=pk)


def _invitation_of(request: HttpRequest, pk: int) -> Invitation:
    return get_object_or_404(
        Invitation.objects.visible_to(request.user).select_related("partner"), pk=pk
    )
