"""A card as the board draws it: four lines.

By hand: two hundred times a template took longer than all the queries of the page. Every value is escaped.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from escalations.board import COLUMN_OF
from escalations.models import Escalation
from escalations.on_time import is_late, time_badge, wants_a_look
from screens.templatetags.screens import masked_name, masked_text, moment

# Where there is little room the name is cut, never the contract.
CUSTOMER = (
    '<span class="who"><span class="clip" title="{name}">{name}</span>'
    ' <span class="contract">· {contract}</span></span>'
)
CARD = (
    '<article id="card-{pk}" class="card{late}" draggable="{draggable}" data-card="{pk}" data-version="{version}"'
    ' data-column="{column}" data-late="{is_late}" data-due="{due}">'
    '<p class="card-kind"><a class="card-link" draggable="false" href="{href}">{kind}</a></p>'
    '<p class="card-customer">{customer} <span class="until">{until}</span></p>'
    '<p class="card-promise" title="{promise}">{promise}</p>'
    '<p class="card-owner"><span class="clip soft" title="{holder}">{holder}</span> {badge}</p></article>'
)


def draw_card(card: Escalation, *, address: str, works: bool, now: datetime) -> SafeString:
    """One card. `address` is the board's, below which each card has its own; `works`: whether it may be moved."""
    late = is_late(card, now=now)
    return format_html(
        CARD,
        pk=card.pk,
        late=" late" if late else "",
        draggable="true" if works else "false",
        version=card.version,
        column=COLUMN_OF[card.state],
        is_late=int(late),
        due=int(card.due_at.timestamp()),
        href=f"{address}{card.pk}/",
        kind=card.kind.label,
        badge=time_badge(card, now=now) if wants_a_look(card, now=now) else "",
        customer=_customer(card),
        promise=masked_text(card.promised),
        until=_("hasta %(when)s") % {"when": moment(card.due_at)},
        holder=_holder(card),
    )


def _customer(card: Escalation) -> SafeString:
    name = masked_name(card.customer_name)
    if name and card.contract:
        return format_html(CUSTOMER, name=name, contract=card.contract)
    return format_html('<span class="clip">{}</span>', name or card.contract)


def _holder(card: Escalation) -> str:
    """Who has it, and what for."""
    if card.owner is None:
        return _("Nadie la tomó")
    more = {
        Escalation.State.WAITING: _("espera a %(unit)s") % {"unit": card.waits_for},
        Escalation.State.RESOLVED: _("resuelta"),
        Escalation.State.REJECTED: _("no corresponde"),
    }.get(Escalation.State(card.state))
    name = card.owner.get_short_name()  # the unit that is waited for must be read beside it
    return f"{name} · {more}" if more else name
