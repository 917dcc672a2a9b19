"""Names in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

NAMED = 3  # of many


def first_of(named: Iterable[object], *, most: int = NAMED) -> str:
    """The first of them, and how many more there are."""
    names = [str(one) for one in named]
    words = ", ".join(names[:most])
    if len(names) > most:
        return _("%(names)s y %(more)d más") % {"names": words, "more": len(names) - most}
    return words
