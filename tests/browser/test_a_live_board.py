"""Two supervisors side by side: a move of one is seen by the other, by the stream and, without it, by asking."""

from __future__ import annotations

import signal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations import working
from escalations.raising import raise_escalation
from tests.callcenter.boards import Live, serving
from tests.escalations.conftest import make_card, morning

__all__ = ["make_card", "morning"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live(live_server, settings):
    """The stream beside the pages, as `manage.py run` puts it: the same host on another port."""
    with serving(web_port=live_server.thread.port) as running:
        settings.LIVE_PORT = running.port
        yield running


def test_a_move_is_seen_on_the_other_board_at_once_and_within_seconds_when_the_stream_is_gone(
    live: Live, live_server, open_as, elena, rosa
):
    card = raise_escalation(
        key="walk:1:1", kind="billing_claim", line="102", reason="x", details={}, by=elena, now=timezone.now()
    )
    page = open_as(elena)
    page.goto(f"{live_server.url}/escalations/?whose=all")
    expect(page.locator("#live")).to_have_text("En vivo")
    expect(page.locator("[data-column=new] [data-card]")).to_have_count(1)
    taken = page.locator(f"[data-column=taken] #card-{card.pk}")
    working.take(escalation_id=card.pk, by=rosa, now=timezone.now())
    expect(taken).to_contain_text("Rosa")
    expect(page.locator("#live")).to_have_text("En vivo")

    live.process.send_signal(signal.SIGTERM)
    expect(page.locator("#live")).to_have_text("Se actualiza cada 3 s")
    working.give_back(escalation_id=card.pk, by=rosa, now=timezone.now(), reason="x")
    expect(page.locator(f"[data-column=new] #card-{card.pk}")).to_be_visible()


def test_a_move_is_seen_before_the_card_is_fetched(live: Live, live_server, open_as, elena, make_card):
    """A hundred boards that ask at once are answered one after the other: none waits for that to see the move."""
    card = make_card()
    page = open_as(elena)
    page.route("**/card/**", lambda route: route.abort())
    page.goto(f"{live_server.url}/escalations/?whose=all")
    expect(page.locator("#live")).to_have_text("En vivo")
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    taken = page.locator(f"[data-column=taken] #card-{card.pk}")
    expect(taken).to_contain_text("Nadie la tomó")
    page.unroute("**/card/**")
    working.note(escalation_id=card.pk, text="Llamó otra vez", by=elena, now=timezone.now())
    expect(taken).to_contain_text("Elena")
    page.route("**/card/**", lambda route: route.abort())
    working.resolve(escalation_id=card.pk, outcome="Se corrigió", by=elena, now=timezone.now())
    expect(page.locator(f"[data-column=to_inform] #card-{card.pk}")).to_be_visible()
    told = timezone.now()
    working.inform(escalation_id=card.pk, how="telephone", told_at=told, by=elena, now=told)
    expect(page.locator(f"#card-{card.pk}")).to_have_count(0)


def test_the_page_of_a_card_says_that_somebody_else_changed_it(live: Live, live_server, open_as, ana, elena, rosa):
    card = raise_escalation(
        key="walk:1:1", kind="billing_claim", line="102", reason="x", details={}, by=ana.user, now=timezone.now()
    )
    pages = {who: open_as(who) for who in (elena, ana)}
    for who, told in ((elena, "En vivo"), (ana, "Se actualiza cada 3 s")):  # no agent hears the stream
        pages[who].goto(f"{live_server.url}/escalations/{card.pk}/")
        expect(pages[who].locator("#live")).to_have_text(told)
        expect(pages[who].locator("[data-stale]")).to_be_hidden()
    page = pages[elena]
    top = page.locator("#card").bounding_box()["y"]
    page.evaluate("document.getElementById('live').replaceChildren()")
    assert page.locator("#card").bounding_box()["y"] == top, "its place is kept until it is known how fresh the card is"
    page.keyboard.press("n")
    page.get_by_role("textbox", name="Nota").fill("Llamó otra vez")
    working.take(escalation_id=card.pk, by=rosa, now=timezone.now())
    for each in pages.values():
        expect(each.locator("[data-stale]")).to_be_visible()
    expect(page.get_by_role("textbox", name="Nota")).to_have_value("Llamó otra vez")
    assert page.evaluate("document.activeElement.name") == "text"
    page.get_by_role("link", name="Ver cómo está ahora").click()
    expect(page.locator("#card .badge.info").first).to_have_text("Tomada")
    expect(page.locator("[data-stale]")).to_be_hidden()

    expect(page.get_by_role("textbox", name="Nota")).to_have_value("Llamó otra vez")  # nothing typed is lost
    page.get_by_role("textbox", name="Nota").fill("Mía")
    page.locator("details[open]").get_by_role("button", name="Anotar").click()
    expect(page.locator("#card [role=status].ok")).to_have_text("Nota guardada.")
    expect(page.locator("[data-stale]")).to_be_hidden()
