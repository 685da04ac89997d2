"""Addresses of the pages that belong to no floor above: the lawful ones and the gallery of components."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from smartport import gallery, views

app_name = "smartport"

urlpatterns = [
    path(_("legal-notice/"), views.legal, name="legal"),
    path(_("personal-data/"), views.personal_data, name="personal_data"),
    path(_("accessibility/"), views.accessibility_statement, name="accessibility"),
    path(_("site-map/"), views.site_map, name="site_map"),
    path(_("gallery/"), gallery.gallery, name="gallery"),
]
