"""Two supervisors at the board: by keyboard, by mouse, in the dialog, and both wanting the same card."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from escalations import working
from escalations.mentioning import count_unread
from escalations.models import Change, Escalation, Unit, UnitAddress
from escalations.raising import correct_raised
from tests.browser.looking import assert_accessible, picture, settle
from tests.escalations.conftest import make_card

__all__ = ["make_card"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def morning():
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def board(open_as, live_server):
    """`board(elena)`: her browser, at the board, its keys at work."""

    def open_board(person, query: str = "") -> Page:
        page = open_as(person)
        page.goto(f"{live_server.url}/escalations/{query}")
        assert page.evaluate("window.board !== undefined"), "its keys are there as soon as the page is"
        return page

    return open_board


def column(page: Page, code: str):
    return page.locator(f".column[data-column={code}]")


def card_of(page: Page, card: Escalation):
    return page.locator(f"#card-{card.pk}")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('[data-card]')?.dataset.card ?? ''")


def toast(page: Page):
    return page.locator("#toasts .toast")


def state_of(card: Escalation) -> str:
    card.refresh_from_db()
    return card.state


def test_a_card_from_new_to_told_by_keyboard_alone(board, make_card, elena):
    first, second = make_card(due_at=timezone.now() + timedelta(hours=1)), make_card(contract="2002")
    page = board(elena)
    page.keyboard.press("ArrowDown")
    assert focused(page) == str(first.pk)
    page.keyboard.press("ArrowDown")
    assert focused(page) == str(second.pk)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("m")
    expect(page.locator("#board-said")).to_contain_text("Elija la columna")
    page.keyboard.press("ArrowRight")
    expect(column(page, "taken").locator("[data-card]")).to_have_count(1)
    expect(page.locator("#board-said")).to_contain_text("ahora en «Tomadas»")
    assert focused(page) == str(first.pk), "the focus stays with the card"
    expect(column(page, "new").locator("[data-count]")).to_have_text("1")
    expect(column(page, "taken").locator("[data-count]")).to_have_text("1")
    page.keyboard.press("w")
    dialog = page.locator("#card-dialog")
    expect(dialog).to_be_visible()
    expect(page.get_by_label("A quién se espera")).to_be_focused()
    page.keyboard.type("Facturación")
    page.keyboard.press("Enter")
    expect(dialog.locator("[role=status]").first).to_contain_text("Espera a la unidad")
    expect(column(page, "waiting").locator("[data-card]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card_of(page, first).locator(".card-link")).to_be_focused()  # once the dialog has told that it is closed
    page.keyboard.press("r")
    expect(page.get_by_label("Qué se resolvió")).to_be_focused()
    page.keyboard.type("Se corrige la factura")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(column(page, "to_inform").locator("[data-card]")).to_have_count(1)
    expect(dialog.locator("[role=status]").first).to_have_text("Quedó resuelta.")  # the board may have asked before it
    settle(page)
    page.keyboard.press("i")
    page.get_by_label("por teléfono").check()
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Informar al cliente", exact=True).press("Enter")
    expect(dialog).to_contain_text("quedó cerrada")
    expect(column(page, "to_inform").locator("[data-card]")).to_have_count(0)
    assert state_of(first) == "informed"
    verbs = list(Change.objects.filter(escalation=first).order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb != "warn"] == ["raise", "take", "wait", "resolve", "inform"]


def test_a_move_that_cannot_be_made_says_why_and_one_that_can_is_undone_by_moving_back(board, make_card, elena):
    card = make_card()
    page = board(elena)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("w")
    expect(toast(page)).to_contain_text("Todavía no la tomó nadie")
    expect(page.locator("#card-dialog")).to_be_hidden()
    page.keyboard.press("t")
    expect(column(page, "taken").locator("[data-card]")).to_have_count(1)
    page.keyboard.press("m")
    page.keyboard.press("ArrowLeft")
    expect(column(page, "new").locator("[data-card]")).to_have_count(1)
    assert state_of(card) == "new"
    page.keyboard.press("m")
    page.keyboard.press("Escape")
    expect(page.locator("#board-said")).to_contain_text("se queda")


def test_a_move_is_undone_by_its_key_while_it_is_offered(board, make_card, elena):
    card = make_card()
    page = board(elena)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("t")
    offered = toast(page).get_by_role("button", name="Deshacer")
    expect(offered).to_be_visible()
    expect(column(page, "taken").locator("[data-card]")).to_have_count(1)
    page.keyboard.press("z")
    expect(column(page, "new").locator("[data-card]")).to_have_count(1)
    assert state_of(card) == "new"
    assert focused(page) == str(card.pk)
    page.keyboard.press("Enter")
    dialog = page.locator("#card-dialog")
    dialog.get_by_role("button", name="Tomar").click()
    expect(dialog.get_by_text("La tomó usted.")).to_be_visible()
    dialog.get_by_role("button", name="Deshacer").click()
    expect(dialog.get_by_text("Deshecho.")).to_be_visible()
    assert state_of(card) == "new"


def test_what_was_settled_in_the_card_is_taken_back_after_it_was_closed(board, make_card, elena):
    """The older offer, to give it back, is no more: what is taken back is the last thing done."""
    card = make_card()
    page = board(elena)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("t")
    expect(toast(page).get_by_role("button", name="Deshacer")).to_be_visible()
    page.keyboard.press("r")
    page.get_by_label("Qué se resolvió").fill("Se le llamó")
    page.keyboard.press("Control+Enter")
    dialog = page.locator("#card-dialog")
    expect(dialog.get_by_role("button", name="Deshacer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(toast(page).get_by_role("button", name="Deshacer")).to_have_count(1)
    expect(column(page, "to_inform").locator("[data-card]")).to_have_count(1)
    page.keyboard.press("z")
    expect(column(page, "taken").locator("[data-card]")).to_have_count(1)
    assert state_of(card) == "taken"


def test_a_card_is_dragged_to_a_verb(board, make_card, elena):
    card = make_card()
    page = board(elena)
    card_of(page, card).drag_to(column(page, "taken"))
    expect(column(page, "taken").locator(f"#card-{card.pk}")).to_be_visible()
    assert state_of(card) == "taken"
    card_of(page, card).drag_to(column(page, "to_inform"))
    expect(page.get_by_label("Qué se resolvió")).to_be_focused()
    page.keyboard.press("Escape")
    assert state_of(card) == "taken"


def test_of_two_supervisors_the_second_is_told_who_was_first(board, make_card, elena, rosa):
    card = make_card()
    hers, other = board(elena), board(rosa)
    for page in (hers, other):
        page.keyboard.press("ArrowDown")
    other.route("**/changes/**", lambda route: route.abort())  # she has not heard of it yet
    hers.keyboard.press("t")
    expect(column(hers, "taken").locator("[data-card]")).to_have_count(1)
    expect(column(other, "new").locator("[data-card]")).to_have_count(1)
    other.keyboard.press("t")
    expect(toast(other)).to_contain_text(re.compile(r"Ya la tomó Elena, el \d\d/\d\d a las"))
    expect(column(other, "new").locator("[data-card]")).to_have_count(0)  # hers, and Rosa looks at her own
    card.refresh_from_db()
    assert card.owner == elena


def test_what_another_moved_is_shown_without_touching_what_one_does(board, make_card, elena, rosa):
    taken, mine = make_card(), make_card(contract="2002")
    for card in (taken, mine):
        working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = board(elena, "?whose=all")
    card_of(page, mine).locator(".card-link").focus()
    page.keyboard.press("r")
    field = page.get_by_label("Qué se resolvió")
    field.fill("A medio escri")
    changed = working.wait(escalation_id=taken.pk, unit="Redes", by=elena, now=timezone.now())
    page.evaluate("([pk, version]) => window.board.refresh(pk, version)", [taken.pk, changed.version])
    expect(column(page, "waiting").locator("[data-card]")).to_contain_text("espera a Redes")
    expect(column(page, "taken").locator("[data-count]")).to_have_text("1")
    expect(field).to_be_focused()
    expect(field).to_have_value("A medio escri")
    changed = working.hand_over(escalation_id=mine.pk, to=rosa, by=rosa, now=timezone.now())
    page.evaluate("([pk, version]) => window.board.refresh(pk, version)", [mine.pk, changed.version])
    expect(page.locator("[data-stale]")).to_contain_text("Lo que escribió sigue aquí")
    expect(field).to_have_value("A medio escri")
    expect(field).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#card [role=alert]")).to_contain_text("La tiene Rosa")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("([pk, version]) => window.board.refresh(pk, version)", [taken.pk, 1])
    assert [url for url in asked if "/card/" in url] == [], "what is older than what is shown is not asked for"


@pytest.mark.parametrize("state", ["resolved", "nowhere"])
def test_what_is_heard_and_is_not_so_stands_no_longer_than_until_the_server_was_asked(
    state, board, make_card, elena, rosa
):
    """Whoever may connect to the database may notify: neither does a card go, nor what becomes of it unseen."""
    card = make_card()
    page = board(elena, "?whose=all")
    page.evaluate("([pk, state]) => window.board.refresh(pk, 9007199254740000, { state })", [card.pk, state])
    expect(column(page, "new").locator(f"#card-{card.pk}")).to_be_visible()
    working.take(escalation_id=card.pk, by=rosa, now=timezone.now())
    card.refresh_from_db()
    page.evaluate("([pk, version]) => window.board.refresh(pk, version)", [card.pk, card.version])
    expect(column(page, "taken").locator(f"#card-{card.pk}")).to_be_visible()


def test_the_focus_of_a_card_that_changes_stays_and_so_does_the_scroll(board, make_card, elena, rosa):
    cards = [make_card(contract=str(number), due_at=timezone.now() + timedelta(hours=number)) for number in range(10)]
    page = board(elena)
    last = cards[-1]
    card_of(page, last).locator(".card-link").focus()
    list_top = "document.querySelector('.column[data-column=new] .cards').scrollTop"
    before, place = page.evaluate(list_top), card_of(page, last).bounding_box()
    assert before > 0
    changed = working.note(escalation_id=last.pk, text="Llamó otra vez", by=rosa, now=timezone.now())
    page.evaluate("([pk, version]) => window.board.refresh(pk, version)", [last.pk, changed.version])
    expect(card_of(page, last)).to_have_attribute("data-version", str(changed.version))
    assert focused(page) == str(last.pk)
    assert page.evaluate(list_top) == before
    gone = working.take(escalation_id=cards[3].pk, by=rosa, now=timezone.now())
    page.evaluate("([pk, version]) => window.board.refresh(pk, version)", [cards[3].pk, gone.version])
    expect(card_of(page, cards[3])).to_have_count(0)
    assert card_of(page, last).bounding_box()["y"] == pytest.approx(place["y"], abs=1), "nothing jumps"


def test_the_board_and_a_card_over_it_are_accessible_and_fit(board, make_card, elena, rosa):
    late = make_card(due_at=timezone.now() - timedelta(hours=1))
    make_card(reason="Llamó otra vez")
    waits = make_card(contract="3003", kind="priority_repair")
    for verb, more in ((working.take, {}), (working.wait, {"unit": "Redes"})):
        verb(escalation_id=waits.pk, by=elena, now=timezone.now(), **more)
    done = make_card(contract="4004", kind="complaint")
    for verb, more in ((working.take, {}), (working.resolve, {"outcome": "Se devuelve"})):
        verb(escalation_id=done.pk, by=elena, now=timezone.now(), **more)
    page = board(elena)
    assert_accessible(page, "board")
    card_of(page, late).locator(".card-link").click()
    expect(page.get_by_role("dialog")).to_contain_text("Parece repetida")
    assert_accessible(page, "board-card")


def test_of_a_long_name_and_its_contract_the_name_is_cut(board, make_card, elena):
    card = make_card(contract="20845671", customer_name="Elvira Maximiliana Villarroel Nogales Etchegaray Zambrana")
    page = board(elena, "")
    page.set_viewport_size({"width": 1366, "height": 768})
    who = card_of(page, card).locator(".card-customer")
    expect(who.locator(".contract")).to_have_text("· 20845671")
    box, until = who.locator(".contract").bounding_box(), who.locator(".until").bounding_box()
    assert box["x"] + box["width"] <= until["x"]
    assert who.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_what_is_missing_is_said_in_the_form_which_stays_open_with_what_was_typed(board, make_card, elena):
    card = make_card(promised="El personal correspondiente se contactará con usted por teléfono hoy mismo")
    for verb, more in ((working.take, {}), (working.resolve, {"outcome": "Listo"})):
        verb(escalation_id=card.pk, by=elena, now=timezone.now(), **more)
    page = board(elena)
    until = card_of(page, card).locator(".until")
    assert until.evaluate("element => element.scrollWidth <= element.clientWidth"), "until when is never cut"
    card_of(page, card).locator(".card-link").click()
    expect(page.locator("#card-title")).to_be_focused()  # before, its key is the board's
    page.keyboard.press("i")
    form = page.locator("#card .verb[open]")
    for _again in (1, 2):
        form.get_by_label("Qué dijo el cliente").fill("Lo agradece")
        form.get_by_role("button", name="Informar al cliente", exact=True).click()
        expect(form.locator(".error, .errorlist").first).to_be_visible()
        expect(form.get_by_label("por teléfono")).to_be_focused()
        expect(form.get_by_label("Qué dijo el cliente")).to_have_value("Lo agradece")


def test_what_was_typed_is_there_again_after_escape(board, make_card, elena):
    card = make_card()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = board(elena)
    card_of(page, card).locator(".card-link").click()
    note = page.locator("form[action$='/note/'] textarea")
    page.locator("details.verb", has=note).locator("summary").click()
    note.fill("Llamé dos veces y no contesta")
    page.keyboard.press("Escape")
    expect(page.locator("#card-dialog")).not_to_be_visible()
    card_of(page, card).locator(".card-link").click()
    expect(note).to_have_value("Llamé dos veces y no contesta")
    expect(note).to_be_visible()
    note.press("Enter")
    expect(page.locator("#card")).to_contain_text("Llamé dos veces")
    expect(note).to_have_value("")
    page.keyboard.press("Escape")
    card_of(page, card).locator(".card-link").click()
    expect(note).to_have_value("")


def test_what_was_typed_is_there_after_a_reload_until_one_signs_out(board, live_server, make_card, elena):
    card = make_card()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = board(elena)
    card_of(page, card).locator(".card-link").click()
    note = page.locator("form[action$='/note/'] textarea")
    page.locator("details.verb", has=note).locator("summary").click()
    note.fill("Llama a las cinco")
    page.goto(live_server.url + reverse("escalations:escalation", args=[card.pk]))
    expect(note).to_have_value("Llama a las cinco")
    expect(note).to_be_visible()
    page.reload()
    expect(note).to_have_value("Llama a las cinco")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url("**/accounts/**")
    assert page.evaluate("sessionStorage.getItem('card-drafts')") is None


def test_a_letter_drafted_anew_meanwhile_stands_beside_what_was_typed_before(board, live_server, make_card, elena):
    card = make_card(details={"number": "4251234"}, reason="Sin tono en 4251234")
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page, address = board(elena), live_server.url + reverse("escalations:letter", args=[card.pk])
    page.goto(address)
    text = page.locator("textarea[name=text]")
    text.fill(text.input_value() + "\nGracias.")
    page.reload()
    expect(text).to_have_value(re.compile("4251234(.|\n)*Gracias"))
    with transaction.atomic():
        correct_raised(
            card, reason="Sin tono en 4259999", details={"number": "4259999"}, customer_name=card.customer_name,
            telephone=card.telephone, promised=card.promised, due_at=None, by=elena, now=timezone.now(),
        )  # fmt: skip
    page.reload()
    expect(text).to_have_value(re.compile("4259999"))
    assert "4251234" not in text.input_value()
    page.get_by_text("Lo que usted escribió antes de que cambiara").click()
    expect(page.locator(".draft-before p")).to_contain_text("Gracias.")


def test_what_is_typed_while_it_is_sent_is_not_lost(board, make_card, elena):
    card = make_card()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = board(elena)
    card_of(page, card).locator(".card-link").click()
    note = page.locator("form[action$='/note/'] textarea")
    page.locator("details.verb", has=note).locator("summary").click()
    held = []
    page.route("**/steps/note/", lambda route: held.append(route))
    note.fill("Uno")
    note.press("Enter")
    note.press_sequentially(" y dos")
    expect(note).to_have_value("Uno y dos")
    held[0].continue_()
    expect(page.locator("#card .history")).to_contain_text("Uno")
    expect(note).to_have_value("Uno y dos")


def test_what_somebody_else_typed_in_this_browser_is_gone(board, make_card, elena, rosa):
    card = make_card()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = board(elena)
    typed = [[f"/escalations/{card.pk}/steps/note/ text", ["De Rosa", ""]]]
    page.evaluate(
        "kept => sessionStorage.setItem('card-drafts', kept)", json.dumps({"whose": str(rosa.pk), "typed": typed})
    )
    page.reload()
    card_of(page, card).locator(".card-link").click()
    note = page.locator("form[action$='/note/'] textarea")
    assert note.get_attribute("name") == "text"
    assert note.evaluate("field => field.form.getAttribute('action')") == f"/escalations/{card.pk}/steps/note/"
    expect(note).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('card-drafts')") is None


def test_what_was_typed_and_refused_or_lost_by_the_net_is_there_after_a_reload(board, make_card, elena):
    card = make_card()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = board(elena)
    card_of(page, card).locator(".card-link").click()
    note = page.locator("form[action$='/note/'] textarea")
    page.locator("details.verb", has=note).locator("summary").click()
    note.fill("Llama a las cinco")
    page.context.set_offline(True)
    note.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("No hay conexión")
    page.context.set_offline(False)
    page.reload()
    card_of(page, card).locator(".card-link").click()
    expect(note).to_have_value("Llama a las cinco")
    note.press("Enter")
    expect(page.locator("#card")).to_contain_text("Llama a las cinco")
    page.reload()
    card_of(page, card).locator(".card-link").click()
    expect(page.locator("#card")).to_contain_text("Llama a las cinco")
    expect(note).to_have_value("")


def test_a_double_is_joined_after_one_was_asked(board, make_card, elena):
    late = make_card(due_at=timezone.now() - timedelta(hours=1))
    make_card(reason="Llamó otra vez")
    page = board(elena)
    card_of(page, late).locator(".card-link").click()
    page.locator("#card").get_by_role("button", name="Unir", exact=True).first.click()
    expect(page.locator("#confirm")).to_contain_text("No se puede deshacer")
    page.locator("#confirm").get_by_role("button", name="Unir").click()
    expect(page.locator("#card")).to_contain_text("La otra quedó unida a esta")
    expect(column(page, "new").locator("[data-card]")).to_have_count(1)


def test_a_column_that_shows_only_its_first_cards_is_filled_again_when_they_leave(
    board, make_card, elena, monkeypatch, settings
):
    settings.LIVE_PORT = 0  # nobody listens there: the board asks
    monkeypatch.setattr("escalations.board.AT_FIRST", 5)
    monkeypatch.setattr("escalations.views.board.AT_FIRST", 5)
    cards = [make_card(contract=str(number)) for number in range(8)]
    page = board(elena)
    new = column(page, "new").locator("[data-card]")
    expect(new).to_have_count(5)
    for card in cards[:2]:
        working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    expect(column(page, "taken").locator("[data-card]")).to_have_count(2)
    expect(new).to_have_count(5)
    expect(column(page, "new").locator("[data-count]")).to_have_text("6")
    expect(column(page, "new").locator("[data-more-count]")).to_have_text("1")


@pytest.mark.parametrize("how", ["the button", "scrolling", "walking"])
def test_whoever_looks_further_in_a_column_sees_more_of_it(how, board, make_card, elena, settings):
    settings.LIVE_PORT = 0  # nobody listens there: the board asks
    for number in range(60):
        make_card(contract=str(number))
    page = board(elena)
    new = column(page, "new").locator("[data-card]")
    expect(new).to_have_count(10)
    if how == "the button":
        column(page, "new").get_by_role("button", name="mostrar más").click()
        expect(new.nth(10).locator(".card-link")).to_be_focused()
    elif how == "scrolling":
        column(page, "new").locator(".cards").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    else:
        new.last.locator(".card-link").focus()
    expect(new).to_have_count(50)
    expect(column(page, "new").locator("[data-more-count]")).to_have_text("10")
    expect(column(page, "new").get_by_text("filtre para verlas")).to_be_visible()
    expect(column(page, "new").get_by_role("button", name="mostrar más")).to_be_hidden()


def test_a_letter_is_written_over_the_board_and_leads_back_to_its_card(board, make_card, elena):
    card = make_card(kind="reentry_ticket", details={"sector": "Norte"})
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    UnitAddress.objects.create(
        unit=Unit.objects.get(code="jefe_de_sector"), name="Julia", email="julia@comteco.example",
        valid_from=timezone.localdate(),
    )  # fmt: skip
    page = board(elena, "?kind=reentry_ticket")
    address, dialog = page.url, page.locator("#card-dialog")
    card_of(page, card).locator(".card-link").click()
    expect(dialog.locator("#card-title")).to_be_focused()
    page.keyboard.press("c")
    expect(dialog.get_by_role("heading", name="Correo a una unidad")).to_be_focused()
    expect(dialog.locator("#to-whom")).to_contain_text("Julia")
    dialog.get_by_role("link", name="Volver").click()
    expect(dialog.locator("#letters")).to_be_visible()
    settle(page)
    page.keyboard.press("c")
    dialog.get_by_label("Asunto").fill("Boleta")
    dialog.get_by_label("Esperar a la unidad desde ahora").check()
    dialog.get_by_role("button", name="Enviar correo").click()
    expect(dialog.locator("#card [role=status].ok")).to_contain_text("sale en unos segundos a Julia")
    expect(dialog.locator("#letters")).to_contain_text("Julia")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(column(page, "waiting").locator(f"#card-{card.pk}")).to_be_visible()
    assert page.url == address


def test_the_keys_of_a_card_are_told_over_it(board, make_card, elena):
    card = make_card()
    page = board(elena)
    card_of(page, card).locator(".card-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card-title")).to_be_focused()
    page.keyboard.press("?")
    help_of_keys = page.get_by_role("dialog", name="Teclas de esta página")
    expect(help_of_keys).to_contain_text("Tomar")
    expect(help_of_keys).not_to_contain_text("Ver como lista")
    page.keyboard.press("t")  # meant for nobody: the help stands over the card
    page.keyboard.press("Escape")
    expect(help_of_keys).to_be_hidden()
    expect(page.locator("#card-dialog")).to_be_visible()
    assert state_of(card) == "new"


def test_enter_in_the_field_of_a_verb_is_that_verb_and_no_other(open_as, live_server, make_card, elena, at):
    card = make_card()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = open_as(elena)
    page.goto(f"{live_server.url}/escalations/list/")
    expect(page.locator("[data-picked]")).to_have_text("0")
    page.get_by_role("checkbox", name="Elegir Reclamo").check()
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.locator("summary", has_text="Esperar a una unidad").click()
    page.get_by_label("A quién se espera").fill("Red externa")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Esperar a una unidad: 1 derivación.")).to_be_visible()
    card.refresh_from_db()
    assert (card.state, card.waits_for) == ("waiting", "Red externa")


def test_a_key_that_unfolds_a_form_goes_into_it(board, make_card, elena):
    card = make_card()
    page = board(elena)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card-dialog")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Contesta que viene a pagar")
    expect(page.locator("#card-dialog").get_by_label("Nota")).to_have_value("Contesta que viene a pagar")
    assert state_of(card) == "new"


def test_a_colleague_is_named_in_a_note_by_the_keyboard_and_a_filter_is_saved(board, make_card, elena, rosa):
    card = make_card()
    page = board(elena, "?whose=all&kind=billing_claim")
    card_of(page, card).locator(".card-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card-title")).to_be_focused()
    page.keyboard.press("n")
    note = page.locator("#card-dialog").get_by_label("Nota")
    expect(note).to_be_focused()
    page.keyboard.type("Mira esto @ro")
    expect(page.get_by_role("option", name="@rosa")).to_have_attribute("aria-selected", "true")
    picture(page, "mention-choices")
    page.keyboard.press("Enter")
    expect(note).to_have_value("Mira esto @rosa ")
    page.keyboard.type("@")
    expect(page.locator("#mention-choices li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#mention-choices li")).to_have_count(0)
    expect(page.locator("#card-dialog")).to_be_visible()
    page.keyboard.press("Backspace")
    page.locator("#card-dialog").get_by_role("button", name="Anotar").click()
    expect(page.locator("#card [role=status].ok")).to_contain_text("Nota guardada")
    assert count_unread(user=rosa) == 1
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Guardar filtro").click()
    page.get_by_label("Nombre del filtro").fill("Reclamos")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="★ Reclamos")).to_have_attribute("aria-current", "true")
    assert_accessible(page, "board-saved-filter")
