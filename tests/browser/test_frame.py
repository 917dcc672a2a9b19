"""The frame in a real browser: by keyboard alone, in both lights, at both sizes."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.looking import assert_accessible, axe_violations, sign_in
from tests.campaigns.some_receipts import row, take

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_check_finds_what_is_wrong(page: Page):
    page.set_content("<body><img src='x'><input><p style='color: #888; background: #999'>Pálido</p></body>")
    found = axe_violations(page)
    assert any("image-alt" in line for line in found)
    assert any("color-contrast" in line for line in found)


def test_the_sign_in_page_is_accessible(page: Page, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    assert_accessible(page, "login")
    expect(page.get_by_label("Usuario")).to_be_focused()


def test_signing_in_by_keyboard_with_a_mistake_first(page: Page, live_server, ines):
    page.goto(f"{live_server.url}/accounts/login/")
    page.keyboard.type("ines")
    page.keyboard.press("Tab")
    page.keyboard.type("equivocada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no son correctos")
    assert_accessible(page, "login-wrong")
    sign_in(page, live_server.url, ines)
    expect(page.locator(".masthead")).to_contain_text("Inés")


def test_every_component_is_accessible(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    assert_accessible(page, "ui")


def test_the_pages_of_people_are_accessible(open_as, live_server, ines, ana, luis, subtests):
    page = open_as(ines)
    for address in ("/people/", "/accounts/2fa/", "/accounts/password/change/", "/nowhere/", "/accounts/logout/"):
        with subtests.test(address):
            page.goto(live_server.url + address)
            assert_accessible(page)


def test_help_lists_the_keys_of_the_page_and_escape_gives_the_focus_back(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Teclas de esta página")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Abrir diálogo")
    expect(dialog).to_contain_text("Personas")
    assert_accessible(page, "ui-help")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_g_and_a_letter_go(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/people/")
    expect(page.locator("[aria-current=page]").first).to_have_text("Personas")


def test_slash_searches_and_keys_typed_in_a_field_are_only_text(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.keyboard.press("/")
    search = page.locator("[data-search]")
    expect(search).to_be_focused()
    page.keyboard.type("gn?tc1")
    expect(search).to_have_value("gn?tc1")
    assert page.url.endswith("/ui/")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_a_key_of_the_page_does_its_verb_and_the_focus_goes_to_what_changed(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.keyboard.press("c")
    changed = page.locator("#swapped [data-focus]")
    expect(changed).to_be_focused()
    expect(changed).to_contain_text("Cambió a las")


def test_enter_is_the_main_verb_and_a_dialog_gives_the_focus_back(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Un diálogo")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_cannot_be_undone_asks_first_and_stays_on_the_safe_side(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.get_by_role("button", name="Cerrar campaña").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("¿Cerrar la campaña de diciembre?")
    expect(dialog.get_by_role("button", name="Volver")).to_be_focused()
    assert_accessible(page, "ui-confirm")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_it_asks_first_even_while_other_scripts_have_not_come(open_as, live_server, ines):
    """Whoever clicks, or presses a key, before all scripts are there is asked all the same."""
    page = open_as(ines)
    page.route(re.compile(r"/(htmx|swaps)[^/]*\.js"), lambda route: route.abort())
    page.goto(f"{live_server.url}/ui/", wait_until="commit")
    page.get_by_role("button", name="Cerrar campaña").click()
    expect(page.get_by_role("dialog")).to_contain_text("¿Cerrar la campaña de diciembre?")
    order = page.locator("head script[src]").evaluate_all("all => all.map((one) => [one.src, one.defer])")
    names = [re.search(r"([a-z]+)[^/]*\.js", source)[1] for source, _defer in order]
    assert names.index("dialogs") < names.index("htmx")
    assert names[-1] == "keys", "a key does nothing before everything that guards it is there"
    assert [defer for source, defer in order if "dialogs" in source] == [False]


def test_a_toast_is_announced_and_closed_by_keyboard(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/?toast=1")
    toast = page.get_by_role("status").locator(".toast", has_text="Resultado registrado")
    expect(toast).to_be_visible()
    page.keyboard.press("Escape")
    expect(toast).to_have_count(0)


def test_a_toast_is_taken_away_by_a_click_on_it_and_not_while_its_words_are_marked(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/?toast=1")
    toast = page.get_by_role("status").locator(".toast", has_text="Resultado registrado")
    words = toast.locator("p").bounding_box()
    page.mouse.move(words["x"] + 4, words["y"] + words["height"] / 2)
    page.mouse.down()
    page.mouse.move(words["x"] + words["width"] / 2, words["y"] + words["height"] / 2, steps=4)
    page.mouse.up()
    expect(toast).to_be_visible()
    page.evaluate("window.getSelection().removeAllRanges()")
    toast.locator("p").click()
    expect(toast).to_have_count(0)


def test_the_first_tab_skips_to_the_content(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/people/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_supervisor_takes_an_agent_off_duty_and_back(open_as, live_server, elena, ana):
    page = open_as(elena)
    page.goto(f"{live_server.url}/people/")
    page.get_by_role("button", name="Sacar de turno a Ana").click()
    expect(page.get_by_role("status")).to_contain_text("fuera de turno")
    ana.refresh_from_db()
    assert not ana.is_on_duty
    page.get_by_role("button", name="Poner de turno a Ana").click()
    expect(page.get_by_role("status")).to_contain_text("está de turno")


def test_the_language_is_switched_where_one_is(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/people/")
    page.locator("summary", has_text="Inés").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/people/")


def test_the_way_out(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/ui/")
    page.locator("summary", has_text="Inés").click()
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url(re.compile("/accounts/login/"))


def test_the_choices_of_an_admins_filter_are_large_enough_to_press(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/admin/campaigns/disposition/")
    expect(page.locator("#changelist-filter a").first).to_be_visible()
    assert axe_violations(page, {"type": "rule", "values": ["target-size"]}) == []


def test_the_admin_works_under_the_policy(open_as, live_server, ines):
    page = open_as(ines)
    page.goto(f"{live_server.url}/admin/agents/user/add/")
    page.locator("[name=username]").fill("nuevo")
    expect(page.locator(".masthead .brand")).to_contain_text("Centro de Llamadas")
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('fieldset.module')).borderTopLeftRadius") == "6px"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("role", ["elena", "oscar", "ana"])
def test_the_head_stands_on_one_line_while_payments_are_old(open_as, live_server, request, role, language):
    """The widest it gets at a desk: every page that role may open, and the warning beside the age of the payments."""
    person = request.getfixturevalue(role)
    user = getattr(person, "user", person)
    user.last_name, user.language = "Villarroel Paz", language
    user.save(update_fields=["last_name", "language"])
    take([row("R1", "C9T", "10-31")], now=timezone.now() - timedelta(days=25))
    page = open_as(person)
    page.goto(f"{live_server.url}/accounts/password/change/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".masthead .paid-until .badge")).to_be_visible()
    tops = page.locator(".masthead nav a, .masthead summary, .masthead .paid-until").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => box.top + box.height / 2)"
    )
    assert max(tops) - min(tops) < 4
    hidden = page.locator(".masthead nav ul").evaluate("list => list.scrollWidth - list.clientWidth")
    assert hidden == 0
    centre = {"es": "Centro de Llamadas", "en": "Call centre"}[language]
    expect(page.get_by_role("banner").get_by_role("link", name=centre)).to_have_count(1)


def test_the_head_names_her_short_and_the_menu_of_her_name_whole(open_as, live_server, ines):
    ines.first_name, ines.last_name = "Inés", "Villarroel Paz"
    ines.save(update_fields=["first_name", "last_name"])
    page = open_as(ines)
    page.goto(f"{live_server.url}/people/")
    summary = page.locator(".masthead summary")
    expect(summary).to_have_text("Inés V.")
    summary.click()
    expect(page.locator(".masthead .menu")).to_contain_text("Inés Villarroel Paz · Administración")
