"""How a page is looked at: signing in, axe-core, pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from agents.models import Agent, User
from tests.browser.pictures import named, of_the_manual

DESK = {"width": 1366, "height": 768}
TABLET = {"width": 768, "height": 1024}
SIZES = {"desk": DESK, "tablet": TABLET}
LOOKS = (("desk", "light"), ("tablet", "dark"))  # each size and each light once
PASSWORD = "agua-clara-en-tunari"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WCAG = {"type": "tag", "values": TAGS}
BY_LIGHT_AND_SIZE = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"],
}

# The page has the size and the light it was told, all letters are there, and nothing is on its way from one colour to
# another. What moves for ever is left alone.
DRAWN = """async ([width, scheme]) => {
  const drawn = () => new Promise((next) => requestAnimationFrame(next));
  const end = performance.now() + 60000;
  while (innerWidth !== width || !matchMedia(`(prefers-color-scheme: ${scheme})`).matches) {
    if (performance.now() > end) throw new Error(`the page has not become ${width} px wide and ${scheme}`);
    await drawn();
  }
  await document.fonts.ready;
  await drawn();
  await drawn();
  for (const one of document.getAnimations()) if (one.effect.getComputedTiming().endTime !== Infinity) one.finish();
  await drawn();
}"""

AXE = "(options) => axe.run(options).then((all) => all.violations)"

# A rule for everything that changes nothing, for two frames.
STYLED_ANEW = """async () => {
  const drawn = () => new Promise((next) => requestAnimationFrame(next));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { --styled-anew: 1 }');
  document.adoptedStyleSheets.push(sheet);
  await drawn();
  await drawn();
  document.adoptedStyleSheets.pop();
  await drawn();
}"""

# Everything that can be seen: where it is the same at another size and in another light, only those two can be wrong.
SEEN = """() => [...document.querySelectorAll('body *')].map((one) =>
  one.tagName + one.checkVisibility({visibilityProperty: true})).join(' ')"""

# What stands in an empty field, and does not fit in it: the words in the field's own letters, beside the room there is.
CUT = """() => [...document.querySelectorAll('input[placeholder]')].filter((field) => {
  const [look, letters] = [getComputedStyle(field), document.createElement('canvas').getContext('2d')];
  letters.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
  const room = field.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
  return field.clientWidth && letters.measureText(field.placeholder).width > room;
}).map((field) => `«${field.placeholder}» is cut`)"""


def sign_in(page: Page, server: str, person: User | Agent) -> None:
    """Sign in as anybody would, on the page."""
    user = person.user if isinstance(person, Agent) else person
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    page.goto(f"{server}/accounts/login/")
    page.get_by_label("Usuario").fill(user.username)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)


def let_in(context: BrowserContext, server: str, person: User | Agent) -> None:
    """Begin a session as the sign-in page does, and hand its cookies to the browser."""
    user, client = person.user if isinstance(person, Agent) else person, Client()
    client.force_login(user)
    cookies = {name: kept.value for name, kept in client.cookies.items()}
    if user.language:
        cookies[settings.LANGUAGE_COOKIE_NAME] = user.language
    context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])


def patient(page: Page) -> Page:
    """A page whose keys are pressed once it is all there: what listens to them is the last of its scripts.

    Playwright waits so before it clicks, and not before it presses; a text may be seen some moments earlier.
    """
    press = page.keyboard.press

    def pressed(key: str, *, delay: float | None = None) -> None:
        page.wait_for_load_state("domcontentloaded")
        press(key, delay=delay)

    setattr(page.keyboard, "press", pressed)  # noqa: B010  # mypy knows that it is a method
    return page


def axe_violations(page: Page, rules: dict[str, Any] = WCAG) -> list[str]:
    """What axe-core has against the page as it is now (WCAG 2.2 AA and best practice), a line each.

    What it finds must be there still in a second look, at a page whose styles were all computed anew: on a machine that
    has much to do, letters may for a moment have the colour of the light the page was in before.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate(AXE, options)
    if found:
        page.evaluate(STYLED_ANEW)
        found = page.evaluate(AXE, options)
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} — {node['failureSummary'][:300]}"
        for violation in found
        for node in violation["nodes"]
    ]


def settle(page: Page) -> None:
    """Wait until htmx has put everything it asked for in its place.

    Not `wait_for_function`: its second look is an `eval` in the page, which the pages' CSP refuses.
    """
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def wait_by_its_own_clock(page: Page, milliseconds: int) -> None:
    """Until every timer of the page that was set for less has run: however late its clock is, it keeps their order."""
    page.evaluate("(long) => new Promise((over) => setTimeout(over, long))", milliseconds)


def open_desk(page: Page, address: str) -> None:
    """Open the desk, and wait until it has asked for the next contact."""
    page.goto(address)
    expect(page.locator("#desk .asking")).to_have_count(0)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page when SCREENSHOTS says where."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def assert_accessible(page: Page, name: str = "") -> None:
    """No violation, no sideways scrolling and no words cut, at a desk in light and on a tablet in the dark."""
    told = name or page.url.split("/", 3)[-1].split("?")[0].strip("/").replace("/", "-") or "home"
    problems: dict[str, list[str]] = {}
    seen = ""
    for size, scheme in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(DRAWN, [page.evaluate("innerWidth"), scheme])
        page.set_viewport_size(SIZES[size])
        page.evaluate(DRAWN, [SIZES[size]["width"], scheme])
        before, seen = seen, page.evaluate(SEEN)
        rules = BY_LIGHT_AND_SIZE if seen == before else WCAG
        for line in [*axe_violations(page, rules), *page.evaluate(CUT)]:
            problems.setdefault(line, []).append(f"{size} {scheme}")
        picture(page, f"{told}-{size}-{scheme}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            problems[f"the page scrolls sideways by {wide} px"] = [size]
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    if told in named():
        page.evaluate(DRAWN, [DESK["width"], "light"])
        of_the_manual(page, told)
    assert not problems, f"{told}:\n" + "\n".join(f"{line} [{', '.join(at)}]" for line, at in problems.items())
