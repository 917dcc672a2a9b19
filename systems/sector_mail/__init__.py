"""The mail of the sectors. No program asks it: what goes there are notices, by mail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell

CELL = Cell(code="sector_mail", name=_("Correo de los sectores"), place=150)
