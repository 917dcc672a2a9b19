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
LOOKS = (("desk", "light"), ("tablet", "dark"))
SHOWN = [address for address in ADDRESSES if address.sends is None or address.form]
PAGES = [address for address in SHOWN if "nobody" not in address.opens_to]


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_the_page_is_accessible_and_fits(address: Address, open_as: Any, live_server: Any, world: World) -> None:
    world.furnish()
    visitor = next((name for name in ANYBODY if name in address.opens_to), "ines")
    path = reverse(address.name, kwargs=address.of(world) if address.of else {})
    client = Client()
    client.force_login(world.user(visitor))
    answer = client.get(path)
    if getattr(answer, "streaming", False) or b"<html" not in answer.content:
        return  # a redirect, a download or a fragment: looked at where it lands
    page = open_as(world.user(visitor))
    page.goto(live_server.url + path)
    assert_accessible(page, address.name.replace(":", "-"), looks=LOOKS)
