"""Version 1, outside the languages; `smartport.urls` includes it under `api/v1/`."""

from django.urls import path

from smartport.api.documentation import Docs, SchemaView
from smartport.api.routing import gathered
from smartport.api.views import Index

app_name = "api"

router = gathered()

urlpatterns = [
    path("", Index.as_view(router=router), name="index"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    *router.urls,
]
