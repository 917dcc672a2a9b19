"""Filters of the board and the list that somebody keeps under a name of her own."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agents.models import User
from escalations.filters import Filters
from escalations.models import SavedFilter

MOST = 12  # of one person: more chips are no choice any more
KEPT = ("mine", "kind", "line", "zone", "due")


class NotSaved(ValueError):
    """The message is the sentence people read."""


def saved_of(user: User) -> list[SavedFilter]:
    """Hers, by name."""
    return list(SavedFilter.objects.visible_to(user).order_by("name"))


def filters_in(saved: SavedFilter) -> Filters:
    """What it asks for."""
    return Filters(**{name: getattr(saved, name) for name in KEPT})


def save_filter(*, user: User, name: str, asked: Filters) -> SavedFilter:
    """Keep filters under a name of their own. Raises NotSaved."""
    name = " ".join(name.split())[:40]
    if not name:
        raise NotSaved(_("Escriba un nombre para el filtro."))
    kept = {part: getattr(asked, part) for part in KEPT}
    if not any(kept.values()):
        raise NotSaved(_("No hay ningún filtro puesto: no hay qué guardar."))
    if SavedFilter.objects.visible_to(user).count() >= MOST:
        raise NotSaved(_("Ya tiene %(n)d filtros guardados: borre uno antes.") % {"n": MOST})
    saved, is_new = SavedFilter.objects.get_or_create(user=user, name=name, defaults=kept)
    if not is_new:
        raise NotSaved(_("Ya tiene un filtro «%(name)s»: bórrelo antes, o elija otro nombre.") % {"name": name})
    return saved
