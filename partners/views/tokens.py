from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partners.forms import TokenForm
from partners.models import User
from partners.services.tokens import create_token, revoke_token
from smartport.errors import Refusal

KEY_LENGTH = 32  # characters of the fingerprint that name a token in addresses
SHOWN_FOR = 120  # seconds that a new secret waits to be shown, once


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """A person's tokens, and the form to make one; its secret is shown on the page after, and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = create_token(actor=request.user, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            cache.set(_place(request.user), secret, SHOWN_FOR)
            return redirect("partners:tokens")
    secret = cache.get(_place(request.user), "") if request.method == "GET" else ""
    if secret:
        cache.delete(_place(request.user))
    now = timezone.now()
    rows = [
        {"token": token, "expired": token.expiry is not None and token.expiry <= now}
        for token in request.user.auth_token_set.order_by("-created")
    ]
    context = {"form": form, "rows": rows, "secret": secret}
    return render(request, "partners/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request: HttpRequest, key: str) -> HttpResponse:
    token = get_object_or_404(
        request.user.auth_token_set.annotate(key=Left("digest", KEY_LENGTH)), key=key
    )
    revoke_token(actor=request.user, token=token)
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return redirect("partners:tokens")


def _place(user: User) -> str:
    return f"new-token-{user.pk}"
