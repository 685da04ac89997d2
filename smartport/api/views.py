"""What every collection of the API is: the rows a caller may see, filtered, in pages, each with its version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from smartport.api import conditional, problems
from smartport.api.access import SignedInToWrite, WithinScope
from smartport.api.fields import base_address
from smartport.api.paging import CURSOR, SIZE

LANGUAGE, FORMAT = "lang", "format"
ALWAYS_KNOWN = {LANGUAGE, FORMAT}
LANGUAGES = {code for code, _name in settings.LANGUAGES}


class ApiView(APIView):
    """Sets the language (`lang`, else as for the pages) and tags what is read."""

    title: ClassVar[str | Promise] = ""
    summary: ClassVar[str | Promise] = ""
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if (language := request.query_params.get(LANGUAGE)) in LANGUAGES:
            translation.activate(language)
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated:
            request.user.remember_memberships()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response) and not response.exception:
            return conditional.tagged(request, response)
        return response


class Filters(DjangoFilterBackend):
    """The collection's FilterSet; a name it does not have is refused, as a typing error would widen the answer."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        names = set(filterset.filters) if filterset is not None else set()
        known = names | set(view.more_parameters) | {CURSOR, SIZE} | ALWAYS_KNOWN
        if unknown := sorted(set(request.query_params) - known):
            said = _("Unknown parameter. Known ones: %(names)s.") % {
                "names": ", ".join(sorted(known))
            }
            raise problems.UnknownParameter({name[:100]: [said] for name in unknown[:20]})
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise problems.InvalidParameter(filterset.errors)
        return filterset.qs


class Collection(
    ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """A read-only collection. Subclasses load through `visible_to(self.request.user)` in `get_queryset`.

    `named_by` holds the unique names by which an object may be asked for instead of its number, former ones included.
    `order` is the order of the list: its last name is unique. `more_parameters` are query parameters the
    collection reads besides its filters.
    """

    filter_backends = [Filters]
    lookup_value_regex = r"[\w.-]{1,80}"
    order: ClassVar[Sequence[str]] = ("id",)
    named_by: ClassVar[Sequence[str]] = ()
    more_parameters: ClassVar[Sequence[str]] = ()

    def get_order(self) -> Sequence[str]:
        return self.order

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "base": base_address(self.request)}

    def get_object(self) -> Model:
        return self.find(self.get_queryset())

    def find(self, queryset: QuerySet) -> Model:
        """By its number or, where it has one, by its code or the slug of its page."""
        key = self.kwargs["pk"]
        if key.isascii() and key.isdigit() and len(key) < 19:
            named = Q(pk=int(key))
        else:
            named = reduce(or_, (Q(**{name: key}) for name in self.named_by), Q())
        found = queryset.filter(named).order_by("pk").first() if named else None
        if found is None:
            raise Http404
        return found


class ChangesByAction(Collection):
    """A collection whose objects change by named actions, each a sub-resource."""

    permission_classes = [SignedInToWrite, WithinScope]

    def body(self, serializer: type[Serializer]) -> Any:
        """What was sent, checked, once it is known that the caller sees the object. Raises ValidationError."""
        if self.detail:
            self.get_object()
        sent = serializer(data=self.request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        return sent

    def change(self, change: Callable[[Any], Model | None], *, status: int = 200) -> Response:
        """Does it if `If-Match` names the current version, read under lock; answers with the state after it.

        What `change` returns is answered, if it is another object than the one asked for.
        """
        with transaction.atomic():
            locked = self.find(self.get_queryset().select_for_update(of=("self",)))
            conditional.check_match(self.request, self.get_serializer(locked).data)
            changed = change(locked)
        shown = changed.pk if isinstance(changed, self.queryset.model) else locked.pk
        data = self.get_serializer(self.get_queryset().get(pk=shown)).data
        return Response(data, status=status, headers={"ETag": conditional.tag_of(data)})

    def made(self, obj: Model) -> Response:
        """The answer to what was just created: the object, where it is and its version."""
        data = self.get_serializer(self.get_queryset().get(pk=obj.pk)).data
        headers = {"Location": data["url"], "ETag": conditional.tag_of(data)}
        return Response(data, status=201, headers=headers)

    def removed(self, remove: Callable[[Any], None]) -> Response:
        """The same for what is then gone."""
        with transaction.atomic():
            locked = self.find(self.get_queryset().select_for_update(of=("self",)))
            conditional.check_match(self.request, self.get_serializer(locked).data)
            remove(locked)
        return Response(status=204)


class Index(ApiView):
    """The collections and where they are."""

    title = gettext_lazy("Programming interface")
    summary = gettext_lazy(
        "Everything the pages show, for programs: the same data, the same rights."
    )
    page_template = "index"
    router: ClassVar[Any] = None

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        base = base_address(request)

        def at(name: str) -> str:
            return base + reverse(f"api:{name}")

        collections = [
            {
                "name": prefix,
                "title": str(view.title),
                "summary": str(view.summary),
                "url": at(f"{prefix}-list"),
            }
            for prefix, view in self.router.collections
            if issubclass(view, Collection)
        ]
        links = {
            "me": at("me"),
            "obligations": at("me-obligations"),
            "schema": at("schema"),
            "docs": at("docs"),
        }
        return Response({"collections": collections, **links})
