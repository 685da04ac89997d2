import pytest

from tests.factories import projects as rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "factory",
    [
        f
        for name, f in vars(rows).items()
        if name.endswith("Factory") and name not in {"DjangoModelFactory", "ApprovalFactory"}
    ],
)
def test_each_factory_makes_a_row_the_database_accepts(factory):
    assert factory().pk


@pytest.mark.parametrize("state", ["draft", "submitted", "sent_back", "accepted"])
def test_a_report_can_stand_in_each_state(state):
    assert rows.ReportFactory(**{state: True}).status == state


def test_a_proposed_project_waits_in_a_submitted_series():
    assert rows.ProjectFactory(proposed=True).series.status == "submitted"
