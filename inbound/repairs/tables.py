"""The table of the limits of repairs."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_tables2 import A, Column

from inbound.models import WatchedRepair
from inbound.repairs.lists import State, customer_of, found_words
from screens.tables import ListTable, Moment, RowLink

LOOKS = {State.WATCHED: "info", State.KEPT: "ok", State.LATE: "bad", State.NOT_SEEN: "warn", State.UNLIMITED: "calm"}
NOWRAP = {"td": {"class": "nowrap"}}


def _page_of(record: WatchedRepair) -> str:
    """The card of who was let down; else the call that registered the damage."""
    if record.card_id:
        return reverse("escalations:escalation", args=[record.card_id])
    return reverse("inbound:walk", args=[record.write.walk.key])


class RepairTable(ListTable):
    """Damages that calls registered, with until when they were to be repaired."""

    title = gettext_lazy("Plazos de los daños")
    damage = RowLink(accessor="write__reference", verbose_name=gettext_lazy("Daño"), linkify=_page_of)
    line = Column(accessor=A("write__walk__line__number"), verbose_name=gettext_lazy("Línea"), orderable=False)
    customer = Column(accessor="pk", verbose_name=gettext_lazy("Cliente"), orderable=False)
    contract = Column(
        accessor=A("write__walk__contract"), verbose_name=gettext_lazy("Contrato"), orderable=False, attrs=NOWRAP
    )
    segment = Column(verbose_name=gettext_lazy("Segmento"))
    component = Column(verbose_name=gettext_lazy("Componente"))
    registered = Moment(accessor="write__settled_at", verbose_name=gettext_lazy("Registrado"))
    due_at = Moment(verbose_name=gettext_lazy("Vence"))
    state = Column(verbose_name=gettext_lazy("Estado"), orderable=False, attrs=NOWRAP)
    found = Column(verbose_name=gettext_lazy("En Smartflex"), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ninguno en estos días.")

    def render_customer(self, record: WatchedRepair) -> str:
        return customer_of(record)

    def render_state(self, record: WatchedRepair) -> SafeString:
        look = {"kind": LOOKS[State(record.state)], "word": record.get_state_display()}
        return SafeString(render_to_string("components/badge.html", look))

    def render_found(self, record: WatchedRepair) -> str:
        return found_words(record)
