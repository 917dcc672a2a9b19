"""Which promises the page shows, for page and export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.models import Campaign, PaymentPromise
from campaigns.promises_and_callbacks.promise_outcomes import FATES, with_outcome

SHOWN: dict[str, str | Promise] = {
    "broken": gettext_lazy("Incumplidos"),
    "due_today": gettext_lazy("Para hoy"),
    "open": gettext_lazy("Vigentes"),
    "kept": gettext_lazy("Cumplidos"),
    "later": gettext_lazy("Pagaron después"),
    "void": gettext_lazy("Sin efecto"),
}


@dataclass(frozen=True)
class Asked:
    """What a person asked the page for."""

    show: str = "broken"
    campaign: Campaign | None = None
    agent: int | None = None
    search: str = ""

    @property
    def words(self) -> str:
        """For the book of exports: which list, without personal data."""
        agent = _("agente n.º %(number)d") % {"number": self.agent} if self.agent else ""
        parts = [SHOWN.get(self.show, ""), self.campaign or "", agent, _("con búsqueda") if self.search else ""]
        return ", ".join(str(part) for part in parts if part)


def find_promises(*, asked: Asked, user: User) -> QuerySet[PaymentPromise]:
    """Promises in force that were asked for, whatever became of them, as far as `user` may see them."""
    found: QuerySet[PaymentPromise] = PaymentPromise.objects.visible_to(user).in_force()
    if asked.campaign:
        found = found.filter(campaign=asked.campaign)
    if asked.agent:
        found = found.filter(agent=asked.agent)
    if asked.search:
        found = found.filter(contact__contract=asked.search)
    return found


def of_fate(promises: QuerySet[PaymentPromise], *, show: str, now: datetime) -> QuerySet[Any]:
    """Those of one tab, each with its outcome."""
    found = with_outcome(promises).select_related("contact", "agent__user")
    if show == "due_today":
        return found.filter(promised_on=timezone.localtime(now).date())
    return found.filter(FATES[show])
