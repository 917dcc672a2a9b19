"""Take the screenshots of the README from a running demo that was just reset.

    make demo-reset && make run &
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


def picture(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.name}: {size // 1024} kB")
    if size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST // 1024} kB.")


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
                picture(agent, "desk")
                agent.goto(f"{ADDRESS}/desk/day/")
                picture(agent, "day")
        elena.wait_for_timeout(15_000)  # figures are at most ten seconds old
        elena.goto(f"{ADDRESS}/campaigns/{this_month}/")
        picture(elena, "campaign")
        before = elena.goto(f"{ADDRESS}/campaigns/") and months(elena)[1]
        wait_for(elena, f"/campaigns/{before}/seal/", "xlsx")
        picture(elena, "seal")
        elena.goto(f"{ADDRESS}/campaigns/{before}/")
        picture(elena, "last-month")
        browser.close()


def months(page: Page) -> list[str]:
    found = re.findall(r"/campaigns/(\d{4}-\d{2})/", page.content())
    return sorted(set(found), reverse=True)


def first_period(page: Page) -> str:
    page.goto(f"{ADDRESS}/campaigns/")
    page.wait_for_timeout(500)
    if not months(page):
        sys.exit("The demo has no campaign yet: wait a minute.")
    return months(page)[0]


if __name__ == "__main__":
    main()
