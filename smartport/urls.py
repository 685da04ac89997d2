"""Addresses: each floor's `urls.py` is gathered by name, `root_urlpatterns` outside the languages."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from smartport import health, views
from smartport.registry import modules

_floors = modules("urls")

urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("", include("smartport.sitemaps")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("smartport.api.urls")),
    path("", include("smartport.openness.urls")),
    *(pattern for _label, module in _floors for pattern in getattr(module, "root_urlpatterns", [])),
    *i18n_patterns(
        path("", include("smartport.pages")),
        path(_("account/"), include("allauth.urls")),
        *(path("", include(module)) for _label, module in _floors),
    ),
]

handler400 = "smartport.views.bad_request"
handler403 = "smartport.views.permission_denied"
handler404 = "smartport.views.page_not_found"
handler500 = "smartport.views.server_error"
