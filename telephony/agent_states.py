"""What a call does to its agent's state: her telephone rings, she lifts it, it is over (agents/states.py)."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from agents.models import Agent, AgentState, By
from agents.states import ENDS_A_CALL, Event, StateRefused, change_state, open_state
from telephony.models import OutgoingCall, QueueCall

BY_STATE = {
    OutgoingCall.State.AGENT_RINGS: Event.RANG,
    OutgoingCall.State.CUSTOMER_RINGS: Event.ANSWERED,  # the customer is rung once she has lifted hers
    OutgoingCall.State.TALKING: Event.ANSWERED,
}
LIFTED = [state for state, event in BY_STATE.items() if event == Event.ANSWERED]

log = structlog.get_logger(__name__)


def follow(*, call: OutgoingCall, state: OutgoingCall.State, at: datetime) -> None:
    """Her state after the call came into `state`; told again it changes nothing."""
    if event := BY_STATE.get(state):
        change(agent=call.agent, key=call.key, event=event, at=at)


def let_go(*, call: OutgoingCall, at: datetime) -> None:
    """Her state once it is over: she wraps up where the customer was rung, else she is as free as before."""
    event = Event.HUNG_UP if call.customer_rang_at else Event.RANG_IN_VAIN
    change(agent=call.agent, key=call.key, event=event, at=at)


def talks_of(agent: Agent) -> list[uuid.UUID]:
    """The keys of the calls in which she speaks with somebody now, or hears his telephone ring; the latest first."""
    queued = QueueCall.objects.filter(agent=agent, state=QueueCall.State.TALKING).order_by("-answered_at")
    clicked = OutgoingCall.objects.filter(agent=agent, state__in=LIFTED)
    return [*clicked.values_list("key", flat=True), *queued.values_list("key", flat=True)]


def take_up(*, agent: Agent, now: datetime) -> None:
    """Who signs in, or sits down, in the middle of a call is on it from then on."""
    there = open_state(agent)
    if there is not None and there.state != AgentState.State.ON_A_CALL and (talks := talks_of(agent)):
        change(agent=agent, key=talks[0], event=Event.WENT_ON, at=now)


def change(*, agent: Agent, key: uuid.UUID, event: Event, at: datetime) -> None:
    """The call is a fact whatever she is doing: where the table has no such step she stays as she is.

    The end of a call is not the end of another one: while she is in one she goes on with it.
    """
    if event in ENDS_A_CALL and (talks := [one for one in talks_of(agent) if one != key]):
        there = open_state(agent)
        key, event = (there.call if there and there.call in talks else None) or talks[0], Event.WENT_ON
    try:
        change_state(agent=agent, event=event, now=at, by=By.TELEPHONE, call=key, happened_at=at)
    except StateRefused as refused:
        log.info("state_stays", call=str(key), after=str(event), why=str(refused))
