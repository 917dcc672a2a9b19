"""Every page there is, looked at with axe-core: whatever is in the table of addresses is looked at here as well."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.browser.looking import assert_accessible
from tests.callcenter.test_every_address import ADDRESSES, ANYBODY, Address
from tests.callcenter.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SHOWN = [address for address in ADDRESSES if address.sends is None or address.form]
PAGES = [address for address in SHOWN if "nobody" not in address.opens_to]
WHO = {"escalations:board": "elena"}  # an agent is sent on to the list
LEADS_ON = (  # as the world stands
    *("home", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes"),
    *("campaigns:proposal", "campaigns:correct_result", "escalations:escalations_several"),
)
IS_NOT_THERE = (
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes", "campaigns:list_export_file"),
)
# pieces of pages, files, answers for machines
IS_NO_PAGE = (
    *("campaigns:report_progress", "campaigns:payment_age", "campaigns:campaign_figures"),
    *("campaigns:list_export_progress", "campaigns:assignment_progress", "screens:fragment"),
    *("escalations:board_counts", "escalations:board_column", "escalations:board_card", "escalations:changes"),
    *(
        "own_day",
        "escalations:calls",
        "inbound:walk_left_behind",
        "inbound:card_trail",
        "inbound:card_lane",
    ),
    *(
        "inbound:ringing",
        "inbound:ringing_caller",
        "inbound:ringing_transfer",
        "control_room:now",
        "control_room:campaigns",
    ),
)
# without a call, a desk or a card is not to ask again how far it is
STOPS_ASKING = {"campaigns:desk_call_phase": 286, "campaigns:desk_when_free": 286, "escalations:call_phase": 286}
OTHERS = {**dict.fromkeys(LEADS_ON, 302), **dict.fromkeys(IS_NOT_THERE, 404), **dict.fromkeys(IS_NO_PAGE, 200)}
OTHERS |= {**STOPS_ASKING, "campaigns:desk_pause_stands": 204}  # the desk shows no pause, and there is none
OTHERS |= {"api:openapi-json": 200, "api:openapi-view": 0}  # a page that a library draws, in its own way
OTHERS["telephony:seat_stands"] = 204  # no switchboard is in use

LOOKED_AT = [address for address in PAGES if address.name not in OTHERS]


def visitor_of(address: Address) -> str:
    return WHO.get(address.name) or next((name for name in ANYBODY if name in address.opens_to), "ines")


def path_of(address: Address, world: World) -> str:
    return reverse(address.name, kwargs=address.of(world) if address.of else {})


@pytest.mark.parametrize("visitor", sorted({visitor_of(address) for address in LOOKED_AT}))
def test_the_pages_are_accessible_and_fit(
    visitor: str, open_as: Any, live_server: Any, world: World, subtests: pytest.Subtests
) -> None:
    world.furnish()
    page = open_as(world.user(visitor))
    for address in LOOKED_AT:
        if visitor_of(address) == visitor:
            with subtests.test(address.name):
                path = path_of(address, world)
                answer = page.goto(live_server.url + path)
                assert (answer.status, page.url) == (200, live_server.url + path)
                assert_accessible(page, address.name.replace(":", "-"))


def test_what_is_not_looked_at_is_no_page_of_its_own(world: World) -> None:
    """Whoever makes one of these a page takes it out of the list, and it is looked at."""
    world.furnish()
    found = {}
    for address in PAGES:
        if address.name in OTHERS:
            client = Client()
            client.force_login(world.user(visitor_of(address)))
            answer = client.get(path_of(address, world))
            is_page = not getattr(answer, "streaming", False) and b"<html" in answer.content
            found[address.name] = 0 if is_page and answer.status_code == 200 else answer.status_code
    assert found == OTHERS
