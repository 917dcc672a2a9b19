"""A caller who was handed over and heard by nobody is found, whatever happened meanwhile; who talks stays in sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Agent, User
from agents.presence import sign_in
from agents.states import open_state
from escalations.models import Escalation
from inbound.lost_callers.calling_back import call_back_the_lost
from inbound.ringing.own_calls import handed_over, own_calls
from telephony.dialling import ask_to_call, close_the_forgotten, is_linked
from telephony.holding import STOOD_STILL
from telephony.models import Extension, Listening, Monitoring, OutgoingCall, QueueCall, Switchboard
from telephony.monitoring import ask_to_monitor, close_forgotten_monitorings
from telephony.seats import sit_down, sit_down_to_listen
from telephony.unfollowed import close_the_unwatched
from tests.sandbox.switchboard.playing import WITHOUT_END, Board
from tests.telephony.a_listener import Running, until
from tests.telephony.test_handing_over import call, comes_to, ends_as, give, played, running, state_of

__all__ = ["call", "played", "running"]
pytestmark = pytest.mark.django_db(transaction=True)


def cards() -> list[str]:
    """The calls to be made three minutes from now."""
    call_back_the_lost(now=timezone.now() + timedelta(minutes=3))
    return list(Escalation.objects.values_list("reason", flat=True))


def link_again(running: Running) -> None:
    running.stop()
    running.listen()
    until(lambda: is_linked(running.board, now=timezone.now()), "linked again")


def nobody_hears(running: Running) -> None:
    """The link has been lost for two minutes."""
    running.stop()
    long_ago = timezone.now() - timedelta(minutes=2)
    Listening.objects.update(lost_at=long_ago)
    OutgoingCall.objects.filter(sent_at__isnull=False).update(sent_at=long_ago, asked_at=long_ago)


def test_the_link_is_lost_while_she_rings_and_she_hangs_up_later(
    call: QueueCall, played: Board, running: Running
) -> None:
    played.turn(extensions={"1003": {"picks_up": "never"}}, rings=WITHOUT_END)
    assert comes_to(give(call, "blind", "1003"), "done", "refused", "unknown") == "done"
    until(lambda: played.state()["extensions"]["1003"]["state"] == "ringing", "it rings for her")
    link_again(running)
    played.do("decline", extension="1003")
    until(lambda: QueueCall.objects.filter(is_handed_on=True, state="over").exists(), "she is gone")
    assert len(cards()) == 1


def test_the_link_is_lost_while_she_rings_and_she_is_gone_before_it_is_back(
    call: QueueCall, played: Board, running: Running
) -> None:
    played.turn(extensions={"1003": {"picks_up": "never"}}, rings=WITHOUT_END)
    assert comes_to(give(call, "blind", "1003"), "done", "refused", "unknown") == "done"
    until(lambda: played.state()["extensions"]["1003"]["state"] == "ringing", "it rings for her")
    running.stop()
    played.do("decline", extension="1003")
    until(lambda: not played.state()["channels"], "nobody is there any more")
    running.listen()
    until(lambda: QueueCall.objects.filter(is_handed_on=True, state="over").exists(), "it is told that nobody knows")
    (reason,) = cards()
    assert "no se sabe si alguien le contestó" in reason


def test_who_spoke_with_somebody_before_the_link_was_lost_is_not_called(
    call: QueueCall, played: Board, running: Running
) -> None:
    assert comes_to(give(call, "blind", "1002"), "done", "refused", "unknown") == "done"
    until(lambda: played.state()["extensions"]["1002"]["state"] == "in_use", "the colleague speaks")
    until(lambda: not QueueCall.objects.exclude(follows="").exists(), "it was heard")
    running.stop()
    played.do("hang-up", extension="1002")
    until(lambda: not played.state()["channels"], "it is over")
    running.listen()
    until(lambda: is_linked(running.board, now=timezone.now()), "linked again")
    assert cards() == []


def test_where_no_trunk_leads_she_is_gone_at_once_and_found(call: QueueCall, played: Board, ana: Agent) -> None:
    assert comes_to(give(call, "blind", "70711198"), "done", "refused", "unknown") == "done"
    until(lambda: not played.state()["channels"], "she is gone")
    until(lambda: QueueCall.objects.filter(is_handed_on=True, outcome="not_answered").exists(), "nobody heard her")
    (told,) = handed_over(agent=ana, now=timezone.now())
    assert told.is_unheard, "the page of who handed her over says so"
    (reason,) = cards()
    assert "le transfirió a 70711198: nadie le contestó" in reason


@pytest.mark.parametrize("hangs_up_at", ["the desk", "her telephone"])
def test_who_asks_first_and_hangs_up_before_anybody_answered_left_her_alone(
    hangs_up_at: str, call: QueueCall, played: Board, ana: Agent
) -> None:
    played.turn(extensions={"1003": {"picks_up": "never"}}, rings=WITHOUT_END)
    comes_to(give(call, "attended", "1003"), "taken")
    until(lambda: QueueCall.objects.get(pk=call.pk).held_at, "the caller is on hold")
    if hangs_up_at == "the desk":
        comes_to(give(call, "hang_up"), "done", "refused", "unknown")
    else:
        played.do("hang-up", extension="1001")
    until(lambda: not played.state()["channels"], "nobody is there any more")
    until(lambda: QueueCall.objects.filter(is_handed_on=True, outcome="not_answered").exists(), "nobody heard her")
    (told,) = handed_over(agent=ana, now=timezone.now())
    assert told.is_unheard
    assert len(cards()) == 1


def test_the_link_is_lost_while_a_seated_colleagues_telephone_rings_for_her(
    call: QueueCall, played: Board, running: Running, luis: Agent
) -> None:
    there = Extension.objects.create(switchboard=call.switchboard, number="1002")
    sign_in(user=luis.user, now=timezone.now())
    sit_down(agent=luis, extension=there, now=timezone.now())
    played.turn(extensions={"1002": {"picks_up": "never"}}, rings=WITHOUT_END)
    give(call, "blind", "1002")
    until(lambda: state_of(luis) == "ringing", "his telephone rings for her")
    link_again(running)
    until(lambda: state_of(luis) == "ringing" and own_calls(agent=luis), "it rings on, on his page")
    played.do("decline", extension="1002")
    until(lambda: state_of(luis) == "available", "it rings no more")
    assert len(cards()) == 1


def test_who_was_heard_there_and_lost_later_was_not_lost_by_the_first(
    call: QueueCall, played: Board, ana: Agent, luis: Agent
) -> None:
    there = Extension.objects.create(switchboard=call.switchboard, number="1002")
    sign_in(user=luis.user, now=timezone.now())
    sit_down(agent=luis, extension=there, now=timezone.now())
    give(call, "blind", "1002")
    until(lambda: state_of(luis) == "on_a_call", "the colleague speaks with her")
    (his,) = own_calls(agent=luis)
    played.turn(extensions={"1003": {"picks_up": "never"}}, rings=WITHOUT_END)
    give(his.call, "blind", "1003")
    until(lambda: played.state()["extensions"]["1003"]["state"] == "ringing", "it rings for her")
    played.do("decline", extension="1003")
    until(lambda: QueueCall.objects.filter(is_handed_on=True, outcome="not_answered").exists(), "nobody heard her")
    assert [told.lost for told in handed_over(agent=ana, now=timezone.now())] == [None]
    assert [told.is_unheard for told in handed_over(agent=luis, now=timezone.now())] == [True]


def test_after_more_than_a_minute_without_the_link_who_talks_goes_on_talking(
    call: QueueCall, played: Board, running: Running, ana: Agent
) -> None:
    nobody_hears(running)
    assert close_the_unwatched(now=timezone.now()) == 1
    assert QueueCall.objects.get(pk=call.pk).outcome == "unknown"
    assert state_of(ana) == "wrapping_up"
    running.listen()
    until(lambda: own_calls(agent=ana), "she is in it again")
    (hers,) = own_calls(agent=ana)
    assert (hers.is_hers, hers.call) == (True, call), "the same, with the flow she has open for it"
    assert state_of(ana) == "on_a_call"
    assert comes_to(give(hers.call, "hang_up"), "done", "refused", "unknown") == "done"
    assert ends_as(hers.call) == "done"


def test_so_does_who_clicked_and_who_is_listened_to(running: Running, played: Board, ana: Agent, elena: User) -> None:
    Switchboard.objects.update(technology=played.telephone("1001").partition("/")[0])
    played.turn(extensions={"1001": {"picks_up": 0.1}})
    last = Extension.objects.create(switchboard=running.board, number="1090")
    sit_down_to_listen(user=elena, extension=last, now=timezone.now())
    hers = Extension.objects.select_related("switchboard").get(number="1001")
    clicked = ask_to_call(agent=ana, extension=hers, number="+59170712300", now=timezone.now())
    until(lambda: OutgoingCall.objects.get(pk=clicked.pk).state == "talking", "she talks")
    one = ask_to_monitor(by=elena, agent=ana, kind=Monitoring.Kind.LISTEN, now=timezone.now())
    until(lambda: Monitoring.objects.get(pk=one.pk).state == "on", "it is listened to")
    nobody_hears(running)
    assert close_the_forgotten(now=timezone.now()) == 1
    close_forgotten_monitorings(now=timezone.now())
    assert (Monitoring.objects.get().outcome, state_of(ana)) == ("unknown", "wrapping_up")
    running.listen()
    until(lambda: OutgoingCall.objects.get(pk=clicked.pk).state == "talking", "it goes on")
    assert state_of(ana) == "on_a_call"
    assert played.is_older or Monitoring.objects.get().state == "on", "and who listens is in the book"
    played.do("hang-up", extension="1001")
    until(lambda: OutgoingCall.objects.get(pk=clicked.pk).outcome, "it ends")
    assert OutgoingCall.objects.get(pk=clicked.pk).outcome == "answered"
    until(lambda: Monitoring.objects.get().outcome, "and with it what was heard of it")
    assert Monitoring.objects.get().outcome == ("unknown" if played.is_older else "done")


def test_a_holder_who_stood_still_too_long_holds_it_no_more(call: QueueCall, running: Running) -> None:
    """What it knows is old: it must read again what there is."""
    fence = Listening.objects.get().fence
    Listening.objects.update(lease_until=timezone.now() - 2 * STOOD_STILL)  # also for a renewal already on its way
    until(lambda: Listening.objects.get().fence > fence, "it is taken anew")
    until(lambda: is_linked(running.board, now=timezone.now()), "linked again")
    there = open_state(call.agent) if call.agent else None
    assert there is not None
    assert there.state == "on_a_call"
