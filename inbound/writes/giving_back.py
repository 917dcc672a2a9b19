"""What was not done counts in the day of whoever asked for it, until another person gives it back and says why.

Else she would ask, say herself or have it said that it was not done, and ask again: money might have moved each time.
What the other system itself refused, or what was never sent, was never in doubt, and does not count.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import LimitGivenBack, OutsideWrite, OutsideWriteChange
from inbound.writes.states import State, WriteRefused


def that_count(writes: QuerySet[OutsideWrite]) -> QuerySet[OutsideWrite]:
    """Those of these accountable writes that use up a limit; also one in doubt again since it was given back."""
    never_in_doubt = OutsideWriteChange.objects.filter(
        write=OuterRef("pk"), from_state__in=(State.REFUSED, State.SENDING), to_state=State.NOT_DONE
    )
    is_free = Q(given_back__at__gte=F("settled_at")) | Q(Exists(never_in_doubt))
    return writes.exclude(state=State.REFUSED).exclude(Q(state=State.NOT_DONE) & is_free)


def counts_though_not_done(write: OutsideWrite) -> bool:
    """Whether it was not done, and still uses up a limit."""
    is_settled = write.is_accountable and write.state == State.NOT_DONE
    return is_settled and that_count(OutsideWrite.objects.filter(pk=write.pk)).exists()


def given_back(write: OutsideWrite) -> LimitGivenBack | None:
    """Who gave it back, and why; None where nobody did."""
    return LimitGivenBack.objects.filter(write=write).select_related("by").first()


def why_not_given_back(*, write: OutsideWrite, by: User) -> str:
    """The sentence why this person cannot give it back now; empty when she can."""
    if not by.steers_campaigns:
        return _("Esto lo resuelve supervisión.")
    if write.owed_by_id == by.pk:
        return _("La pidió usted: la devuelve otra persona de supervisión.")
    if not write.is_accountable or write.state != State.NOT_DONE:
        return _("Solo se devuelve lo que se resolvió que no se hizo.")
    if not counts_though_not_done(write):
        return _("Ya no cuenta para el límite del día.")
    if given_back(write):
        return _("Ya se devolvió una vez, y después pareció que se hizo: no se devuelve otra vez.")
    return ""


def give_back(*, write: OutsideWrite, reason: str, by: User, now: datetime) -> LimitGivenBack:
    """It no longer counts in the day of whoever asked for it. Raises WriteRefused."""
    reason = required(reason, _("Escriba por qué se devuelve."))
    with transaction.atomic():  # of two clicks the second reads what the first wrote
        locked = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=write.pk)
        if why := why_not_given_back(write=locked, by=by):
            raise WriteRefused(why)
        return LimitGivenBack.objects.create(write=locked, at=now, by=by, reason=reason[:300])


def required(text: str, missing: str) -> str:
    """The text on one line. Raises WriteRefused with the sentence when there is none."""
    text = " ".join(text.split())
    if not text:
        raise WriteRefused(missing)
    return text
