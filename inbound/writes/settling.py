"""How a doubt about money or a SIM ended, as a person found it in the other system. That is asked first: what was not
done may be asked for again, and would be done twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import OutsideWrite
from inbound.writes.asking import Said, ask, silent_until, what_it_said
from inbound.writes.giving_back import required
from inbound.writes.references import check_is_its_own, hold_reference, reference_given
from inbound.writes.states import State, Verb, WriteRefused, check_can, take_step
from inbound.writes.told import note_answer

DONE, NOT_DONE = "done", "not_done"
_VERBS = {DONE: Verb.FIND_DONE, NOT_DONE: Verb.FIND_NOT_DONE}


def settle(*, write: OutsideWrite, outcome: str, reference: str, reason: str, by: User, now: datetime) -> Said:
    """A supervisor has looked in the other system: an uncertain write was `done`, with its reference, or `not_done`.
    Never whoever asked for it, in whatever role she is now. `reason`: how she saw it.

    Returns what the system said when it was asked. Said.DONE: that stands, with the reference it gave, whatever was
    found; of anything else her word stands, with what it said before it. While it is silent nobody's word that it was
    not done does, for an hour, nor where it last said that it was: it would be asked for again, and done twice.
    Call it outside of any transaction. Raises WriteRefused; nothing has changed then.
    """
    if outcome not in _VERBS:
        raise WriteRefused(_("Elija si se hizo o no."))
    reason = required(reason, _("Escriba cómo lo verificó."))
    verb, there = _VERBS[outcome], OutsideWrite.objects.get(pk=write.pk)
    check_can(verb, write=there, by=by)
    said = ask(write=there, now=now)
    if said == Said.DONE:
        return said
    if said == Said.NOTHING:  # a person may have been faster, and what it said before it fell silent counts
        there.refresh_from_db()
        check_can(verb, write=there, by=by)
    is_silent = said == Said.NOTHING and there.said != Said.DONE_UNNAMED
    if is_silent and outcome == NOT_DONE and (until := silent_until(there, now=now)):
        words = _(
            "No cambió nada: %(system)s no responde si se hizo, y se le vuelve a preguntar cada pocos minutos. Si a "
            "las %(hour)s sigue sin responder, vale lo que usted encuentre."
        )
        hour = date_format(timezone.localtime(until), "H:i")
        raise WriteRefused(words % {"system": write.get_system_display(), "hour": hour})
    named: dict[str, Any] = {"reference": reference_given(reference), "last_error": ""} if outcome == DONE else {}
    with transaction.atomic():
        if named:
            hold_reference(write, named["reference"])
            check_is_its_own(write, named["reference"])
        last = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=write.pk).said
        is_asked = said != Said.NOT_ASKED
        if outcome == NOT_DONE and is_asked and Said.DONE_UNNAMED in (said, last):  # to whomever it said so
            words = _(
                "No cambió nada: %(system)s respondió que sí se hizo, sin dar una referencia propia. Búsquela allí."
            )
            raise WriteRefused(words % {"system": write.get_system_display()})
        if outcome == NOT_DONE and last == Said.DONE_UNNAMED and _found_not_done_before(write, by):
            words = _(
                "No cambió nada: usted ya resolvió que no se hizo, y %(system)s respondió después que sí. Ahora no se "
                "le puede preguntar: que lo verifique otra persona de supervisión."
            )
            raise WriteRefused(words % {"system": write.get_system_display()})
        note_answer(there, words=what_it_said(said, write=there), now=now)
        take_step(verb, write=write, by=by, now=now, note=reason, **named)
    return said


def _found_not_done_before(write: OutsideWrite, by: User) -> bool:
    """Whether she settled it so already: of whoever is contradicted once another one looks."""
    return write.changes.filter(from_state=State.UNCERTAIN, to_state=State.NOT_DONE, by=by).exists()
