"""Take the screenshots of the README from a running demo that was just reset.

    make setup && make demo-reset && make run &
    .venv/bin/python docs/take_screens.py [http://127.0.0.1:8000]

It does what the README's first hour says: Elena launches the month, agents call, payments arrive, the month before
stands sealed. So a picture that cannot be taken any more means a sentence that is no longer true.
"""

from __future__ import annotations

import re
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent / "screens"
ADDRESS = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
PASSWORD = "prepago"  # noqa: S105  # of the demo's people
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE = 120_000  # milliseconds: a demo just started pulls its report within a minute
LARGEST = 200 * 1024


def signed_in(browser: Browser, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="es-BO").new_page()
    page.goto(f"{ADDRESS}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return page


def picture(page: Page, name: str, *, live: bool = False) -> None:
    """`live`: a page that listens is never idle."""
    page.wait_for_timeout(1500) if live else page.wait_for_load_state("networkidle")
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.name}: {size // 1024} kB")
    if size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST // 1024} kB.")


def wait_until_made(page: Page) -> None:
    """A new demo answers before its last month is there; its pages say so until then."""
    for _turn in range(PATIENCE // 3000):
        page.goto(f"{ADDRESS}/accounts/login/")
        if "/demo/progress/" not in page.content():
            return
        page.wait_for_timeout(3000)
    sys.exit("The demo is still being made.")


def wait_for(page: Page, path: str, text: str) -> None:
    """Reload the page until it shows the text: something arrives by the scheduled job."""
    for _turn in range(PATIENCE // 3000):
        page.goto(f"{ADDRESS}{path}")
        if text in page.content():
            return
        page.wait_for_timeout(3000)
    sys.exit(f"{path} does not show «{text}».")


def work(page: Page, keys: str) -> None:
    """One result by keyboard: its key, what it asks for, Enter."""
    page.goto(f"{ADDRESS}/desk/")
    page.locator("#desk .asking").wait_for(state="detached")
    page.keyboard.press("Enter")  # calls the first telephone
    page.wait_for_timeout(400)
    page.keyboard.press(keys)
    if keys == "1":
        page.fill("#promised-on", str(date.today() + timedelta(days=1)))  # noqa: DTZ011
    page.click("#record")
    page.wait_for_timeout(500)


def main() -> None:
    HERE.mkdir(exist_ok=True)
    chromium = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        wait_until_made(browser.new_page())
        elena = signed_in(browser, "elena")
        this_month = first_period(elena)
        wait_for(elena, f"/campaigns/{this_month}/", "Lanzar")
        picture(elena, "proposal")
        elena.goto(f"{ADDRESS}/reports/")
        picture(elena, "reports")
        elena.goto(f"{ADDRESS}/campaigns/{this_month}/")
        elena.click("text=Lanzar campaña")
        elena.wait_for_load_state("networkidle")
        if elena.locator("dialog[open] button.primary").count():
            elena.click("dialog[open] button.primary")
        elena.wait_for_load_state("networkidle")
        for name, keys in (("ana", "141541"), ("luis", "4182411"), ("marta", "51417")):
            agent = signed_in(browser, name)
            for key in keys:
                work(agent, key)
            if name == "ana":
                agent.goto(f"{ADDRESS}/desk/")
                agent.locator("#desk .asking").wait_for(state="detached")
                picture(agent, "desk")
                agent.goto(f"{ADDRESS}/desk/day/")
                picture(agent, "day")
                attend(agent, line="1", contract="1000378")
                picture(agent, "walk")
        elena.wait_for_timeout(15_000)  # figures are at most ten seconds old
        elena.goto(f"{ADDRESS}/campaigns/{this_month}/")
        picture(elena, "campaign")
        before = elena.goto(f"{ADDRESS}/campaigns/") and months(elena)[1]
        wait_for(elena, f"/campaigns/{before}/seal/", "xlsx")
        picture(elena, "seal")
        elena.goto(f"{ADDRESS}/campaigns/{before}/")
        picture(elena, "last-month")
        attend_a_morning(browser)
        elena.goto(f"{ADDRESS}/lines/times/")
        picture(elena, "times")
        elena.goto(f"{ADDRESS}/escalations/")
        picture(elena, "board", live=True)
        browser.close()


def attend(page: Page, *, line: str, contract: str) -> None:
    """A call up to its first decision, by keyboard, as the README says."""
    page.goto(f"{ADDRESS}/lines/")
    page.keyboard.press(line)
    page.wait_for_url("**/walks/**")
    page.wait_for_load_state("domcontentloaded")
    page.keyboard.press("Enter")
    page.wait_for_selector("#customer-search")
    page.keyboard.press("/")
    page.keyboard.type(contract)
    page.wait_for_selector(f"[data-found-for='{contract}']")
    page.keyboard.press("Enter")
    page.wait_for_selector("button.way")


def attend_a_morning(browser: Browser) -> None:
    """Some calls of other agents, at the pace of people, so that there are times to be seen."""
    for name in ("luis", "jorge"):
        agent = signed_in(browser, name)
        for line, contract in (("1", "1000378"), ("2", "1000378"), ("3", "1001309")):
            attend(agent, line=line, contract=contract)
            for _step in range(12):
                agent.wait_for_timeout(700)
                if agent.locator("#step-title").inner_text() == "Atención terminada":
                    break
                for field in agent.locator("#step-form [name=visit_day]").all():
                    field.fill(str(date.today() + timedelta(days=2)))  # noqa: DTZ011
                    agent.fill("[name=visit_hour]", "10:30")
                    agent.fill("[name=visit_address]", "Av. América 473")
                    agent.locator("#content").click(position={"x": 2, "y": 2})
                proposed = agent.locator("[data-proposed]")
                first = proposed.get_attribute("data-key") if proposed.count() else None
                agent.keyboard.press(first or ("1" if agent.locator("button.way").count() else "Enter"))


def months(page: Page) -> list[str]:
    found = re.findall(r"/campaigns/(\d{4}-\d{2})/", page.content())
    return sorted(set(found), reverse=True)


def first_period(page: Page) -> str:
    for _turn in range(PATIENCE // 3000):
        page.goto(f"{ADDRESS}/campaigns/")
        if len(found := months(page)) > 1:
            return found[0]
        page.wait_for_timeout(3000)
    sys.exit("The demo has no campaign of this month yet.")


if __name__ == "__main__":
    main()
