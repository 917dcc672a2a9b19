"""Whether calling first when customers answer reaches more of them: the half that followed it against the other."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.figures.hold_out import Effect, Group, effect
from campaigns.models import Campaign, PatternRefresh


@dataclass(frozen=True)
class Halves:
    """Contacts handled and contacted of each half; the difference in points, None while one of them has nobody."""

    handled: int
    contacted: int
    handled_other: int
    contacted_other: int
    effect: Effect | None


def read_halves(*, campaign: Campaign) -> Halves | None:
    """None where the order does not follow when customers answer, or nothing was counted yet."""
    refresh = PatternRefresh.objects.filter(campaign=campaign).first()
    if not campaign.follows_answers or refresh is None:
        return None
    handled, contacted = refresh.halves.get("following", (0, 0))
    handled_other, contacted_other = refresh.halves.get("other", (0, 0))
    found = effect(called=_group(handled, contacted), held_out=_group(handled_other, contacted_other))
    return Halves(handled, contacted, handled_other, contacted_other, found)


def _group(handled: int, contacted: int) -> Group:
    """Each contact by itself: what is compared is whether she was reached."""
    return Group(handled, handled, contacted, handled, contacted, contacted)
