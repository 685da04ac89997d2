"""Addresses of version 1: collections and objects end with a slash, actions on an object may."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, re_path
from rest_framework.routers import DynamicRoute, SimpleRouter

from smartport.registry import modules

VERSION = "v1"


class Router(SimpleRouter):
    """`router.register("projects", ProjectCollection)`: the prefix is also the name of the addresses."""

    routes = [
        route._replace(url=route.url.replace("{trailing_slash}$", "/?$"))
        if isinstance(route, DynamicRoute)
        else route
        for route in SimpleRouter.routes
    ]

    def __init__(self) -> None:
        super().__init__()
        self.views: list[tuple[str, Any]] = []

    def register(self, prefix: str, viewset: Any, basename: str | None = None) -> None:
        super().register(prefix, viewset, basename=basename or prefix)

    def view(self, address: str, view: Any) -> None:
        """A view of its own beside the collections, named after its address (`me/obligations`: `me-obligations`)."""
        self.views.append((address, view))

    def get_urls(self) -> list[URLPattern]:
        alone = [
            re_path(rf"^{address}/?$", view.as_view(), name=address.replace("/", "-"))
            for address, view in self.views
        ]
        return [*alone, *super().get_urls()]

    @property
    def collections(self) -> list[tuple[str, Any]]:
        return [(prefix, viewset) for prefix, viewset, _basename in self.registry]


def gathered() -> Router:
    """A router with what every floor's `api.py` registers, from the ground up."""
    router = Router()
    for _floor, module in modules("api"):
        module.register(router)
    return router
