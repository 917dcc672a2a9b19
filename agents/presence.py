"""Whether an agent is there: signing in and out of the site, and the signs of life between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from django.db import connection

from agents.models import Agent, AgentState, By, Role, User
from agents.states import Event, StateRefused, change_state, open_state

A_SIGN_EVERY = timedelta(minutes=1)

# Every page of an agent asks this: two rows by their unique keys, and one of them written at most once a minute.
_SIGN = """
WITH signed AS (
    UPDATE agents_shift s SET last_sign_at = %(now)s FROM agents_agent a
     WHERE a.user_id = %(user)s AND s.agent_id = a.id AND s.ended_at IS NULL AND s.last_sign_at <= %(before)s
)
SELECT a.id, o.state FROM agents_agent a LEFT JOIN agents_agentstate o ON o.agent_id = a.id AND o.ended_at IS NULL
 WHERE a.user_id = %(user)s
"""


class WhenSigningIn(Protocol):
    def __call__(self, *, agent: Agent, now: datetime) -> None: ...


_when_signing_in: list[WhenSigningIn] = []


def when_signing_in(verb: WhenSigningIn) -> None:
    """Have a verb of a higher room asked whenever somebody signs in: what she is in the middle of only that room knows.

    Named when the room begins, once.
    """
    _when_signing_in.append(verb)


def is_agent(user: User) -> bool:
    """Whether this person has states; somebody with the role may still lack her card. Whoever supervision has still to
    put on duty has none: calls would ring where their pages do not open.
    """
    return user.is_active and user.role == Role.AGENT and user.is_admitted


def sign_in(*, user: User, now: datetime) -> AgentState | None:
    """Open the shift of an agent who signed in; at a second machine she stays as she is. None for anybody else.

    Who signs in in the middle of something, a call, is in it at once (`when_signing_in`).
    """
    agent = Agent.objects.filter(user=user).first() if is_agent(user) else None
    if agent is None:
        return None
    change_state(agent=agent, event=Event.SIGNED_IN, now=now, by=By.DESK, person=user)
    for verb in _when_signing_in:
        verb(agent=agent, now=now)
    return open_state(agent)


def sign_out(*, user: User, now: datetime, by: User | None = None) -> None:
    """Close the shift of an agent who signs out, whatever she was doing: the door of a session is never held.

    `by`: whoever ended her sessions, or closed her account; None where she left by herself.
    """
    agent = Agent.objects.filter(user=user).first()
    if agent is None:
        return
    person = user if by is None else by
    how = By.DESK if person == user else By.SUPERVISOR
    change_state(agent=agent, event=Event.SIGNED_OUT, now=now, by=how, person=person)


def give_sign(*, user: User, now: datetime) -> None:
    """An agent did something on her page: one statement, unless she was away or her shift had been closed.

    Her session may outlive the shift that the clock closed: then the next one begins.
    """
    if not is_agent(user):
        return
    with connection.cursor() as cursor:
        cursor.execute(_SIGN, {"user": user.pk, "now": now, "before": now - A_SIGN_EVERY})
        found = cursor.fetchone()
    if found is None:
        return
    agent_id, state = found
    if state is None:
        sign_in(user=user, now=now)
    elif state == AgentState.State.AWAY:
        agent = Agent.objects.get(pk=agent_id)
        try:
            change_state(agent=agent, event=Event.SEEN_AGAIN, now=now, by=By.DESK, person=user)
        except StateRefused:  # another of her pages was quicker
            return
