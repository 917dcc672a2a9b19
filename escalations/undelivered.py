"""Mail to a unit that could not be delivered: nobody there knows of the card, so nobody is waited for."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from escalations.lifecycle import Verb, locked_escalation, write_down
from escalations.models import Escalation, Letter
from notices.models import Notice

AT_A_TIME = 200


def tell_of_the_undelivered(*, now: datetime) -> int:
    """Write it into the history of each card whose mail was given up; one that waits for the unit goes back to whoever
    has it, and is due when it was: nobody was at it meanwhile. Once each time. Returns how many were told.
    """
    untold = Q(undelivered_at=None) | Q(undelivered_at__lt=F("notice__parked_at"))
    open_ = Q(escalation__state__in=Escalation.UNSETTLED) | Q(escalation__merged_into__state__in=Escalation.UNSETTLED)
    parked = Letter.objects.filter(untold, open_, notice__state=Notice.State.PARKED)
    return sum(_tell(pk, now=now) for pk in parked.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])


@transaction.atomic
@translation.override(settings.LANGUAGE_CODE)
def _tell(pk: int, *, now: datetime) -> int:
    card = locked_escalation(Letter.objects.get(pk=pk).escalation.survivor.pk)
    letter = Letter.objects.select_for_update(no_key=True, of=("self",)).select_related("notice", "unit").get(pk=pk)
    notice = letter.notice
    is_told = letter.undelivered_at is not None and letter.undelivered_at >= (notice.parked_at or now)
    if is_told or notice.state != Notice.State.PARKED or card.state not in Escalation.UNSETTLED:
        return 0
    letter.undelivered_at = now
    letter.save(update_fields=["undelivered_at"])
    told = _("El correo a «%(unit)s» no se pudo entregar, y allí nadie lo sabe: %(why)s. Escriba otra vez o llame.")
    words = told % {"unit": letter.unit, "why": " ".join(notice.last_error.split())[:200] or "—"}
    before, verb = card.state, Verb.NOTE
    card.version += 1
    others = Letter.objects.filter(escalation=card).exclude(pk=pk).exclude(notice__state=Notice.State.PARKED)
    if card.state == Escalation.State.WAITING and not others.exists():  # else it waits for who did get it
        verb, card.state, card.waiting_since, card.waits_for = Verb.GO_ON, Escalation.State.TAKEN, None, ""
    card.save(update_fields=["version", "state", "waiting_since", "waits_for"])
    write_down(card, verb=verb, from_state=before, by=None, now=now, note=words)
    return 1
