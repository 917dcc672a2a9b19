"""Who agreed, moved or cancelled the agreed calls of a customer, when and why: told from what the audit kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agents.models import Agent, User
from campaigns.calling.calling_hours import clock
from campaigns.models import CallBack


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an agreed call. `by` is empty when nobody did it: a payment, the close, an hour that went by."""

    at: datetime
    words: str
    by: str
    why: str


@dataclass(slots=True)
class AgreedCall:
    """An agreed call and everything that became of it, the oldest first."""

    due_at: datetime
    agent: str
    note: str
    state: str
    is_pending: bool
    changes: list[Change] = field(default_factory=list)


def agreed_calls_of(*, contact_id: int) -> list[AgreedCall]:
    """The agreed calls of a contact, the newest first; also those a corrected result took back."""
    events = CallBack.pgh_event_model.objects.filter(contact=contact_id)  # type: ignore[attr-defined]
    kept = list(events.select_related("pgh_context").order_by("pgh_obj_id", "pgh_id"))
    users = User.objects.in_bulk({user for user in map(_user_of, kept) if user})
    rows = CallBack.objects.filter(contact=contact_id)
    agents = Agent.objects.select_related("user").in_bulk({row.agent_id for row in (*kept, *rows)})
    found: dict[int, AgreedCall] = {}
    for row in rows:  # those agreed before changes were kept have no event that says so
        found[row.pk] = _agreed_call(row, agents)
        if not any(event.pgh_obj_id == row.pk and event.pgh_label == "insert" for event in kept):
            words = _("acordada para el %(time)s") % {"time": clock(row.due_at)}
            found[row.pk].changes.append(Change(row.created_at, words, found[row.pk].agent, ""))
    before: Any = None
    for event in kept:
        if before is None or before.pgh_obj_id != event.pgh_obj_id:
            before = None
        told = found.setdefault(event.pgh_obj_id, _agreed_call(event, agents))
        for words in _words(before, event, agents):
            why = event.why if before is None or event.why != before.why else ""
            told.changes.append(Change(event.pgh_created_at, words, str(users.get(_user_of(event)) or ""), why))
        before = event
        if event.pgh_label == "delete":
            told.state, told.is_pending = _("Retirada"), False
    return [found[key] for key in sorted(found, reverse=True)]


def _words(before: Any, event: Any, agents: dict[int, Agent]) -> Iterable[str]:
    """What changed between two events of the same call; nothing that a person would not ask for."""
    if event.pgh_label == "delete":
        yield _("retirada: se corrigió el resultado")
        return
    if before is None:
        if event.pgh_label == "insert":
            yield _("acordada para el %(time)s") % {"time": clock(event.due_at)}
        return
    if event.due_at != before.due_at:
        yield _("cambiada al %(time)s") % {"time": clock(event.due_at)}
    if event.agent_id != before.agent_id:
        yield _("pasó a %(agent)s") % {"agent": agents.get(event.agent_id) or ""}
    elif event.reach != before.reach:
        words = {"team": _("pasó al equipo"), "supervisor": _("pasó a supervisión")}
        yield words.get(event.reach, _("vuelve a su agente"))
    if event.state != before.state:
        yield {"cancelled": _("anulada"), "done": _("se llamó")}.get(event.state, _("vuelve a estar pendiente"))


def _agreed_call(row: Any, agents: dict[int, Agent]) -> AgreedCall:
    """A call-back, or the event that keeps how it was."""
    state, agent = CallBack.State(row.state), str(agents.get(row.agent_id) or "")
    return AgreedCall(row.due_at, agent, row.note, str(state.label), state == CallBack.State.PENDING)


def _user_of(event: Any) -> int | None:
    context = event.pgh_context
    return context.metadata.get("user") if context else None
