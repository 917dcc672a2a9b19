"""A walk as it is read by who does not attend it."""

from __future__ import annotations

from dataclasses import replace

from agents.models import Role, User
from inbound.models import Walk
from inbound.outside.masked_words import masked, masked_answer
from inbound.walks.page import WalkPage, lay_walk
from inbound.walks.state import WalkState
from inbound.walks.trail import trail_of


def read_walk(*, here: WalkState, by: User, is_revealed: bool = False) -> WalkPage:
    """Its page; what nobody needs who only reads is masked, until she says why."""
    page = lay_walk(here=here, by=None)
    if is_masked(here.walk, by=by) and not is_revealed:
        page.masked, page.may_reveal = True, by.role == Role.AUDITOR
        page.known = [replace(one, told=masked(one.told), trouble=masked_answer("", one.trouble)) for one in page.known]
        page.trail = trail_of(here, masked=True)
    return page


def is_masked(walk: Walk, *, by: User) -> bool:
    """Whether this person reads it masked: not who attends it, nor who has to call the customer."""
    return by.reads_masked and not walk.is_answered_by(by)
