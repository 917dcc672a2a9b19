"""A centre of many machines: one after the other falls, or is cut off, while agents work. docs/operations.md.

Seventeen machines in network namespaces of this one, each with what a site's own would be told (deploy/cluster).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.faults.desks import OF_A_CONTACT, SIGN_IN, answers, upload
from tests.processes.house import ROOT, wait_until
from tests.processes.test_faults import CCVP, TRUTH
from tests.processes.test_upgrade import FURNISH

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
TRIAL = ROOT / "deploy" / "cluster" / "trial.py"
NAME, FRONT = "centro.comteco.example", "10.77.0.10"  # where people come to
DATABASES = {"10.77.0.41": "db1", "10.77.0.42": "db2"}
QUEUES = {"queue1": "10.77.0.51", "queue2": "10.77.0.52"}
DESKS, CONTACTS = 12, 4000
MORE = 40  # results of each desk after whatever happens
THINKS = 0.15  # seconds between two clicks
PAGES = 400  # of each who follows the links
GIVES_UP = 15.0  # seconds, as every page of ours
LONGEST = 30.0  # seconds until the site works again, whichever machine fell
RECEIVE = """
from datetime import date; from django.utils import timezone; from pathlib import Path
from campaigns.intake.receiving import receive_report
path = Path(%r)
at = {"period": date(2026, 12, 1), "now": timezone.now()}
print(receive_report(kind="ccvp", name=path.name, file=path.open("rb"), **at).pk)
"""
ONE_BY_ONE = (
    ("web1", "pgbouncer"),
    ("web2", "haproxy"),
    ("web3", "callcenter.wsgi"),
    ("front1", "nginx"),
    ("db1", "postgres -D"),
    ("db2", "patroni"),
    ("queue1", "valkey-server"),
    ("work1", "beat"),
    ("work2", "queues ticks"),
    ("quorum2", "etcd"),
)
AT_ONCE = """
from django.db import transaction
with transaction.atomic():  # clocks tick meanwhile, and count what is there
    exec(%r)
"""
RESULTS = "SELECT contact_id, count(*) FROM campaigns_attempt WHERE resulted_at IS NOT NULL GROUP BY contact_id"
RENEWALS = """
SELECT count(*) FROM campaigns_renewal
 WHERE campaign_id = (SELECT id FROM campaigns_campaign WHERE period = '2026-12-01')
"""


@dataclass
class Centre:
    folder: Path

    def trial(self, verb: str, *words: str) -> str:
        told = subprocess.run(
            [sys.executable, str(TRIAL), verb, str(self.folder), *words], cwd=ROOT, capture_output=True, text=True,
            check=False, env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        )  # fmt: skip
        assert told.returncode == 0, f"{verb} {words}: {told.stdout[-2000:]}\n{told.stderr[-2000:]}"
        return told.stdout

    def manage(self, *command: str) -> str:
        return self.trial("manage", "office", *command)

    @property
    def leads(self) -> str:
        """The address of the database that does, or nothing."""
        found = self.trial("status").splitlines()[-1].split(": ")[1]
        return "" if found == "nobody" else found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        password = json.loads((self.folder / "secrets.json").read_text())["superuser"]
        where = f"host={self.leads} dbname=callcenter user=postgres connect_timeout=5"
        with psycopg.connect(where, password=password, autocommit=True) as connection:
            return connection.execute(sql).fetchall()  # type: ignore[arg-type]

    def has_follower(self) -> bool:
        """Whether one of the databases follows in step and would take over: it says so itself."""
        return any(answers(f"http://{address}:8008/sync") for address in DATABASES)

    def holds_the_address(self) -> str:
        """The machine in front at which the address is that people come to."""
        for name in ("front1", "front2"):
            there = subprocess.run(
                ["ip", "-n", f"cc-{name}", "addr"], capture_output=True, text=True, check=True
            ).stdout
            if f"inet {FRONT}/" in there:
                return name
        return ""

    def leading_queue(self) -> str:
        """The name of the machine whose queue leads, as those say that follow or do not."""
        for name, address in QUEUES.items():
            with contextlib.suppress(RedisError), Redis(**self._queue(address)) as one:
                if one.info("replication")["role"] == "master":
                    return name
        return ""

    def empty_the_queue(self) -> None:
        with Redis(**self._queue(QUEUES[self.leading_queue()])) as one:
            one.flushall()

    def _queue(self, address: str) -> dict[str, Any]:
        password = json.loads((self.folder / "secrets.json").read_text())["queue_owner"]
        return {"host": address, "username": "owner", "password": password, "socket_timeout": 5}


@dataclass
class Clerk:
    """One desk, over the address people come to. What failed is tried again as a person does: by loading the page."""

    cookie: tuple[str, str]
    recorded: list[tuple[str, float]] = field(default_factory=list)  # contacts, and when it was answered
    failed: list[tuple[float, str]] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)  # contacts of which it is not known
    ends: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        told = {"Host": "centro.comteco.example", "Referer": "https://centro.comteco.example/desk/"}
        with httpx.Client(
            base_url="https://10.77.0.10", verify=False, headers=told, trust_env=False, timeout=GIVES_UP
        ) as line:  # noqa: S501
            line.cookies.set(*self.cookie)
            self._line, page = line, ""
            while not self.ends.is_set():
                open_ = [re.search(pattern, page) for pattern in OF_A_CONTACT]
                if not page:
                    page = self._told("GET", "/desk/", "")
                    time.sleep(THINKS)
                elif not all(open_):
                    page = self._told("POST", "/desk/next/", page)
                else:
                    contact, fence, telephone = (found[1] for found in open_ if found)
                    page = self._told(
                        "POST", "/desk/result/", page, contact=contact, fence=fence, telephone=telephone,
                        disposition="no_answer", undialled="1",
                    )  # fmt: skip
                    if page:
                        self.recorded.append((contact, time.monotonic()))
                    else:
                        self.unanswered.add(contact)
                time.sleep(THINKS)

    def _told(self, method: str, address: str, page: str, **data: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if method == "POST":
            data = {"csrfmiddlewaretoken": token[1] if token else "", **data}
        try:
            answer = self._line.request(
                method, address, data=data or None, headers={"HX-Request": "true"} if data else {}
            )
        except httpx.TransportError as error:
            self.failed.append((time.monotonic(), f"{address} {type(error).__name__}"))
            return ""
        if answer.status_code != 200:
            self.failed.append((time.monotonic(), f"{address} {answer.status_code}"))
            return ""
        return answer.text


@pytest.fixture
def centre() -> Iterator[Centre]:
    needed = ("ip", "unshare", "patroni", "etcd", "haproxy", "pgbouncer", "keepalived", "valkey-sentinel", "nginx")
    if os.geteuid() != 0 or not all(shutil.which(one, path=f"{os.environ['PATH']}:/usr/sbin") for one in needed):
        pytest.skip(f"machines of one's own need root and {', '.join(needed)}")
    with tempfile.TemporaryDirectory(prefix="callcenter-cluster-") as folder:
        it = Centre(Path(folder))
        try:
            it.trial("up")
            yield it
        finally:
            it.trial("down")


@contextlib.contextmanager
def at_work(centre: Centre) -> Iterator[list[Clerk]]:
    said = centre.manage("shell", "-v0", "-c", AT_ONCE % (FURNISH % {"agents": DESKS, "contacts": CONTACTS}))
    clerks = [Clerk((name, key)) for name, key in json.loads(said.splitlines()[-1])]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: all(clerk.recorded for clerk in clerks), what="each desk has recorded", seconds=120)
        yield clerks
    finally:
        for clerk in clerks:
            clerk.ends.set()
        for thread in threads:
            thread.join(120)


def signed_in(centre: Centre, who: str, role: str) -> tuple[str, str]:
    """The cookie of somebody who signed in."""
    name, key = json.loads(centre.manage("shell", "-v0", "-c", SIGN_IN % {"name": who, "role": role}).splitlines()[0])
    return name, key


def pages_that_failed(centre: Centre, *, who: str, role: str) -> tuple[int, list[str]]:
    """How many pages of who follows every link open through the pooler, and those that do not."""
    ahead, seen, failed = ["/"], {"/"}, []
    at = f"https://{FRONT}"
    with httpx.Client(base_url=at, verify=False, headers={"Host": NAME}, trust_env=False, timeout=60) as line:  # noqa: S501
        line.cookies.set(*signed_in(centre, who, role))
        while ahead and len(seen) < PAGES:
            answer = line.get(address := ahead.pop(0), follow_redirects=False)
            failed += [f"{answer.status_code} {address}"] if answer.status_code >= 500 else []
            found = [answer.headers.get("Location", ""), *re.findall(r'href="(/[^"#]*)"', answer.text)]
            new = {one.replace("&amp;", "&").removeprefix(f"https://{NAME}") for one in found} - seen
            new = {one for one in new if one.startswith("/") and not one.startswith(("/static/", "/accounts/logout"))}
            ahead, seen = [*ahead, *sorted(new)], seen | new
    return len(seen) - len(ahead), failed


def work_on(clerks: list[Clerk]) -> None:
    """Until each has recorded so many more."""
    before = [len(clerk.recorded) for clerk in clerks]
    wait_until(
        lambda: all(len(clerk.recorded) >= had + MORE for clerk, had in zip(clerks, before, strict=True)),
        seconds=180, what="every desk works on",
    )  # fmt: skip


def longest_wait(clerks: list[Clerk], since: float, until: float) -> tuple[float, float]:
    """Seconds in which nobody's result was recorded, and the longest of any one desk."""

    def longest(moments: list[float]) -> float:
        there = [since, *sorted(one for one in moments if since < one < until), until]
        return max(later - earlier for earlier, later in zip(there, there[1:], strict=False))

    all_of_them = [moment for clerk in clerks for _contact, moment in clerk.recorded]
    return longest(all_of_them), max(longest([moment for _contact, moment in clerk.recorded]) for clerk in clerks)


@pytest.mark.allow_hosts(["127.0.0.1", "10.77.0.0/24"])
def test_whichever_machine_falls_agents_work_on_and_nothing_is_lost(centre: Centre) -> None:
    (report,) = centre.manage("shell", "-v0", "-c", RECEIVE % str(CCVP)).split()[-1:]
    told = []
    with at_work(centre) as clerks:

        def fault(name: str, break_it: Callable[[], object], mend_it: Callable[[], object] | None = None) -> None:
            """Break and mend, and how long people waited for it: for the one, and for the other."""
            steps = [(name, break_it), *([(f"   {name} no more", mend_it)] if mend_it else [])]
            for what, do in steps:
                began, failed = time.monotonic(), sum(len(clerk.failed) for clerk in clerks)
                do()
                work_on(clerks)
                nobody, one = longest_wait(clerks, began, time.monotonic())
                failed = sum(len(clerk.failed) for clerk in clerks) - failed
                told.append((what, nobody))
                print(f"{what:40} nobody {nobody:5.1f} s, one desk {one:5.1f} s, {failed} clicks failed", flush=True)

        def falls(machine: str) -> None:
            fault(f"{machine} falls", lambda: centre.trial("kill", machine), lambda: centre.trial("start", machine))

        def is_cut_off(machine: str) -> None:
            fault(f"{machine} is cut off", lambda: centre.trial("cut", machine), lambda: centre.trial("join", machine))

        for machine in ("work1", "work2", "work3", "web1", centre.holds_the_address(), "quorum1"):
            falls(machine)
        for machine, program in ONE_BY_ONE:
            fault(f"{program} of {machine} ends", partial(centre.trial, "end", machine, program))
        falls(DATABASES[centre.leads])
        wait_until(centre.has_follower, what="the one that fell follows in step", seconds=180)
        falls(DATABASES[centre.leads])
        wait_until(centre.has_follower, what="and the other", seconds=180)
        falls("db1" if DATABASES[centre.leads] == "db2" else "db2")
        wait_until(centre.has_follower, what="and who followed", seconds=180)
        falls(centre.leading_queue())
        fault("the queue is emptied", centre.empty_the_queue)
        is_cut_off("web2")
        is_cut_off(centre.holds_the_address())
        is_cut_off(DATABASES[centre.leads])
        wait_until(centre.has_follower, what="who was cut off follows in step", seconds=180)
        work_on(clerks)
    wait_until(lambda: centre.rows(f"SELECT state FROM campaigns_report WHERE id = {report}") == [("published",)],
               what="the report is published", seconds=600)  # fmt: skip
    recorded = Counter(contact for clerk in clerks for contact, _moment in clerk.recorded)
    unanswered = {contact for clerk in clerks for contact in clerk.unanswered}
    rows = Counter({str(contact): count for contact, count in centre.rows(RESULTS)})
    told_of = sum(recorded.values())
    print(f"{told_of} results answered, {len(unanswered)} not, {sum(rows.values())} rows")
    assert {contact: rows[contact] for contact in recorded} == dict(recorded), "what was answered is there, once"
    assert set(rows) <= {*recorded, *unanswered}, "and nothing else"
    assert max(rows.values()) == 1
    assert centre.rows(RENEWALS) == [(TRUTH["report"]["items"],)]
    centre.manage("check_invariants")
    for who, role in (("elena", "supervisor"), ("oscar", "auditor"), ("ines", "administrator")):
        opened, failed = pages_that_failed(centre, who=who, role=role)
        print(f"{opened} pages of {who}", flush=True)
        assert failed == []
        assert opened > 20
    assert [(what, nobody) for what, nobody in told if nobody > LONGEST] == []


@pytest.mark.allow_hosts(["127.0.0.1", "10.77.0.0/24"])
def test_files_that_cannot_be_had_keep_nobody_from_the_telephone(centre: Centre) -> None:
    cookie = signed_in(centre, "elena", "supervisor")
    told = {"Host": NAME, "Referer": f"https://{NAME}/reports/upload/"}
    over = {"base_url": f"https://{FRONT}", "verify": False, "headers": told, "trust_env": False, "timeout": 60}
    with at_work(centre) as clerks, httpx.Client(**over) as line:
        line.cookies.set(*cookie)

        centre.trial("cut", "files")
        began, refused = time.monotonic(), upload(line)
        waited = time.monotonic() - began
        assert (refused.status_code, "El almacén de archivos no responde" in refused.text) == (422, True), refused.text
        assert centre.rows("SELECT count(*) FROM campaigns_report") == [(0,)]
        work_on(clerks)
        nobody, one = longest_wait(clerks, began, time.monotonic())
        centre.trial("join", "files")
        assert upload(line).status_code == 302
        centre.trial("cut", "files")  # before, or while, somebody reads it
        work_on(clerks)
        centre.trial("join", "files")
        wait_until(lambda: centre.rows("SELECT state FROM campaigns_report") == [("published",)],
                   what="the report is published", seconds=600)  # fmt: skip
    print(f"refused after {waited:.1f} s, nobody {nobody:.1f} s, one desk {one:.1f} s")
    assert nobody < LONGEST
    assert centre.rows(RENEWALS) == [(TRUTH["report"]["items"],)]
    centre.manage("check_invariants")
