"""What a call does to its agent's state: her telephone rings, she lifts it, it is over (agents/states.py)."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from agents.models import Agent, AgentState, By
from agents.states import Event, StateRefused, change_state, open_state
from telephony.models import OutgoingCall

BY_STATE = {
    OutgoingCall.State.AGENT_RINGS: Event.RANG,
    OutgoingCall.State.CUSTOMER_RINGS: Event.ANSWERED,  # the customer is rung once she has lifted hers
    OutgoingCall.State.TALKING: Event.ANSWERED,
}

log = structlog.get_logger(__name__)


def follow(*, call: OutgoingCall, state: OutgoingCall.State, at: datetime) -> None:
    """Her state after the call came into `state`; told again it changes nothing."""
    if event := BY_STATE.get(state):
        change(agent=call.agent, key=call.key, event=event, at=at)


def let_go(*, call: OutgoingCall, at: datetime) -> None:
    """Her state once it is over: she wraps up where the customer was rung, else she is as free as before."""
    event = Event.HUNG_UP if call.customer_rang_at else Event.RANG_IN_VAIN
    change(agent=call.agent, key=call.key, event=event, at=at)


def wrapped_up(*, call: OutgoingCall, agent: Agent, at: datetime) -> None:
    """She has said how the call ended that she was wrapping up: she is available, before the clock says so."""
    there = open_state(agent)
    if there is None or (there.state, there.call) != (AgentState.State.WRAPPING_UP, call.key):
        return
    change_state(agent=agent, event=Event.WRAPPED_UP, now=at, by=By.DESK, if_still=there.pk)


def change(*, agent: Agent, key: uuid.UUID, event: Event, at: datetime) -> None:
    """The call is a fact whatever she is doing: where the table has no such step she stays as she is."""
    try:
        change_state(agent=agent, event=event, now=at, by=By.TELEPHONE, call=key, happened_at=at)
    except StateRefused as refused:
        log.info("state_stays", call=str(key), after=str(event), why=str(refused))
