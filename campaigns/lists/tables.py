"""The tables of the campaign's lists: contacts, services, calls."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy
from django_tables2 import A, Column

from campaigns.lists.columns import WHOLE, ListColumn, StateColumn
from screens.tables import Figure, ListTable, Moment, Money, RowLink


def contact_address(record: Any) -> str | None:
    """The contact's own page; of a service or a call that of its contact."""
    try:
        return reverse("campaigns:contact", args=[getattr(record, "contact_id", record.pk)])
    except NoReverseMatch:
        return None


class ContactTable(ListTable):
    """Contacts of a campaign; telephones and cards are not needed here and not shown."""

    title = gettext_lazy("Contactos")
    name = RowLink(verbose_name=gettext_lazy("Cliente"), order_by="name_key", linkify=contact_address)
    contract = Column(verbose_name=gettext_lazy("Contrato"))
    call_list = ListColumn(orderable=False)
    zone = Column(verbose_name=gettext_lazy("Zona"), orderable=False)
    owner = Column(accessor=A("entry__owner"), verbose_name=gettext_lazy("Agente"), orderable=False, attrs=WHOLE)
    state = StateColumn(accessor=A("entry__get_state_display"), orderable=False)
    last = Column(accessor=A("entry__last_disposition"), verbose_name=gettext_lazy("Último resultado"), orderable=False)
    attempts = Figure(accessor=A("entry__attempts"), verbose_name=gettext_lazy("Intentos"))
    due_on = Moment(verbose_name=gettext_lazy("Vence"))
    amount_due = Money(verbose_name=gettext_lazy("Monto"))

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún contacto cumple estos filtros.")


class ServiceTable(ListTable):
    """Services of a campaign, each with what came in for it."""

    title = gettext_lazy("Servicios")
    name = RowLink(
        accessor=A("contact__name"), order_by="contact__name_key",
        verbose_name=gettext_lazy("Cliente"), linkify=contact_address,
    )  # fmt: skip
    contract = Column(accessor=A("contact__contract"), verbose_name=gettext_lazy("Contrato"), orderable=False)
    service = Column(accessor=A("get_service_display"), verbose_name=gettext_lazy("Servicio"), orderable=False)
    number = Column(accessor=A("service_number"), verbose_name=gettext_lazy("Servicio n.º"), orderable=False)
    zone = Column(accessor=A("contact__zone"), verbose_name=gettext_lazy("Zona"), orderable=False)
    owner = Column(
        accessor=A("contact__entry__owner"), verbose_name=gettext_lazy("Agente"), orderable=False, attrs=WHOLE
    )
    contacted = Moment(accessor=A("contact__entry__contacted_at"), verbose_name=gettext_lazy("Contactado"))
    first_paid_on = Moment(accessor=A("payment__first_paid_on"), verbose_name=gettext_lazy("Primer pago"))
    paid_on = Moment(accessor=A("payment__paid_on"), verbose_name=gettext_lazy("Pagado"))
    received = Money(accessor=A("payment__amount"), verbose_name=gettext_lazy("Entró"))
    amount_due = Money(verbose_name=gettext_lazy("Debe"))

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún servicio cumple estos filtros.")


class CallTable(ListTable):
    """Calls of a campaign that have their result."""

    title = gettext_lazy("Llamadas")
    dialled_at = Moment(verbose_name=gettext_lazy("Cuándo"))
    name = RowLink(
        accessor=A("contact__name"), order_by="contact__name_key",
        verbose_name=gettext_lazy("Cliente"), linkify=contact_address,
    )  # fmt: skip
    contract = Column(accessor=A("contact__contract"), verbose_name=gettext_lazy("Contrato"), orderable=False)
    zone = Column(accessor=A("contact__zone"), verbose_name=gettext_lazy("Zona"), orderable=False)
    agent = Column(verbose_name=gettext_lazy("Agente"), orderable=False, attrs=WHOLE)
    disposition = Column(verbose_name=gettext_lazy("Resultado"), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ninguna llamada cumple estos filtros.")
