"""A machine with nothing on it becomes a site by one script: people sign in, work a contact, and it survives."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.browser.looking import open_desk
from tests.faults.machine import Machine
from tests.processes.house import wait_until
from tests.processes.test_upgrade import FURNISH

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
NAME = "centro.prueba.example"
PASSWORD = "agua-clara-en-tunari-8"
COUNTED = "from campaigns.models import Attempt; print(Attempt.objects.filter(disposition__isnull=False).count())"
UNITS = ("callcenter-ticks", "callcenter-jobs", "callcenter-beat", "callcenter-live", "nginx")


def manage(machine: Machine, *words: str) -> str:
    return machine.done("callcenter-manage", *words, seconds=300)


def signed_in(page: Page) -> None:
    """With the password, and the factor everybody sets up in production."""
    page.goto(f"https://{NAME}/")
    page.fill("input[name=login]", "agent0")
    for leads_to in ("**/reauthenticate/**", "**/totp/activate/**"):  # to come in, and for what is to be changed
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(leads_to)
    found = re.search(r"\b([A-Z2-7]{32})\b", page.inner_text("body").replace(" ", ""))
    assert found, page.url
    counter = next(iter(yield_hotp_counters_from_time()))
    page.fill("input[name=code]", format_hotp_value(hotp_value(found[1], counter)))
    with page.expect_navigation():
        page.press("input[name=code]", "Enter")


def a_contact_is_worked(machine: Machine) -> None:
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", rules])
        page = browser.new_context(ignore_https_errors=True).new_page()
        signed_in(page)
        page.goto(f"https://{NAME}/desk/")
        first = page.locator("#customer-name").inner_text()
        page.keyboard.press("Enter")
        page.get_by_text("En llamada").first.wait_for()
        page.keyboard.press("4")
        page.keyboard.press("Enter")
        page.wait_for_function("name => document.querySelector('#customer-name')?.innerText !== name", arg=first)
        browser.close()
    assert manage(machine, "shell", "-v0", "-c", COUNTED).split()[-1] == "1"


def began(machine: Machine) -> list[str]:
    told = machine.done("systemctl", "show", "-P", "ActiveEnterTimestampMonotonic", "postgresql@17-main", *UNITS)
    return told.split()


def it_comes_back_from_a_copy(machine: Machine, copy: str) -> None:
    """As docs/operations.md says, step by step; and what other tools restored is settled by the same hand."""
    assert machine.run("callcenter-manage", "restore", copy).returncode == 1, "people work"
    assert machine.run("callcenter-manage", "after_restore", "2026-01-01T00:00").returncode == 1, "people work"
    manage(machine, "restore", copy, "--only-check")
    postgres = ["runuser", "-u", "postgres", "--"]
    machine.done("systemctl", "stop", "callcenter.target", "callcenter-backup.timer", seconds=180)
    machine.done(*postgres, "dropdb", "callcenter")
    machine.done(*postgres, "createdb", "--owner", "callcenter_owner", "callcenter")
    machine.done("rm", "-rf", "/var/lib/callcenter/files")
    manage(machine, "restore", copy)
    assert "las sesiones terminaron" in manage(machine, "after_restore", "2026-01-01T00:00")
    machine.done("systemctl", "start", "callcenter.target", "callcenter-backup.timer", seconds=180)


def no_release_is_passed_over(machine: Machine) -> None:
    git = ["git", "-C", "/srv/callcenter", "-c", "user.name=x", "-c", "user.email=x@prueba.example"]
    (here,) = machine.done(*git, "rev-parse", "HEAD").split()
    for name in ("7.1.0", "7.2.0"):
        machine.done(*git, "commit", "--quiet", "--allow-empty", "-m", name)
        machine.done(*git, "tag", name)
    refused = machine.run("/srv/callcenter/deploy/install.sh", seconds=300)
    assert refused.returncode == 1
    assert "7.1.0 comes before 7.2.0: git -C /srv/callcenter checkout 7.1.0" in refused.stderr
    machine.done(*git, "checkout", "--quiet", here)


def new_agents_practise_beside_it(machine: Machine) -> None:
    """On invented customers at a port of its own, which knows nothing of the site, and goes as it came."""
    machine.done("/srv/callcenter/deploy/training.sh")
    asked = ["curl", "-sk", "--resolve", f"{NAME}:8443:127.0.0.1", f"https://{NAME}:8443/accounts/login/"]

    def says() -> bool:
        return (
            "Los clientes son inventados" in subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        )

    wait_until(says, what="the pages of training", seconds=900)
    process = machine.said("systemctl", "show", "-p", "MainPID", "--value", "callcenter-training")
    within = ["nsenter", "-t", process, "-m", "runuser", "-u", "callcenter-training", "--"]
    assert (
        machine.said(*within, "ls", "/etc/callcenter", "/var/lib/callcenter")
        == "/etc/callcenter:\n\n/var/lib/callcenter:"
    )
    with sync_playwright() as driver:
        rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", rules])
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(f"https://{NAME}:8443/")
        page.fill("input[name=login]", "ana")
        page.fill("input[name=password]", "prepago")
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/desk/**")

        def has_a_customer() -> bool:
            open_desk(page, f"https://{NAME}:8443/desk/")
            return page.locator("[name=contact]").count() > 0

        wait_until(has_a_customer, what="a customer of the month that launched itself", seconds=900)
        browser.close()
    machine.done("/srv/callcenter/deploy/training.sh", "--off", seconds=120)
    assert not says()


def test_a_bare_machine_is_a_site_by_one_script(machine: Machine) -> None:
    machine.done("/srv/callcenter/deploy/install.sh", NAME, seconds=1500)
    assert {machine.said("systemctl", "is-active", unit) for unit in UNITS} == {"active"}
    before = began(machine)
    machine.done("/srv/callcenter/deploy/install.sh", seconds=600)
    assert began(machine) == before, "twice starts nothing anew"
    cookies = json.loads(manage(machine, "shell", "-v0", "-c", FURNISH % {"agents": 1, "contacts": 3}).splitlines()[-1])
    assert cookies
    word = f"u = User.objects.get(username='agent0'); u.set_password('{PASSWORD}'); u.save()"
    manage(machine, "shell", "-v0", "-c", f"from agents.models import User; {word}")
    a_contact_is_worked(machine)
    machine.done("systemctl", "start", "callcenter-backup")
    (copy,) = machine.done("ls", "/var/backups/callcenter").split()
    taken = machine.run("runuser", "-u", "callcenter", "--", "rm", "-rf", f"/var/backups/callcenter/{copy}")
    assert taken.returncode != 0, "who takes a page deletes no copy"
    it_comes_back_from_a_copy(machine, f"/var/backups/callcenter/{copy}")
    assert manage(machine, "shell", "-v0", "-c", COUNTED).split()[-1] == "1"
    machine.done("systemctl", "kill", "-s", "KILL", "callcenter-jobs", "callcenter-web@8000", "postgresql@17-main")
    url = f"https://{NAME}/accounts/login/"
    asked = ["curl", "-sko", "/dev/null", "-w", "%{http_code}", "--resolve", f"{NAME}:443:127.0.0.1", url]
    wait_until(
        lambda: subprocess.run(asked, capture_output=True, check=False).stdout == b"200", what="pages", seconds=30
    )
    wait_until(lambda: machine.said("systemctl", "is-active", "callcenter-jobs") == "active", what="jobs", seconds=30)
    assert "✗" not in manage(machine, "check_invariants")
    no_release_is_passed_over(machine)
    new_agents_practise_beside_it(machine)
    machine.done("systemctl", "stop", "callcenter.target", seconds=180)
    left = machine.said("systemctl", "list-units", "callcenter-*.service", "--state=active", "--plain", "--no-legend")
    assert left == ""
