"""Words for what several systems answer. A field only one system has is named in its own cell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Choices, Words

YES_OR_NO: Choices = (("true", _("Sí")), ("false", _("No")))
SERVICES: Choices = (
    ("FIXED", _("Telefonía fija")), ("INTERNET", _("Internet")), ("TV", _("Televisión")), ("FIJACOM", "Fijacom"),
    ("MIO", "MIO"), ("PUBLIC", _("Telefonía pública")),
)  # fmt: skip
LABELS: dict[str, Words] = {
    "name": _("Nombre"), "number": _("Número"), "plan": _("Plan"), "state": _("Estado"), "kind": _("Tipo"),
    "holder": _("Titular"), "identity_card": _("Carnet"), "contract": _("Contrato"), "amount": _("Importe"),
    "amounts": _("Montos del plan"), "balance": _("Saldo"), "address": _("Dirección"),
    "customers": _("Clientes"), "entries": _("Registros"),
}  # fmt: skip
