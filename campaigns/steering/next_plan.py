"""The two numbers of the capacity plan as they really were, and taking them over for the months to come."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import CallingPolicy
from campaigns.steering.pace import Pace

ENOUGH_CONTACTS = 30  # that left the list after a call: with fewer a day's luck would become next month's plan
MOST_ATTEMPTS = Decimal("99.9")  # what the policy can hold


class PlanRefused(Exception):
    """The numbers cannot be taken over; the message is the sentence for whoever asked."""


@dataclass(frozen=True)
class Offer:
    """What is offered for the policy, and what stands there. `measured`: calls an hour before they are rounded."""

    measured: float
    calls_an_hour: int
    attempts: Decimal
    calls_an_hour_now: int
    attempts_now: Decimal

    @property
    def is_new(self) -> bool:
        return (self.calls_an_hour, self.attempts) != (self.calls_an_hour_now, self.attempts_now)

    @property
    def is_far(self) -> bool:
        """Whether a number differs from the one that stands by more than half of it: a slip, or another centre."""
        return (
            abs(self.calls_an_hour - self.calls_an_hour_now) * 2 > self.calls_an_hour_now
            or abs(self.attempts - self.attempts_now) * 2 > self.attempts_now
        )


def offer_of(*, pace: Pace) -> Offer:
    """What the month really took, rounded as the policy holds it. Raises PlanRefused where too little was measured.

    Calls an hour are those of a full-time agent in an hour that the lines leave, breaks and all: the plan counts in
    these.
    """
    if not pace.attempts or not pace.calls_a_planned_hour:
        raise PlanRefused(_("Todavía no hay con qué: %(why)s.") % {"why": pace.why_not_told})
    if pace.left_called < ENOUGH_CONTACTS:
        raise PlanRefused(
            _("Todavía no hay con qué: contactos llamados que salieron de la lista, %(n)d; hacen falta %(enough)d.")
            % {"n": pace.left_called, "enough": ENOUGH_CONTACTS}
        )
    measured = pace.calls_a_planned_hour
    if measured < 1:
        raise PlanRefused(
            _("Se hizo menos de una llamada por hora de calendario y agente: con eso no se puede planear un mes.")
        )
    policy = CallingPolicy.objects.in_force()
    attempts = Decimal(pace.attempts).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Offer(
        measured,
        int(Decimal(measured).quantize(Decimal(1), ROUND_HALF_UP)),
        min(MOST_ATTEMPTS, max(Decimal(1), attempts)),
        policy.calls_an_hour,
        policy.attempts_expected,
    )


def take_over(*, pace: Pace, calls_an_hour: int, attempts: Decimal, is_meant: bool) -> Offer:
    """Put the offer into the calling policy, if it still is the one that was confirmed. Raises PlanRefused.

    Numbers far from those that stand are taken only when it is said that they are meant.

    Months that were launched keep the plan of their launch; the audit keeps what stood before, and who changed it.
    """
    offer = offer_of(pace=pace)
    if (offer.calls_an_hour, offer.attempts) != (calls_an_hour, attempts):
        raise PlanRefused(_("Las cifras cambiaron mientras las miraba: vea las de ahora y confirme otra vez."))
    if not offer.is_new:
        raise PlanRefused(_("El plan ya tiene esas cifras."))
    if offer.is_far and not is_meant:
        raise PlanRefused(_("Las cifras son muy distintas de las del plan: márquelo para tomarlas."))
    with transaction.atomic():
        policy, _made = CallingPolicy.objects.select_for_update().get_or_create(pk=1)
        policy.calls_an_hour, policy.attempts_expected = offer.calls_an_hour, offer.attempts
        policy.save(update_fields=["calls_an_hour", "attempts_expected"])
    return offer
