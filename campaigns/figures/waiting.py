"""What of a campaign waits for somebody: the counts at the foot of its page, each with the list it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import CallBack, Campaign, ListEntry, RejectedRow, Report, ReportKind
from campaigns.month.periods import write_period
from campaigns.promises_and_callbacks.promise_outcomes import why_promises_move


@dataclass(frozen=True)
class Waiting:
    """A list worth opening."""

    words: str
    count: int
    href: str
    is_urgent: bool = False
    why: str = ""  # as of when it is counted, and what moves it


def what_waits(*, campaign: Campaign, by_state: dict[str, int], now: datetime) -> list[Waiting]:
    """The lists of a campaign with how many stand in them; those of states as they were counted last (`by_state`)."""
    contacts = reverse("campaigns:contact_list", args=[write_period(campaign.period)])
    states = ListEntry.State
    to_call = _("Quedaron por llamar") if campaign.state == Campaign.State.CLOSED else _("Por llamar")
    found = [
        Waiting(to_call, by_state.get(states.OPEN, 0), f"{contacts}?state=open"),
        Waiting(_("Sin asignar"), by_state.get("unassigned", 0), f"{contacts}?state=unassigned", is_urgent=True),
        Waiting(_("No llamables"), by_state.get(states.NOT_CALLABLE, 0), f"{contacts}?state=not_callable"),
        Waiting(_("Sin más intentos"), by_state.get(states.EXHAUSTED, 0), f"{contacts}?state=exhausted"),
        Waiting(_("Terminados"), by_state.get(states.DONE, 0), f"{contacts}?state=done"),
        Waiting(_("Salieron por pago"), by_state.get(states.PAID, 0), f"{contacts}?state=paid"),
        Waiting(_("Grupo de control"), by_state.get(states.HELD_OUT, 0), f"{contacts}?state=held_out"),
    ]
    if gone := by_state.get(states.GONE, 0):  # of a corrected report: a month mostly has none
        found.append(Waiting(_("Ya no están en el reporte"), gone, f"{contacts}?state=gone"))
    taken = Report.objects.filter(period=campaign.period, kind=ReportKind.CCVP, state=Report.State.PUBLISHED)
    report = taken.values_list("pk", flat=True).first()
    overdue = CallBack.objects.filter(campaign=campaign, state=CallBack.State.PENDING, due_at__lte=now).count()
    promises = f"{reverse('campaigns:promise_list')}?show=broken&month={write_period(campaign.period)}"
    broken, why = by_state.get("broken_promises", 0), why_promises_move(campaign=campaign)
    found.append(Waiting(_("Promesas incumplidas"), broken, promises, is_urgent=True, why=why))
    agenda = f"{reverse('campaigns:agenda')}?overdue=1&month={write_period(campaign.period)}"
    found.append(Waiting(_("Agenda vencida"), overdue, agenda, is_urgent=True))
    if report is not None:
        waiting = RejectedRow.objects.filter(report=report, state=RejectedRow.State.WAITING).count()
        rows = reverse("campaigns:rejected_rows", args=[report])
        found.append(Waiting(_("Filas rechazadas"), waiting, rows, is_urgent=True))
    return found
