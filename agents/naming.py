"""Names in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

NAMED = 3  # of many


def first_of(named: Iterable[object]) -> str:
    """The first of them, and how many more there are."""
    names = [str(one) for one in named]
    words = ", ".join(names[:NAMED])
    if len(names) > NAMED:
        return _("%(names)s y %(more)d más") % {"names": words, "more": len(names) - NAMED}
    return words
