"""The events of summonses in what receives them: two libraries that read them, a client that keeps state."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from governance.enums import Reply
from governance.services import meetings, summons
from partners.models import Message
from tests.factories.governance import CommitteeFactory, MandateFactory, MeetingFactory, SeatFactory
from tests.governance.letters import calendar_of, letter_of

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
KHAL = """
[calendars]
[[port]]
path = {folder}/events
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = Europe/Paris
default_timezone = Europe/Paris
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


@pytest.fixture
def committee():
    committee = CommitteeFactory()
    for _n in range(2):
        MandateFactory(seat=SeatFactory(committee=committee))
    return committee


@pytest.fixture
def summoned(cast, committee):
    def at(starts_at, **fields):
        meeting = MeetingFactory(committee=committee, starts_at=starts_at, **fields)
        meetings.summon(actor=cast.secretary, meeting=meeting)
        meeting.refresh_from_db()
        return meeting

    return at


@pytest.fixture
def khal(tmp_path):
    """The calendar of one person; `khal(message)` takes the event of a letter in, and says what is in the calendar."""
    config = tmp_path / "config"
    config.write_text(KHAL.format(folder=tmp_path))
    (tmp_path / "events").mkdir()

    def run(*arguments):
        command = [sys.executable, "-m", "khal", "-c", str(config), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def take(message):
        received = tmp_path / "received.ics"
        received.write_bytes(calendar_of(message)[1])
        run("import", "--batch", "-a", "port", str(received))
        shown = "{start} {end} {title} {status}"
        listed = run("list", "--day-format", "", "--format", shown, "2027-10-01", "60d")
        return [line.strip() for line in listed.splitlines() if line.strip()]

    return take


def to(person, kind):
    return Message.objects.get(kind=kind, recipient=person)


def test_two_independent_libraries_read_the_same_event(summoned):
    meeting = summoned(
        datetime(2027, 10, 12, 9, 30, tzinfo=PARIS),
        place_fr="Salle du Conseil ; 1er étage, à gauche",
    )
    person = meeting.summonses.first().user
    part, content = calendar_of(to(person, "meeting_summons"))
    assert part.get_content_charset() == "utf-8"
    one = next(iter(Calendar.from_ical(content).walk("VEVENT")))
    whole = vobject.readOne(content.decode())
    other = whole.vevent
    assert whole.method.value == part.get_param("method") == "REQUEST"
    assert str(one["uid"]) == other.uid.value
    assert one["sequence"] == int(other.sequence.value) == 0
    assert one.start == other.dtstart.value == meeting.starts_at
    assert one.end == other.dtend.value == meeting.starts_at + timedelta(hours=2)
    assert str(one["location"]) == other.location.value == "Salle du Conseil ; 1er étage, à gauche"
    assert str(one["description"]) == other.description.value
    assert meeting.get_absolute_url() in other.description.value
    assert [line.value for line in whole.vevent.attendee_list] == [f"mailto:{person.email}"]
    stamp = other.dtstamp.value
    assert stamp.utcoffset() == timedelta(0)
    assert abs(stamp - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_event_is_shown_beside_the_text_and_attached_as_a_file(summoned):
    meeting = summoned(datetime(2027, 10, 12, 9, 30, tzinfo=PARIS))
    first, second = (row.user for row in meeting.summonses.all())
    letter = letter_of(to(first, "meeting_summons"))
    beside = next(p for p in letter.walk() if p.get_content_type() == "multipart/alternative")
    assert [p.get_content_type() for p in beside.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "meeting.ics"
    assert attached.get_content_type() == "application/ics"
    assert second.email not in letter.as_string()


def test_an_update_replaces_the_event_in_a_client_that_keeps_state(cast, summoned, khal):
    start = datetime(2027, 10, 12, 9, 30, tzinfo=PARIS)
    meeting = summoned(start, title_fr="Comité")
    person = meeting.summonses.first().user
    assert khal(to(person, "meeting_summons")) == [
        "2027-10-12 09:30 2027-10-12 11:30 Comité CONFIRMED"
    ]
    later = start + timedelta(days=1, hours=4)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, starts_at=later)
    assert khal(to(person, "meeting_changed")) == [
        "2027-10-13 13:30 2027-10-13 15:30 Comité CONFIRMED"
    ]
    meetings.cancel_meeting(actor=cast.secretary, meeting=meeting, reason="Grève")
    assert khal(to(person, "meeting_cancelled")) == [
        "2027-10-13 13:30 2027-10-13 15:30 Comité CANCELLED"
    ]


@pytest.mark.parametrize(("fold", "utc"), [(0, 0), (1, 1)])
def test_the_hour_that_comes_twice_in_october_is_told_apart(summoned, khal, fold, utc):
    start = datetime(2027, 10, 31, 2, 30, fold=fold, tzinfo=PARIS)
    meeting = summoned(start, ends_at=datetime(2027, 10, 31, 4, tzinfo=PARIS), title_fr="Comité")
    message = to(meeting.summonses.first().user, "meeting_summons")
    assert f"DTSTART:20271031T0{utc}3000Z" in calendar_of(message)[1].decode()
    assert khal(message) == ["2027-10-31 02:30 2027-10-31 04:00 Comité CONFIRMED"]


def test_the_calendar_shows_what_the_person_replied(cast, summoned):
    meeting = summoned(datetime(2027, 10, 12, 9, 30, tzinfo=PARIS))
    coming, excused = meeting.summonses.all()
    summons.reply(actor=coming.user, summons=coming, answer=Reply.YES)
    summons.reply(actor=excused.user, summons=excused, answer=Reply.NO)
    meetings.edit_meeting(actor=cast.secretary, meeting=meeting, place_fr="Ailleurs")
    for row, state in ((coming, "ACCEPTED"), (excused, "DECLINED")):
        event = vobject.readOne(calendar_of(to(row.user, "meeting_changed"))[1].decode()).vevent
        assert event.attendee.params["PARTSTAT"] == [state]
        assert event.attendee.params["RSVP"] == ["FALSE"]
