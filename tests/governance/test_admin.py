"""The administration of projects and governance: everything opens, and what services own is read there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from governance.loading.demo import load_demo
from governance.models import Decision, Meeting
from projects.models import FundingAgreement, Project, ProjectSeries
from tests.loaded import kept_for_the_module

pytestmark = pytest.mark.django_db

MODELS = [
    model
    for app in ("projects", "governance")
    for model in apps.get_app_config(app).get_models()
    if admin.site.is_registered(model)
]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with kept_for_the_module(django_db_blocker):
        with django_db_blocker.unblock():
            load_demo()
        yield


def page(model: type[Model], name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_searches_and_rows_open(model, demo, admin_client):
    assert admin_client.get(page(model, "changelist")).status_code == 200
    assert admin_client.get(page(model, "changelist"), {"q": "DEMO"}).status_code == 200
    if row := model.objects.order_by("pk").first():
        assert admin_client.get(page(model, "change", row.pk)).status_code == 200
    expected = 200 if admin.site._registry[model].has_add_permission(_superuser()) else 403
    assert admin_client.get(page(model, "add")).status_code == expected


def _superuser():
    class Request:
        class user:  # noqa: N801
            is_active = True

            @staticmethod
            def has_perm(name: str) -> bool:
                return True

    return Request()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_for_any_number_of_rows(
    model, demo, admin_client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        admin_client.get(page(model, "changelist"))


def test_a_state_cannot_be_typed_in(demo, admin_client):
    for model, code in (
        (Project, "DEMO-09"),
        (ProjectSeries, "DEMO-S2"),
        (FundingAgreement, "DEMO-K3"),
    ):
        row = model.objects.get(code=code)
        html = admin_client.get(page(model, "change", row.pk)).content.decode()
        assert 'name="status"' not in html
        assert 'name="approved_on"' not in html


def test_decisions_and_meetings_are_read_only(demo, admin_client):
    for model in (Decision, Meeting):
        row = model.objects.order_by("pk").first()
        assert (
            admin_client.post(page(model, "change", row.pk), {"title_fr": "x"}).status_code == 403
        )
        assert admin_client.get(page(model, "delete", row.pk)).status_code == 403


def test_submitting_a_series_goes_through_the_service(demo, admin_client):
    draft = ProjectSeries.objects.create(code="X", slug="x", title_fr="Essai", title_en="Trial")
    Project.objects.create(code="X-1", slug="x-1", title_fr="Un", title_en="One", series=draft)
    approved = ProjectSeries.objects.get(code="DEMO-S1")
    data = {"action": "submit", "_selected_action": [draft.pk, approved.pk]}
    answer = admin_client.post(page(ProjectSeries, "changelist"), data, follow=True)
    draft.refresh_from_db()
    approved.refresh_from_db()
    assert draft.status == "submitted" and draft.submitted_on
    assert approved.status == "approved"
    assert "DEMO-S1" in answer.content.decode()
