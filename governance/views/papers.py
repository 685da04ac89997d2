"""The papers of the agenda: brought as PDF, revised, pinned, read by those their access level names."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.forms import AccessForm, PaperForm, RevisionForm
from governance.models import AgendaPaper, Paper, PaperRevision
from governance.permissions import can_prepare_meetings
from governance.services import agenda
from governance.views.access import for_secretariat
from governance.views.agenda import visible_items
from smartport.errors import Refusal
from smartport.files import PDF, download


def visible_annex(request: HttpRequest, code: str, pk: int) -> AgendaPaper:
    annexes = AgendaPaper.objects.visible_to(request.user).filter(item__meeting__code=code)
    return get_object_or_404(annexes.select_related("item__meeting", "revision__paper"), pk=pk)


@for_secretariat
def paper_attach(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    item = get_object_or_404(visible_items(request, code).select_related("meeting"), pk=pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            agenda.attach_paper(
                actor=request.user,
                item=item,
                upload=data["file"],
                title=data["title"],
                access=data["access"],
            )
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The annex is attached."))
            return redirect(item.meeting)
    context = {"form": form, "item": item, "meeting": item.meeting, "paper": None}
    return _form(request, context)


@for_secretariat
def paper_revise(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A new revision of the paper of this annex, pinned here; elsewhere the one pinned stays."""
    annex = visible_annex(request, code, pk)
    paper = annex.revision.paper
    form = RevisionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            agenda.attach_paper(
                actor=request.user,
                item=annex.item,
                upload=form.cleaned_data["file"],
                paper=paper,
            )
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The new revision is pinned to the item."))
            return redirect(annex.item.meeting)
    context = {"form": form, "item": annex.item, "meeting": annex.item.meeting, "paper": paper}
    return _form(request, context)


def _form(request: HttpRequest, context: dict) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "governance/paper_form.html", context, status=status)


@for_secretariat
@require_POST
def paper_pin(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Pin the newest revision of this annex's paper."""
    annex = visible_annex(request, code, pk)
    newest = annex.revision.paper.revisions.latest("number")
    agenda.pin(actor=request.user, item=annex.item, revision=newest)
    messages.success(request, _("The newest revision is pinned to the item."))
    return redirect(f"{annex.item.meeting.get_absolute_url()}#item-{annex.item_id}")


@for_secretariat
@require_POST
def paper_detach(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    annex = visible_annex(request, code, pk)
    agenda.detach_paper(actor=request.user, annex=annex)
    messages.success(request, _("The annex is detached; its file is kept."))
    return redirect(annex.item.meeting)


@login_required
def paper_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The revisions this person may open, with their fingerprint; the secretariat sets who may read them."""
    paper = get_object_or_404(
        Paper.objects.visible_to(request.user).select_related("committee"), pk=pk
    )
    may_prepare = can_prepare_meetings(request.user)
    if request.method == "POST" and not may_prepare:
        raise PermissionDenied
    form = AccessForm(request.POST or None, initial={"access": paper.access})
    if request.method == "POST" and form.is_valid():
        try:
            agenda.set_access(actor=request.user, paper=paper, access=form.cleaned_data["access"])
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Who may read it is changed."))
            return redirect("governance:paper_detail", pk=paper.pk)
    pins = AgendaPaper.objects.visible_to(request.user).select_related("item__meeting__committee")
    uses: dict[int, list[AgendaPaper]] = {}
    for pin in pins.filter(revision__paper=paper).order_by("item__meeting__starts_at", "pk"):
        uses.setdefault(pin.revision_id, []).append(pin)
    revisions = PaperRevision.objects.visible_to(request.user).filter(paper=paper)
    rows = [
        {"revision": revision, "uses": uses.get(revision.pk, [])}
        for revision in revisions.select_related("uploaded_by").order_by("-number")
    ]
    context = {"paper": paper, "rows": rows, "form": form, "may_prepare": may_prepare}
    status = 422 if form.errors else 200
    return render(request, "governance/paper_detail.html", context, status=status)


@require_safe
def paper_download(request: HttpRequest, pk: int) -> FileResponse | HttpResponseBase:
    """Of a public paper, anyone reads the file once the meeting is closed."""
    revision = PaperRevision.objects.visible_to(request.user).filter(pk=pk).first()
    if revision is None:
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())
    return download(
        revision.file, name=revision.name, media_type=PDF, inline="inline" in request.GET
    )
