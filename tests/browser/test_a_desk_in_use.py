"""The desk under the hand: the search that offers, small and magnified windows, one main verb, pauses, clocks."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, Route, expect

from agents.models import AgentState, DataPolicy, PauseReason
from agents.pausing import begin_pause, end_pause
from campaigns.desk.own_work import Progress
from campaigns.models import Attempt, Contact, DeskDraft
from control_room.steering import pause as set_pause
from escalations.raising import raise_escalation
from tests.browser.a_desk import campaign, customer, customers, desk, say_it_was_meant
from tests.browser.looking import DESK, assert_accessible, axe_violations, open_desk, picture, settle
from tests.processes.house import wait_until

__all__ = ["campaign", "customers", "desk"]
pytestmark = pytest.mark.django_db(transaction=True)

A_STREAM_THAT_IS_HEARD = """window.EventSource = class {
  addEventListener(kind, act) { if (kind === "open") setTimeout(act); }
  close() {}
}"""
# Types in the search box in the very moment a swap has brought it in: sooner than any hand.
A_HAND_THAT_WAITS_FOR_THE_BOX = """addEventListener("DOMContentLoaded", () => {
  const watch = new MutationObserver(() => {
    const box = document.getElementById("find-customer");
    if (!box) return;
    watch.disconnect();
    box.focus();
    box.value = "roj";
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  watch.observe(document.getElementById("desk"), { childList: true });
});"""
SMALL = {"zoom": {"width": 683, "height": 384}, "telephone": {"width": 390, "height": 844}}


def box(page: Page):
    return page.get_by_role("combobox", name="Buscar un cliente")


def test_customers_are_offered_while_one_types_and_chosen_by_keys_alone(desk, live_server, customers):
    keys = desk.keyboard
    keys.press("/")
    keys.type("ro")
    keys.type("j")  # «roj»
    options = desk.get_by_role("listbox", name="Clientes encontrados").get_by_role("option")
    expect(options).to_have_text([re.compile("Juan Rojas")])
    expect(box(desk)).to_have_attribute("aria-expanded", "true")
    expect(desk.locator(".combobox [role=status]")).to_have_text("1 cliente")
    assert_accessible(desk, "desk-search-offer")
    keys.press("Escape")
    expect(options).to_have_count(0)
    expect(box(desk)).to_be_focused()
    expect(box(desk)).to_have_value("roj")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    chosen = options.first
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(box(desk)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    keys.press("Enter")
    expect(desk.get_by_role("heading", level=1, name="Juan Rojas")).to_be_visible()
    # the menu leads back to the customer who is open
    keys.press("g")
    keys.press("s")
    expect(customer(desk)).to_have_text("Rosa Flores")


def test_what_is_typed_in_the_moment_the_desk_is_there_is_heard(open_as, live_server, ana, customers):
    page = open_as(ana)
    page.add_init_script(A_HAND_THAT_WAITS_FOR_THE_BOX)
    with page.expect_request("**/desk/search/suggestions/"):
        open_desk(page, f"{live_server.url}/desk/")
    expect(page.get_by_role("option")).to_have_text([re.compile("Juan Rojas")])


def test_a_page_of_the_release_before_is_told_that_there_is_another(open_as, live_server, ana, customers, settings):
    settings.RELEASE = "1.0.0"
    page = open_as(ana)
    open_desk(page, f"{live_server.url}/desk/")
    expect(customer(page)).to_have_text("Rosa Flores")
    expect(page.get_by_text("El sistema se actualizó")).to_have_count(0)
    settings.RELEASE = "1.1.0"
    with page.expect_response("**/desk/pulse/"):
        page.evaluate("htmx.ajax('POST', '/desk/pulse/', {source: '#pulse'})")
    expect(page.get_by_text("El sistema se actualizó")).to_have_count(1)
    page.get_by_role("button", name="Recargar").click()
    expect(page.locator("body")).to_have_attribute("data-release", "1.1.0")
    expect(customer(page)).to_have_text("Rosa Flores")


def test_a_contract_and_enter_open_its_contact_and_several_are_listed(desk, customers):
    wanted = Contact.objects.get(name="Hugo Paz")
    desk.keyboard.press("/")
    desk.keyboard.type(wanted.contract)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1, name="Hugo Paz")).to_be_visible()
    desk.go_back()
    desk.keyboard.press("/")
    desk.keyboard.type("ro")
    expect(desk.get_by_role("option")).to_have_count(0)
    desk.keyboard.type("c")
    expect(desk.get_by_role("option")).to_have_text([re.compile("Pedro Rocha")])
    desk.get_by_role("option").click()
    expect(desk.get_by_role("heading", level=1, name="Pedro Rocha")).to_be_visible()


@pytest.mark.parametrize("size", SMALL)
def test_in_a_small_or_magnified_window_nothing_covers_the_customer_or_scrolls_sideways(desk, ana, size, monkeypatch):
    now = timezone.now()
    busy = Progress(total=182, handled=125, elsewhere=12, attempts=125, contacts=117, promises=110)
    monkeypatch.setattr("campaigns.desk.desk_page.own_progress", lambda **_asked: busy)
    raise_escalation(
        key="walk:x", kind="callback_promise", line="103", reason="Llamada en el transcurso del día", details={},
        customer_name="ROSA PROMETIDA", telephone="+59170712345", due_at=now, by=ana.user, now=now,
    )  # fmt: skip
    desk.set_viewport_size(SMALL[size])
    desk.reload()
    expect(desk.get_by_role("heading", name="Rosa Prometida")).to_be_attached()
    settle(desk)
    picture(desk, f"desk-{size}")
    covered = desk.evaluate("""() => [...document.querySelectorAll('#desk :is(h2, button, input, td)')]
      .filter((one) => one.checkVisibility() && one.getClientRects().length && !one.closest('[hidden]'))
      .filter((one) => {
        one.scrollIntoView({block: 'end'});
        const seen = one.getBoundingClientRect();
        const top = document.elementFromPoint(seen.x + seen.width / 2, seen.y + seen.height / 2);
        return top?.closest('#calls-to-make');
      }).map((one) => one.outerHTML.slice(0, 80))""")
    assert covered == []
    assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    narrow = desk.evaluate("""() => [...document.querySelectorAll('#desk td, #desk th, #desk p, #calls-to-make p')]
      .filter((one) => one.innerText.trim().length > 6 && one.getClientRects().length && one.clientWidth < 40)
      .map((one) => one.outerHTML.slice(0, 80))""")
    assert narrow == []
    assert axe_violations(desk) == []
    for address in ("list/", "agenda/", "day/"):
        desk.goto(desk.url.split("/desk/")[0] + "/desk/" + address)
        assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_one_button_is_primary_and_enter_is_its(desk, customers):
    primary = desk.locator("#desk .button.primary")
    expect(primary).to_have_text(re.compile("Llamar"))
    desk.keyboard.press("4")
    expect(primary).to_have_text(re.compile("Registrar"))
    desk.locator("#content").click(position={"x": 2, "y": 2})
    desk.keyboard.press("Enter")  # with the focus nowhere it records what was chosen and does not dial
    say_it_was_meant(desk)
    expect(customer(desk)).to_have_text("Juan Rojas")
    assert Attempt.objects.get().disposition.code == "no_answer"
    expect(primary).to_have_text(re.compile("Llamar"))
    desk.keyboard.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    expect(primary).to_have_text(re.compile("Registrar"))


def test_a_note_that_is_asked_for_says_so_as_soon_as_its_result_is_chosen(desk):
    note, mark = desk.locator("#note"), desk.get_by_text("obligatoria con este resultado")
    expect(mark).to_be_hidden()
    expect(note).to_have_attribute("aria-required", "false")
    desk.keyboard.press("9")
    desk.get_by_role("dialog", name="Otro resultado").get_by_text("Reclamo").click()
    expect(mark).to_be_visible()
    expect(note).to_have_attribute("aria-required", "true")
    assert_accessible(desk, "desk-note-required")
    desk.keyboard.press("Escape")
    desk.keyboard.press("4")
    expect(mark).to_be_hidden()
    expect(note).to_have_attribute("aria-required", "false")


def test_tab_leads_from_the_note_to_the_verb_that_records(desk):
    desk.keyboard.press("n")
    expect(desk.locator("#note")).to_be_focused()
    desk.keyboard.press("Tab")
    expect(desk.locator("#record")).to_be_focused()


def pause(desk: Page) -> None:
    """A pause for the first reason, as Enter takes it."""
    desk.keyboard.press("p")
    expect(desk.get_by_role("dialog", name="¿Por qué la pausa?")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Está en pausa: Refrigerio")).to_be_visible()


def test_what_is_typed_survives_a_look_at_the_reasons(desk):
    desk.keyboard.press("n")
    desk.keyboard.type("Dice que pag")
    desk.keyboard.press("Escape")
    desk.keyboard.press("p")
    dialog = desk.get_by_role("dialog", name="¿Por qué la pausa?")
    expect(dialog).to_be_visible()
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.locator("#note")).to_have_value("Dice que pag")
    assert not AgentState.objects.filter(state="paused").exists()


def test_a_pause_is_marked_when_its_limit_goes_by_while_the_page_is_open(desk):
    desk.clock.install()
    desk.reload()
    pause(desk)
    mark = desk.get_by_text("Pasó su límite")
    expect(mark).to_be_hidden()
    desk.clock.fast_forward("14:50")
    expect(mark).to_be_hidden()
    desk.clock.fast_forward("00:15")
    expect(mark).to_be_visible()
    desk.keyboard.press("p")  # another reason: the pause goes on, and its clock begins anew
    expect(desk.get_by_role("dialog", name="¿Por qué la pausa?")).to_be_visible()
    desk.keyboard.press("5")
    expect(desk.get_by_role("heading", name="Está en pausa: Reunión")).to_be_visible()
    expect(desk.locator("#desk")).to_contain_text("No tiene límite.")
    assert list(AgentState.objects.order_by("pk").values_list("state", flat=True)) == ["available", "paused", "paused"]


def test_a_pause_that_ended_elsewhere_is_told_and_dials_nobody(desk, ana, elena):
    pause(desk)
    panel = desk.locator(".nothing")
    look = "document.body.dispatchEvent(new Event('calls-changed'))"
    with desk.expect_response("**/pause/stands/*") as answer:
        desk.evaluate(look)
    assert answer.value.status == 204
    expect(panel).to_contain_text("Está en pausa")
    end_pause(agent=ana, now=timezone.now(), person=elena)
    desk.evaluate(look)
    expect(panel).to_contain_text("Su pausa terminó")
    expect(panel).to_contain_text("La terminó Elena")
    assert_accessible(desk, "desk-pause-ended-elsewhere")
    desk.keyboard.press("Enter")
    expect(customer(desk)).to_have_text("Rosa Flores")
    assert not Attempt.objects.exists()


def test_a_pause_that_is_begun_or_changed_in_the_room_is_told_on_the_desk(desk, ana, elena):
    """Also on a page that says the one before ended: there Enter would end this one unseen."""
    pause(desk)
    panel = desk.locator(".nothing")
    look = "document.body.dispatchEvent(new Event('calls-changed'))"
    meeting, training = (PauseReason.objects.get(code=code) for code in ("REUNION", "CAPACITACION"))
    set_pause(agent=ana, reason=meeting, by=elena, now=timezone.now())
    desk.evaluate(look)
    expect(panel).to_contain_text("Está en pausa: Reunión")
    end_pause(agent=ana, now=timezone.now(), person=elena)
    desk.evaluate(look)
    expect(panel).to_contain_text("Su pausa terminó")
    set_pause(agent=ana, reason=training, by=elena, now=timezone.now())
    desk.evaluate(look)
    expect(panel).to_contain_text("Está en pausa: Capacitación")


def test_what_changed_while_her_state_was_being_asked_for_is_asked_for_again(desk, ana):
    """Two changes close together, as a call that is handed over: the first answer is older than the second."""
    look = "document.body.dispatchEvent(new Event('calls-changed'))"
    desk.add_init_script(A_STREAM_THAT_IS_HEARD)  # else the page asks every three seconds as well
    desk.reload()
    state = desk.locator(".own-state")
    expect(state).to_contain_text("Disponible")
    held: list[Route] = []
    desk.route("**/people/own/", lambda route: held.append(route))
    with desk.expect_request("**/people/own/"):
        desk.evaluate(look)
    desk.evaluate("0")  # the route has been handed over by then
    answer = held[0].fetch()  # as it was before
    begin_pause(agent=ana, reason=PauseReason.objects.order_by("pk").first(), now=timezone.now())
    desk.evaluate(look)
    with desk.expect_request("**/people/own/"):
        held[0].fulfill(response=answer)
    desk.evaluate("0")
    held[1].continue_()
    expect(state).to_contain_text("En pausa")


def test_leaving_a_pause_never_dials_however_often_enter_is_pressed(desk):
    keys = desk.keyboard
    pause(desk)
    keys.down("Enter")
    expect(customer(desk)).to_have_text("Rosa Flores")
    keys.down("Enter")  # held
    keys.up("Enter")
    keys.press("Enter")
    keys.press("Enter")
    settle(desk)
    expect(customer(desk)).to_be_focused()
    assert_accessible(desk, "desk-after-a-pause")
    assert not Attempt.objects.exists()
    keys.press("m")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    assert Attempt.objects.count() == 1


def test_clocks_tell_how_long_a_contact_is_open_and_a_call_lasts_and_nobody_hears_them(
    open_as, live_server, ana, customers
):
    page = open_as(ana)
    page.clock.install()
    open_desk(page, f"{live_server.url}/desk/")
    page.set_viewport_size(DESK)
    timer = page.locator("#desk").get_by_role("timer")
    expect(timer).to_have_count(1)
    page.clock.run_for(65_000)
    expect(timer).to_have_text(re.compile(r"1:0\d"))
    assert timer.evaluate("one => one.closest('[aria-live]')") is None
    page.keyboard.press("Enter")
    expect(page.locator("#telephones")).to_contain_text("En llamada")
    expect(timer).to_have_text(re.compile(r"0:0\d"))
    page.clock.run_for(30_000)
    expect(timer).to_have_text(re.compile(r"0:3\d"))
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    expect(customer(page)).to_have_text("Juan Rojas")
    expect(timer).to_have_text(re.compile(r"0:0\d"))
    page.clock.run_for(20_000)
    page.reload()
    expect(timer).to_have_text(re.compile(r"0:[2-5]\d"))  # the same contact is still open


def test_any_minute_may_be_agreed_also_after_a_reload(desk):
    desk.keyboard.press("3")
    hour = desk.locator("#call-back-time")
    with desk.expect_response(lambda answer: "09:59" in _sent(answer.request)):
        hour.fill("09:59")
    desk.reload()
    expect(hour).to_have_value("09:59")
    hour.fill("10:00")
    assert hour.evaluate("one => one.validity.valid")


def test_what_was_typed_in_the_moment_one_leaves_is_kept(desk, live_server):
    desk.keyboard.press("3")
    with desk.expect_request(lambda asked: "/desk/draft/" in asked.url and "11:41" in _sent(asked)):
        desk.locator("#call-back-time").fill("11:41")
        desk.goto(f"{live_server.url}/desk/list/")
    # a page that is left is not told how what it sent along ended
    wait_until(lambda: "11:41" in str(DeskDraft.objects.values_list("fields", flat=True)), what="it to be kept")
    open_desk(desk, f"{live_server.url}/desk/")
    expect(desk.locator("#call-back-time")).to_have_value("11:41")


def _sent(asked: Request) -> str:
    """What a request carried: a form of htmx, or what is sent along by a page that is left."""
    return (asked.post_data or "").replace("%3A", ":")


def test_an_old_tab_neither_calls_nor_records_who_was_not_asked_for(desk, live_server, customers):
    old = desk.context.new_page()
    open_desk(old, f"{live_server.url}/desk/")
    expect(customer(old)).to_have_text("Rosa Flores")
    desk.bring_to_front()
    desk.keyboard.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    desk.keyboard.press("4")
    desk.keyboard.press("Enter")
    expect(customer(desk)).to_have_text("Juan Rojas")
    old.bring_to_front()
    old.keyboard.press("Enter")
    expect(customer(old)).to_have_text("Juan Rojas")
    expect(old.get_by_text("Este contacto ya no está abierto en su escritorio")).to_have_count(1)
    old.keyboard.press("Enter")
    old.keyboard.press("4")
    old.keyboard.press("Enter")
    expect(old.get_by_text("No marcó a este cliente: ¿lo llamó con otro teléfono?")).to_be_visible()
    assert_accessible(old, "desk-undialled")
    old.keyboard.press("Enter")
    settle(old)
    assert [attempt.contact for attempt in Attempt.objects.all()] == [customers[0]]
    say_it_was_meant(old)
    expect(customer(old)).to_have_text("Lidia Vargas")


def test_a_refused_verb_says_why_and_leaves_what_was_open(desk):
    """What a refusal says of itself, not that something failed."""
    DataPolicy(searches_a_minute=1).save()
    desk.keyboard.press("s")
    expect(customer(desk)).to_have_text("Juan Rojas")
    desk.keyboard.press("s")
    told = desk.locator("#toasts .error")
    with desk.expect_response("**/give-back/"):
        desk.keyboard.press("s")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("lo que tenía abierto sigue como estaba")
    expect(told).to_contain_text("Quedó anotado.")
    expect(told).to_contain_text("Referencia")
    expect(customer(desk)).to_have_text("Juan Rojas")
    assert_accessible(desk, "desk-refused")
