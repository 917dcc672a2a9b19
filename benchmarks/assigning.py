"""A campaign assigned, assigned again, and 20,000 contacts of an absent agent given to others while desks go on.

    python -m benchmarks.assigning [--contacts 819000] [--agents 40] [--desks 8]

The limits, measured in the same run: the list entries inserted with nothing decided, and one bare UPDATE of the owner
of as many rows. While contacts change hands, desks of the receiving agents take contacts as fast as they can; the
longest of their transactions is printed.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks._house import own_database

LA_PAZ = ZoneInfo("America/La_Paz")
MORNING = datetime(2026, 11, 25, 8, 0, tzinfo=LA_PAZ)
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=LA_PAZ)
MOVED = 20_000
CONTACTS = """
INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones, zone,
                               address, segment, amount_due, due_on)
SELECT %(campaign)s, 'C' || n, CASE WHEN n %% 9 < 2 THEN 'BOTH' WHEN n %% 3 = 0 THEN 'TV' ELSE 'INTERNET' END,
       'Cliente ' || n, 'CLIENTE ' || n, n::text, ARRAY['+5917' || lpad((n %% 10000000)::text, 7, '0')],
       'Zona ' || n %% 13, 'Av. ' || n, 'A', 100 + n %% 400, DATE '2026-11-30' - (n %% 6)::int
  FROM generate_series(1, %(contacts)s) n
"""
BARE = """
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT id, campaign_id, call_list, 'open', 1 + id %% %(agents)s, id, %(now)s, 0, 0, 0 FROM campaigns_contact
"""


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def print_ratio(what: str, seconds: float, limit: float, limit_is: str) -> None:
    print(f"   {what}: {seconds:.2f} s = {seconds / limit:.2f} × {limit_is} ({limit:.2f} s)", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--contacts", type=int, default=819_000)
    options.add_argument("--agents", type=int, default=40)
    options.add_argument("--desks", type=int, default=8)
    chosen = options.parse_args()
    with own_database():
        import django

        django.setup()
        measure(contacts=chosen.contacts, agents=chosen.agents, desks=chosen.desks)


def measure(*, contacts: int, agents: int, desks: int) -> None:
    from django.db import connection

    from agents.models import Agent
    from campaigns.assignment.assigning import assign, open_lists
    from campaigns.assignment.moving import Selection
    from campaigns.assignment.rebalancing import reassign
    from campaigns.models import AssignmentShare, Campaign, ListEntry

    people = make_people(agents)
    campaign = Campaign.objects.create(
        period=date(2026, 12, 1),
        state="proposed",
        calls_from=date(2026, 11, 25),
        calls_until=date(2026, 11, 30),
        report_due_at=MORNING,
        created_at=MORNING,
    )
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS, {"campaign": campaign.pk, "contacts": contacts})
        cursor.execute("ANALYZE campaigns_contact")
        limit = timed(lambda: cursor.execute(BARE, {"agents": agents, "now": NOW}))
        cursor.execute("TRUNCATE campaigns_listentry")
    print(f"   {contacts:,} contacts, {agents} agents")
    inserted = "list entries inserted with nothing decided"
    print_ratio(
        "assigned as they are written", timed(lambda: open_lists(campaign=campaign, now=MORNING)), limit, inserted
    )
    print_ratio("assigned again, the same", timed(lambda: assign(campaign=campaign, now=MORNING)), limit, inserted)
    AssignmentShare.objects.filter(agent=people[-1]).update(weight=2)
    print_ratio(
        "assigned again, a weight changed", timed(lambda: assign(campaign=campaign, now=MORNING)), limit, inserted
    )

    campaign.state = Campaign.State.RUNNING
    campaign.save()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE campaigns_listentry")
    absent, others = people[0], people[1:]
    missing = MOVED - ListEntry.objects.filter(owner=absent).count()
    extra = list(ListEntry.objects.exclude(owner=absent).order_by("pk").values_list("pk", flat=True)[: max(0, missing)])
    ListEntry.objects.filter(pk__in=extra).update(owner=absent)
    rows = list(ListEntry.objects.filter(owner=absent).values_list("pk", flat=True))
    bare = timed(lambda: ListEntry.objects.filter(pk__in=rows).update(owner=others[0]))
    ListEntry.objects.filter(pk__in=rows).update(owner=absent)
    stop, waits = threading.Event(), []
    at_work = [threading.Thread(target=desk, args=(agent, stop, waits)) for agent in others[:desks]]
    for thread in at_work:
        thread.start()
    time.sleep(1)
    before = len(waits)
    spent = timed(
        lambda: reassign(campaign=campaign, selection=Selection(agents=(absent.pk,)), to=list(others), by=None, now=NOW)
    )
    during = sorted(waits[before:])
    stop.set()
    for thread in at_work:
        thread.join()
    print_ratio(f"{len(rows):,} contacts reassigned", spent, bare, "a bare UPDATE of as many owners")
    if during:
        print(
            f"   meanwhile {desks} desks took {len(during)} contacts:"
            f" median {during[len(during) // 2] * 1000:.0f} ms, longest {during[-1] * 1000:.0f} ms"
        )
    assert not ListEntry.objects.filter(owner=absent, state="open").exists()
    assert Agent.objects.count() == agents


def make_people(number: int) -> list[Any]:
    from agents.models import Agent, Role, Skill, User

    skills = [Skill.objects.get_or_create(code=code, defaults={"name": code})[0] for code in ("INTERNET", "TV")]
    people = []
    for place in range(number):
        user = User.objects.create(username=f"agente{place}", first_name=f"Agente {place}", role=Role.AGENT)
        agent = Agent.objects.create(user=user)
        agent.skills.set(skills)
        people.append(agent)
    return people


def desk(agent: Any, stop: threading.Event, waits: list[float]) -> None:
    """One agent who takes contact after contact, each finished at once."""
    from django.db import connection, transaction

    from campaigns.desk.giving import give_next
    from campaigns.models import ListEntry

    while not stop.is_set():
        began = time.perf_counter()
        with transaction.atomic():
            given = give_next(agent=agent, now=NOW)
        waits.append(time.perf_counter() - began)
        if given is not None:
            finished = ListEntry.objects.filter(pk=given.contact_id)
            finished.update(state="done", lease_agent=None, lease_until=None)
        time.sleep(0.05)
    connection.close()


if __name__ == "__main__":
    main()
