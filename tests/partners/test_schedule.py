"""The schedule: right by the clock on the wall through both changes of it, and seen when it stands still."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab, schedule
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from partners.models import ScheduledRun
from partners.services.schedule import TOLERANCE, last_expected, late_runs
from smartport.celery import ALWAYS, app

PARIS = ZoneInfo("Europe/Paris")
NIGHTS = {"summer time ends": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
          "summer time begins": datetime(2027, 3, 28, 1, 30, tzinfo=UTC)}  # fmt: skip


def runs(
    entry, start: datetime, end: datetime, step: timedelta = timedelta(minutes=1)
) -> list[datetime]:
    """When the beat starts this entry, asked as the beat asks it."""
    clock = start.astimezone(PARIS)

    def now():
        return clock

    if isinstance(entry, timedelta):
        asked = schedule(entry, nowfun=now, app=app)
    else:
        hours, minutes = entry._orig_hour, entry._orig_minute
        asked = crontab(hour=hours, minute=minutes, nowfun=now, app=app)
    last, found = clock, []
    while clock < end:
        if asked.is_due(last).is_due:
            found.append(clock)
            last = clock
        clock = (clock.astimezone(UTC) + step).astimezone(PARIS)
    return found


@pytest.mark.parametrize("change", NIGHTS.values(), ids=NIGHTS)
def test_what_runs_all_the_time_never_pauses_when_the_clocks_change(change):
    start, end = change - timedelta(hours=2), change + timedelta(hours=2)
    always = {
        name: entry["schedule"]
        for name, entry in app.conf.beat_schedule.items()
        if isinstance(entry["schedule"], timedelta)
    }
    assert {"deliver_messages", "build_packs"} <= set(always)
    found = [one.astimezone(UTC) for one in runs(ALWAYS, start, end, timedelta(seconds=20))]
    assert {after - before for before, after in pairwise(found)} == {timedelta(minutes=1)}


@pytest.mark.parametrize("change", NIGHTS.values(), ids=NIGHTS)
def test_what_runs_by_the_hour_keeps_the_hours_of_the_wall(change):
    """Each hour of the working day once, on the day of the change as well; none of them lies in the night."""
    start = change - timedelta(hours=4)
    for name, entry in app.conf.beat_schedule.items():
        if isinstance(entry["schedule"], timedelta):
            continue
        found = runs(entry["schedule"], start, start + timedelta(hours=12))
        hours = sorted(hour for hour in entry["schedule"].hour if hour <= found[-1].hour)
        assert [one.hour for one in found] == hours, name
        assert {one.minute for one in found} == entry["schedule"].minute, name
        assert min(entry["schedule"].hour) > 3, name


@pytest.mark.parametrize("change", NIGHTS.values(), ids=NIGHTS)
def test_half_past_two_comes_once_in_a_night_when_it_comes_twice_or_never(change):
    found = runs(
        crontab(minute=30, hour=2), change - timedelta(hours=5), change + timedelta(hours=20)
    )
    assert len(found) == 1


def test_the_last_moment_expected_is_walked_back_in_real_time():
    morning = crontab(minute=5, hour="7-20")
    monday = datetime(2026, 10, 26, 7, 30, tzinfo=PARIS)
    assert last_expected(morning, monday) == datetime(2026, 10, 26, 7, 5, tzinfo=PARIS)
    night = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)
    assert last_expected(morning, night) == datetime(2026, 10, 24, 20, 5, tzinfo=PARIS)
    half_past = crontab(minute=30, hour=2)
    spring = datetime(2027, 3, 28, 12, tzinfo=PARIS)  # that day has no 02:30
    assert last_expected(half_past, spring) == datetime(2027, 3, 27, 2, 30, tzinfo=PARIS)
    leap = datetime(2028, 3, 1, 6, tzinfo=PARIS)
    assert last_expected(morning, leap) == datetime(2028, 2, 29, 20, 5, tzinfo=PARIS)


@pytest.fixture
def on_time(db):
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(days=30))
    for name in app.conf.beat_schedule:
        ScheduledRun.objects.update_or_create(name=name, defaults={"day": timezone.localdate()})


def test_readyz_names_the_run_that_is_older_than_it_should_be(client, on_time):
    assert client.get("/readyz").json()["schedule"] == "ok"
    long_ago = timezone.now() - TOLERANCE - timedelta(minutes=2)
    ScheduledRun.objects.filter(name="deliver_messages").update(at=long_ago)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["schedule"] == "late"
    assert list(answer.json()["late"]) == ["deliver_messages"]
    assert client.get("/readyz?schedule").status_code == 503


def test_a_schedule_that_never_ran_is_late_unless_the_portal_is_a_moment_old(client, on_time):
    ScheduledRun.objects.all().delete()
    assert client.get("/readyz").json()["late"]["deliver_messages"] is None
    MigrationRecorder.Migration.objects.update(applied=timezone.now())
    assert client.get("/readyz").json()["schedule"] == "ok"


def test_nothing_is_late_at_night_when_nothing_is_to_run(on_time):
    evening = datetime(2026, 11, 25, 20, 6, tzinfo=PARIS)
    ScheduledRun.objects.filter(name="send_reminders").update(at=evening)
    night, morning = (
        datetime(2026, 11, 26, 5, tzinfo=PARIS),
        datetime(2026, 11, 26, 7, 30, tzinfo=PARIS),
    )
    assert "send_reminders" not in late_runs(night)
    assert "send_reminders" in late_runs(morning)


def test_every_entry_of_the_schedule_is_noted_when_it_went_through_and_only_then(
    on_time, monkeypatch
):
    from partners import tasks

    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        task = app.tasks[entry["task"]]
        assert task.run.__wrapped__.__name__ == name
    before = timezone.now()
    monkeypatch.setattr(
        tasks.reminders, "send_reminders", lambda day: tasks.reminders.Scan(failed=1)
    )
    with pytest.raises(RuntimeError):
        tasks.send_reminders()
    tasks.deliver_messages()
    at = dict(ScheduledRun.objects.values_list("name", "at"))
    assert at["send_reminders"] < before < at["deliver_messages"]
