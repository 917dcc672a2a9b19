"""What GSI says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Reads, Typed, Writes
from systems.contract import CODE, MAYBE_WORDS, TEXT, one_of, record
from systems.gsi.client import Gsi

CELL = Cell(
    code="gsi",
    name="GSI",
    place=50,
    about="alerts to the operations centre, dial codes",
    client=Gsi,
    operations=(
        Writes(
            name="reiterate",
            words=_("Avisar la reiteración en GSI"),
            summary="The alert that a damage was reiterated.",
            source="101.9",
            asks={"damage": CODE, "text": MAYBE_WORDS},
            reference="GR",
            silent=True,
        ),
        Writes(
            name="derive",
            words=_("Derivar la orden en GSI"),
            summary="Hand a work order over to the operations centre.",
            source="103.7.1",
            asks={"order": CODE, "text": MAYBE_WORDS},
            reference="GD",
            silent=True,
        ),
        Reads(
            name="code",
            words=_("Código de marcación en GSI"),
            summary="What is dialled before a number.",
            source="800131313.7",
            asks={
                "origin": one_of("fixed", "mobile", "booth", name="Origin"),
                "destination": one_of("fixed", "mobile", name="Destination"),
                "reach": one_of("national", "abroad", name="Reach"),
            },
            answers=record("DialCode", code=TEXT, words=TEXT),
            refuses_unknown=True,
            by_hand=(Typed("code", _("Código")), Typed("words", _("Cómo se marca"))),
        ),
    ),
    labels={"code": _("Código"), "words": _("Cómo se marca")},
)
