"""What is left of a call whose personal data were taken away: its figures, and nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agents.keeping import Held
from agents.models import Agent, User
from inbound import anonymising
from inbound.anonymising import NOBODY, anonymise_walks
from inbound.attended.finding import Asked
from inbound.attended.time_figures import time_figures
from inbound.models import Footstep, OutsideWrite, ServiceLine, Walk
from inbound.walks.cards import CORRECTED
from inbound.walks.heard import HEARD_OF
from inbound.walks.left_undone import asked_of
from inbound.writes.lists import of_day, totals_of
from inbound.writes.states import State, Verb, take_step
from tests.inbound.a_walk import DAMAGE, FLOW, TOP_UP, Caller, publish
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_written")]
PERSONAL = ("Rosa", "1011018", "70712345", "4251234", "1234567", "D-77", "child", "Se corta de noche")
TABLES = ("walk", "footstep", "outsidewrite", "outsidewritechange")


@pytest.fixture
def calls(ana: Agent, now: datetime, side: OtherSide) -> list[Walk]:
    """A damage reiterated, another branch than the proposed first; and a top-up. Something in every corner."""
    side.answers["smartflex/damages"] = {"damages": [_whole(DAMAGE)]}
    damage = Caller(ana, publish(FLOW, now, line="101"), now)
    Walk.objects.filter(pk=damage.walk.pk).update(caller_number="+59170712345")
    damage.answer()
    damage.answer(customer="1011018", customer_name="Rosa Flores")
    damage.look()
    damage.answer("attended", reason="Rosa dice que ya vino")
    damage.back()
    damage.answer("open")
    damage.now = now + timedelta(minutes=3)
    damage.answer(note="Se corta de noche")
    [of_the_damage] = [one for one in asked_of(damage.here) if one.name.startswith(HEARD_OF)]
    damage.answer(**{of_the_damage.name: CORRECTED})
    money = Caller(ana, publish(TOP_UP, now, line="109"), now)
    money.answer(
        number="70712345", amount="20", requester_name="Rosa Flores", requester_card="1234567 CB",
        requester_kinship="child",
    )  # fmt: skip
    money.answer(confirmed=True)
    money.answer()
    for write in OutsideWrite.objects.all():
        sent = take_step(Verb.SEND, write=write, by=None, now=now, fence=1, attempts=1, lease_until=now)
        take_step(Verb.CONFIRM, write=sent, by=None, now=now, reference="R-1", note="Para Rosa", last_error="Rosa")
    return list(Walk.objects.order_by("pk"))


def _whole(damage: dict[str, str]) -> dict[str, object]:
    more = {"component": "x", "registered_at": "2026-11-20T10:00:00-04:00", "reiterations": 0, "order_number": ""}
    return {**damage, **more, "has_service": False}


def everything() -> str:
    rows = (f"SELECT (to_jsonb(t) - 'key')::text FROM inbound_{name} t" for name in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(rows))
        return "\n".join(row for (row,) in cursor.fetchall())


def later(now: datetime) -> datetime:
    return now + timedelta(days=731)


def test_nobody_is_left_in_any_table(calls: list[Walk], now: datetime) -> None:
    assert [word for word in PERSONAL if word not in everything()] == []
    assert anonymise_walks(held=Held(), before=later(now), now=later(now)) == 2
    assert [word for word in PERSONAL if word in everything()] == []
    assert broken() == {}


def test_figures_are_counted_as_before(calls: list[Walk], now: datetime, elena: User) -> None:
    asked = Asked(first=now.date(), last=now.date())
    before = time_figures(asked=asked), totals_of(of_day(day=now.date(), user=elena))
    assert (before[0].decided_otherwise, before[0].calls, before[1][0].amount) == (1, 2, 20)
    anonymise_walks(held=Held(), before=later(now), now=later(now))
    assert (time_figures(asked=asked), totals_of(of_day(day=now.date(), user=elena))) == before
    kept = Walk.objects.get(line__number="101")
    assert (kept.result_label, kept.agent, kept.began_at) == ("Daño reiterado", calls[0].agent, now)
    assert set(OutsideWrite.objects.values_list("state", "reference")) == {("done", "R-1")}


@pytest.mark.parametrize(("state", "goes"), [*((one, False) for one in ("waiting", "by_hand")), ("refused", True)])
def test_one_that_owes_what_a_person_must_settle_waits(
    calls: list[Walk], now: datetime, state: str, goes: bool
) -> None:
    OutsideWrite.objects.filter(walk=calls[0], action__endswith="damage").update(state=state, settled_at=None)
    anonymise_walks(held=Held(), before=later(now), now=later(now))
    assert [Walk.objects.get(pk=walk.pk).anonymised_at is not None for walk in calls] == [goes, True]


def test_younger_ones_stay_and_a_dry_run_only_looks(calls: list[Walk], now: datetime) -> None:
    Walk.objects.filter(pk=calls[1].pk).update(began_at=now - timedelta(days=1))
    assert anonymise_walks(held=Held(), before=now, now=later(now), only_look=True) == 1
    assert "1234567" in everything()
    assert anonymise_walks(held=Held(), before=now, now=later(now)) == 1
    assert "1234567" not in everything()
    assert Walk.objects.get(pk=calls[0].pk).customer_name == "Rosa Flores"


def test_again_and_in_batches_does_no_harm(calls: list[Walk], now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymising, "BATCH", 1)
    assert anonymise_walks(held=Held(), before=later(now), now=later(now)) == 2
    first = Walk.objects.values_list("anonymised_at", flat=True)
    assert anonymise_walks(held=Held(), before=later(now), now=later(now) + timedelta(days=1)) == 0
    assert set(first) == {later(now)}


def test_a_batch_is_all_or_nothing(calls: list[Walk], now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymising, "STEPS", (*anonymising.STEPS, "SELECT 1 / 0"))
    with pytest.raises(Exception, match="division by zero"):
        anonymise_walks(held=Held(), before=later(now), now=later(now))
    assert "Rosa Flores" in everything()
    assert Footstep.objects.exclude(found=None).exists()


def test_two_numbers_of_one_call_stay_two(calls: list[Walk], now: datetime) -> None:
    """Or the promise of one operation a number would look broken."""
    first = OutsideWrite.objects.get(action="c_cli4g.top_up")
    OutsideWrite.objects.create(
        key="other", walk=first.walk, position=9, system=first.system, action=first.action, is_accountable=True,
        to_whom="4400999", amount=5, state=State.DONE, reference="R-2", settled_at=now, not_before=now, owed_at=now,
        owed_by=first.owed_by,
    )  # fmt: skip
    anonymise_walks(held=Held(), before=later(now), now=later(now))
    assert len(set(OutsideWrite.objects.filter(walk=first.walk).values_list("to_whom", flat=True))) == 3
    assert "money_once_a_call" not in broken()


def test_its_pages_say_so(
    calls: list[Walk], now: datetime, ana: Agent, elena: User, signed_in: Callable[[Agent | User], Client]
) -> None:
    anonymise_walks(held=Held(), before=later(now), now=later(now))
    for walk in calls:
        for reader in (elena, ana):
            page = signed_in(reader).get(reverse("inbound:walk", args=[walk.key])).content.decode()
            assert "ya no tiene datos personales" in page
            assert "Rosa" not in page
    write = OutsideWrite.objects.get(action="c_cli4g.top_up")
    page = signed_in(elena).get(reverse("inbound:write", args=[write.pk])).content.decode()
    assert "ya no tiene datos personales" in page
    assert NOBODY in page
    assert ServiceLine.objects.count() >= 2
