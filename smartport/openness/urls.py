"""Stable addresses, outside the languages."""

from django.urls import re_path

from smartport.openness import views

app_name = "openness"

urlpatterns = [
    re_path(r"^open-data/catalog\.(?P<extension>jsonld|ttl)$", views.catalog_file, name="catalog"),
    re_path(
        r"^open-data/(?P<name>[a-z-]{1,40})\.(?P<extension>[a-z]{3,7})$",
        views.dataset_file,
        name="dataset",
    ),
    re_path(r"^feeds/(?P<name>[a-z-]{1,40})\.atom$", views.feed_file, name="feed"),
    re_path(r"^feeds/(?P<name>[a-z-]{1,40})\.ics$", views.calendar_file, name="calendar"),
]
