"""What machines ask: yes or no to anybody, details through a gate, and a lag is not an outage."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from callcenter import health
from callcenter.heartbeats import CALLERS, NAMES, READER, sign, tell_reader
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule
from campaigns.models import ReportSource
from notices.models import Notice, NoticeKind
from systems.reports.confined_here import confined_here, in_words
from systems.reports.confinement import ALL
from telephony.models import Listening, LogLook, LogSource, Switchboard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(health, "_lately", health.Lately())
    monkeypatch.setattr(health, "KEPT_FOR", 0.0)


@pytest.fixture
def alive():
    for name in NAMES:
        sign(name=name, now=timezone.now())
    tell_reader(out_of_reach=ALL)
    sign(name=CALLERS, now=timezone.now())
    sync_schedule(ticks=SCHEDULE, now=timezone.now())
    yield
    cache.delete_many([f"heartbeat:{name}" for name in (*NAMES, READER, CALLERS)])


def findings(client, **more):
    return client.get("/readyz", **more).json()["findings"]


def test_alive_needs_nobody_else(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").status_code == 200


def test_ready_and_well(client, alive):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["well"] is True


def test_without_the_database_nobody_can_work(client, alive, monkeypatch):
    def down(now):
        raise DatabaseError

    monkeypatch.setattr(health, "_database", down)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["findings"]["database"] == {"holds": False, "vital": True, "seen": "DatabaseError"}


@pytest.mark.parametrize("ago", [timedelta(minutes=5), -timedelta(days=1)])  # a sign of tomorrow is somebody's own
@pytest.mark.parametrize("name", NAMES)
def test_a_part_that_fell_silent_is_told_and_turns_nobody_away(client, alive, name, ago):
    sign(name=name, now=timezone.now() - ago)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["well"] is False
    assert answer.json()["findings"][name]["holds"] is False


def test_a_reader_that_its_system_does_not_confine_is_told_in_words(client, alive):
    assert findings(client)["reader"]["holds"] is True
    tell_reader(out_of_reach=["files"])
    said = "out of its reach: no file but its own; this system does not keep it from: network, programs"
    assert findings(client)["reader"] == {"holds": False, "vital": False, "seen": said}
    assert client.get("/readyz").status_code == 200
    cache.delete(f"heartbeat:{READER}")
    assert findings(client)["reader"]["seen"] == in_words(confined_here()), "as it is here, until a worker told"


def test_mail_that_waits_too_long_is_told(client, alive):
    now = timezone.now()
    Notice.objects.create(
        key="x", kind=NoticeKind.REPORT_LATE, to=["a@b.example"], subject="x", body="x",
        not_before=now + timedelta(minutes=2), created_at=now - timedelta(minutes=30),
    )  # fmt: skip
    assert findings(client)["oldest_notice"]["holds"] is False


@pytest.mark.parametrize("written", [7, ["files"], "yesterday", "2026-11-25T10:00:00", {}])
def test_what_is_no_moment_is_no_sign_of_life_and_keeps_nothing_else_from_being_told(client, alive, written):
    """Whoever has the queue's password writes there as well."""
    cache.set_many({"heartbeat:worker": written, f"heartbeat:{READER}": 7})
    assert findings(client)["worker"] == {"holds": False, "vital": False, "seen": "never seen"}
    assert findings(client)["database"]["holds"] is True
    assert client.get("/metrics").status_code == 200


def test_whatever_a_look_ends_in_the_others_are_told(client, alive, monkeypatch):
    monkeypatch.setattr("callcenter.health.untold_since", lambda now: 1 / 0)
    assert findings(client)["strangers"] == {"holds": False, "vital": False, "seen": "ZeroDivisionError"}
    assert findings(client)["database"]["holds"] is True


def test_a_part_of_the_clock_that_stands_still_is_told_by_name(client, alive):
    assert findings(client)["schedule"] == {"holds": True, "vital": False, "seen": "ticks"}
    now = timezone.now()
    changes = [
        {"enabled": False}, {"last_run_at": now + timedelta(days=9)}, {"start_time": now + timedelta(days=9)},
        {"expires": now - timedelta(days=9)}, {"task": "callcenter.heartbeat"}, {"args": "[1]"},
        {"kwargs": '{"now": 1}'}, {"queue": "nobody"}, {"one_off": True},
        {"interval": IntervalSchedule.objects.create(every=90_000, period=IntervalSchedule.DAYS)},
    ]  # fmt: skip
    entries = PeriodicTask.objects.filter(name__in=[tick.name for tick in SCHEDULE]).exclude(
        task="callcenter.heartbeat"
    )
    for entry, change in zip(entries.order_by("pk"), changes, strict=False):
        PeriodicTask.objects.filter(pk=entry.pk).update(**change)
        seen = findings(client)["schedule"]
        assert seen["holds"] is False
        assert entry.name in seen["seen"], change
        PeriodicTask.objects.filter(pk=entry.pk).delete()


def test_that_nobody_looks_for_who_was_not_answered_is_told(client, alive):
    assert findings(client)["callers"]["holds"] is True
    sign(name=CALLERS, now=timezone.now() - timedelta(minutes=16))
    assert findings(client)["callers"]["holds"] is False
    cache.delete(f"heartbeat:{CALLERS}")
    assert findings(client)["callers"]["seen"] == "not looked for yet"


def test_a_source_nobody_looks_at_is_told_by_name(client, alive):
    now = timezone.now()
    assert findings(client)["sources"] == {"holds": True, "vital": False, "seen": "none in use"}
    reports = ReportSource.objects.create(name="Recaudo", kind="recaudo", location="/x", last_looked_at=now)
    log = LogSource.objects.create(switchboard=Switchboard.objects.create(name="Central", host=""), path="/q")
    assert findings(client)["sources"]["seen"] == "/q: not looked at yet"
    look = LogLook.objects.create(source=log, looked_at=now)
    assert findings(client)["sources"]["holds"] is True
    LogLook.objects.filter(pk=look.pk).update(looked_at=now - timedelta(minutes=16))
    ReportSource.objects.update(last_looked_at=now - timedelta(hours=1))
    assert findings(client)["sources"]["seen"].count("not looked at since") == 2
    assert client.get("/readyz").status_code == 200
    LogSource.objects.update(is_on=False)
    ReportSource.objects.filter(pk=reports.pk).update(is_active=False)
    assert findings(client)["sources"]["holds"] is True


@pytest.mark.parametrize(
    "asked",
    [{"REMOTE_ADDR": "10.1.2.3"}, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.1.2.3"}],
)
def test_a_stranger_learns_only_yes_or_no(client, alive, asked):
    assert client.get("/readyz", **asked).json() == {"ready": True}
    assert client.get("/metrics", **asked).status_code == 404


def test_the_token_opens_from_anywhere(client, alive, settings):
    settings.METRICS_TOKEN = "a-long-token"
    asked = {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer a-long-token"}
    assert "findings" in client.get("/readyz", **asked).json()
    assert "django_http_requests" in client.get("/metrics", **asked).content.decode()
    wrong = {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer a-long-tokex"}
    assert client.get("/metrics", **wrong).status_code == 404


def test_an_empty_token_is_no_token(client, settings):
    settings.METRICS_TOKEN = ""
    asked = {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer "}
    assert client.get("/metrics", **asked).status_code == 404


def test_asking_again_and_again_looks_once_a_second(client, alive, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(health, "KEPT_FOR", 60.0)
    stranger = {"REMOTE_ADDR": "10.1.2.3"}
    assert client.get("/readyz", **stranger).json() == {"ready": True}
    with django_assert_num_queries(0):
        for _turn in range(20):
            assert client.get("/readyz", **stranger).status_code == 200
    assert "findings" in client.get("/readyz").json()


def test_a_site_without_a_switchboard_misses_none(client, alive):
    assert findings(client)["switchboards"] == {"holds": True, "vital": False, "seen": "none in use"}
    assert "callcenter_switchboard_linked{" not in client.get("/metrics").content.decode()


def test_a_link_that_is_down_is_told_with_its_age_and_turns_nobody_away(client, alive):
    now = timezone.now()
    central, south = (
        Switchboard.objects.create(name=name, host="pbx.example", user="callcenter", is_on=True)
        for name in ("Central", "Sur")
    )
    up = {"lease_until": now + timedelta(minutes=1), "connected_at": now - timedelta(minutes=5)}
    Listening.objects.create(switchboard=central, **up)
    Listening.objects.create(switchboard=south, lost_at=now - timedelta(minutes=2), last_error="LinkLost: cut off")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()["findings"]["switchboards"]
    assert told["holds"] is False
    assert "Central: linked since" in told["seen"]
    assert "Sur: not linked since" in told["seen"]
    assert "cut off" in told["seen"]
    figures = client.get("/metrics").content.decode()
    assert 'callcenter_switchboard_linked{switchboard="Central"} 1.0' in figures
    assert 'callcenter_switchboard_linked{switchboard="Sur"} 0.0' in figures
    assert 'callcenter_switchboard_link_age_seconds{switchboard="Sur"} 1' in figures  # a hundred and twenty, and some
    Switchboard.objects.update(is_on=False)
    assert 'switchboard="Sur"' not in client.get("/metrics").content.decode()


def test_a_holder_that_gives_no_sign_any_more_has_no_link(client, alive):
    board = Switchboard.objects.create(name="Central", host="pbx.example", user="callcenter", is_on=True)
    gone = timezone.now() - timedelta(minutes=3)
    Listening.objects.create(switchboard=board, lease_until=gone, connected_at=gone - timedelta(hours=1))
    assert findings(client)["switchboards"]["seen"] == f"Central: not linked since {gone.isoformat()}"
