"""What PAC says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Reads, Typed
from systems.contract import CODE, MONEY, TEXT, many, record
from systems.pac.client import Pac
from systems.words import YES_OR_NO

CERTIFICATE = record("Certificate", number=TEXT, amount=MONEY, paid=MONEY, pending=MONEY)

CELL = Cell(
    code="pac",
    name="PAC",
    place=60,
    about="share certificates",
    client=Pac,
    operations=(
        Reads(
            name="certificates",
            words=_("Certificados de Aportación"),
            summary="Share certificates of a contract.",
            source="102.5",
            asks={"contract": CODE},
            answers=record("Certificates", certificates=many(CERTIFICATE)),
            by_hand=(
                Typed("certificates.0.number", _("Número del certificado")),
                Typed("certificates.0.amount", _("Importe (Bs)"), "amount"),
                Typed("certificates.0.paid", _("Pagado (Bs)"), "amount"),
                Typed("certificates.none", _("¿No figura ninguno?"), choices=(("none", _("No figura ninguno")),)),
                Typed("pending", _("Saldo de todos (Bs)"), "amount"),
                Typed("all_paid", _("¿Están todos pagados?"), choices=YES_OR_NO),
            ),
        ),
    ),
    labels={
        "certificates": _("Certificados"),
        "paid": _("Pagado"),
        "pending": _("Saldo"),
        "all_paid": _("¿Todos pagados?"),
    },
)
