"""An administrator sets the house up and sees no customer: every address and every page of the admin, read as her in a
world in which customers are marked (`tests/callcenter/planted.py`). Twice: as Inés, and as Ana, whose customers they
were before she was given that role.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pghistory import core

from agents.models import Role, User
from agents.people import give_role
from tests.callcenter.planted import CONTRACT, MARKS, NAME, TELEPHONE, marks_in, plant
from tests.callcenter.test_every_address import OURS, TABLE, sign_in
from tests.callcenter.world import World
from tests.databases import undone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
WHO = pytest.mark.parametrize("who", ["ines", "ana"])
# Rows she sees through their gate: of people, of what is set up, of herself; nobody's customer is in any of them.
SEES = {
    *("agents.Agent", "agents.AccountEvent", "api.Token", "inbound.ServiceLine", "telephony.Extension"),
    *("notices.Webhook", "notices.Delivery"),
}
HER_OWN = {"agents.Shift", "agents.AgentState", "escalations.SavedFilter", "telephony.Seat", "telephony.Monitoring"}


@pytest.fixture
def marked(world: World) -> World:
    plant(world)
    return world


def administrator(world: World, who: str) -> Client:
    """A browser of hers. Ana is one as of now: the calls, the contacts and the cards stay of the agent she was."""
    if who == "ana":
        give_role(user=world.ana.user, role=Role.ADMINISTRATOR)
    return sign_in(world, who)


def told(answer: Any) -> str:
    """All that an answer says: its head, its body, or what it streams."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.items())
    body = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
    return head + body.decode("utf-8", "replace")


def read(client: Client, path: str, sent: Any = None) -> tuple[int, str]:
    """Ask, and read the page one is sent to as well; what was changed by it is undone."""
    with undone():
        answer = client.get(path) if sent is None else client.post(path, sent)
        text, status = told(answer), answer.status_code
        if status == 302 and answer["Location"].startswith("/"):
            text += told(client.get(answer["Location"]))
    return status, text


def pages_of_the_house(world: World) -> Iterator[tuple[str, Any]]:
    for name in OURS:
        if name in TABLE and name != "account_logout":
            address = TABLE[name]
            path = reverse(name, kwargs=address.of(world) if address.of else {})
            sends = address.sends(world) if callable(address.sends) else address.sends
            yield path, None
            if sends is not None:
                yield path, sends
    for typed in (NAME, CONTRACT, TELEPHONE):
        yield reverse("campaigns:search"), {"q": typed}
        yield reverse("campaigns:search_suggestions"), {"q": typed}


def pages_of_the_admin() -> Iterator[tuple[str, Any]]:
    yield "/admin/", None
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist"), None
        yield reverse(f"{name}_changelist") + "?q=e", None
        yield reverse(f"{name}_add"), None
        if model._meta.label != "pghistory.Events":
            for row in model._default_manager.all()[:3]:
                yield reverse(f"{name}_change", args=[row.pk]), None
                yield reverse(f"{name}_history", args=[row.pk]), None
                yield reverse(f"{name}_delete", args=[row.pk]), None
                yield reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation:
                asked = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={field.name}"
                yield f"/admin/autocomplete/?term=a&{asked}", None


def pages_about_any_row() -> Iterator[tuple[str, Any]]:
    """What the admin has an address of for every row there is: its events, and what it stands for on the site."""
    changes = reverse("admin:pghistory_events_changelist")
    tables = connection.introspection.table_names()
    for model in apps.get_models():
        row = model._base_manager.first() if model._meta.db_table in tables else None
        label = model._meta.label
        yield f"{changes}?model={label}", None
        if row is not None:
            for method in ("", "&method=tracks", "&method=references"):
                yield f"{changes}?obj={label}:{row.pk}{method}", None
            yield f"/admin/r/{ContentType.objects.get_for_model(model).pk}/{row.pk}/", None
    for event in core.event_models():
        yield f"{changes}?event_model={event._meta.label_lower}", None
        kept = event._base_manager.order_by("-pk").first()
        if kept is not None:
            yield reverse("admin:pghistory_events_change", args=[f"{event._meta.label}:{kept.pk}"]), None
            yield reverse("admin:pghistory_events_history", args=[f"{event._meta.label}:{kept.pk}"]), None


def marks_told(client: Client, pages: Iterator[tuple[str, Any]]) -> dict[str, list[str]]:
    found = {}
    for path, sent in pages:
        status, text = read(client, path, sent)
        assert status < 500, (path, status)
        if marks := marks_in(text):
            found[f"{'POST' if sent is not None else 'GET'} {path}"] = sorted(marks)
    return found


@WHO
def test_no_page_of_the_house_tells_her_of_a_customer(marked: World, who: str) -> None:
    assert marks_told(administrator(marked, who), pages_of_the_house(marked)) == {}


@WHO
def test_no_page_of_the_admin_tells_her_of_a_customer(marked: World, who: str) -> None:
    assert marks_told(administrator(marked, who), pages_of_the_admin()) == {}


def test_no_address_of_the_admin_tells_her_of_a_customers_row(marked: World) -> None:
    assert marks_told(administrator(marked, "ines"), pages_about_any_row()) == {}


def test_who_steers_reads_every_mark(marked: World) -> None:
    """What was planted is there to be found: the same pages tell it to a supervisor."""
    seen: set[str] = set()
    for found in marks_told(sign_in(marked, "elena"), pages_of_the_house(marked)).values():
        seen |= set(found)
    assert seen == set(MARKS)


@WHO
def test_every_gate_of_a_customers_row_is_shut(marked: World, who: str) -> None:
    hers = marked.user(who)
    seen_before = {model._meta.label for model in gated() if seen_of(model, marked.elena) or seen_of(model, hers)}
    give_role(user=hers, role=Role.ADMINISTRATOR)
    open_to_her = {model._meta.label for model in gated() if seen_of(model, hers)}
    assert open_to_her <= SEES | HER_OWN, "decorate its visible_to with agents.gates.leads_to_customers"
    assert {"campaigns.Contact", "inbound.Walk", "escalations.Escalation", "inbound.OutsideWrite"} <= seen_before


def gated() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]


def seen_of(model: type[Model], user: User) -> bool:
    return bool(model._default_manager.visible_to(user).exists())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "asked",
    [
        *("telephony/outgoingcall/?number__startswith=%2B591", "telephony/queuecall/?number__startswith=%2B591"),
        *("telephony/callorder/?number__startswith=591", "telephony/callorder/?call__number__startswith=%2B591"),
        *("agents/search/?asked__startswith=P", "agents/disclosure/?reason__icontains=molino"),
        *("telephony/queuecall/?walk__customer_name__startswith=P", "axes/accessattempt/?get_data__contains=PL9"),
        "pghistory/events/?pgh_data__reason__icontains=gabriela",
    ],
)
def test_a_list_is_not_asked_for_what_it_hides(marked: World, asked: str) -> None:
    """Letter by letter, from whether a row is there, a number or a name could be read that no page shows."""
    client = administrator(marked, "ines")
    here = asked.partition("?")[0]
    assert client.get(f"/admin/{here}").status_code == 200
    assert client.get(f"/admin/{asked}").status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "telephony/queuecall/?switchboard__extensions__seat__agent__user__password__startswith=argon2",
        "telephony/queuecall/?switchboard__extensions__seat__agent__attempts__contact__contract__startswith=2",
        "telephony/outgoingcall/?switchboard__name__startswith=C",
        "notices/delivery/?webhook__secret__startswith=g",
        "agents/search/?at__contact__contract=1",
        "agents/powerrequest/?password__startswith=argon2",
        "notices/webhook/?secret__startswith=g",
        "axes/accesslog/?session_hash__startswith=a",
        "telephony/monitoring/?telephone__startswith=7",
    ],
)
def test_a_filter_is_no_door_into_the_house(marked: World, asked: str) -> None:
    """Behind the relation it filters by stands everything."""
    assert administrator(marked, "ines").get(f"/admin/{asked}").status_code == 400


def test_no_row_is_led_to_its_page_on_the_site(marked: World) -> None:
    for kind in range(1, 9):
        assert administrator(marked, "ines").get(f"/admin/r/{kind}/1/").status_code == 404


def test_each_filter_of_the_admin_is_taken(marked: World) -> None:
    client = administrator(marked, "ines")
    asked = 0
    for model, its_admin in admin.site._registry.items():
        for field in model._meta.concrete_fields:  # and what is behind them is told letter by letter by none
            assert not its_admin.lookup_allowed(f"{field.name}__startswith", "a", None), (model, field)
        here = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for link in set(re.findall(r'href="(\?[^"]+)"', client.get(here).content.decode())):
            assert client.get(here + html.unescape(link)).status_code == 200, (here, link)
            asked += 1
    assert asked > 20


def test_she_has_no_customers_model_among_those_of_the_admin(marked: World) -> None:
    """A superuser has every permission of Django's: what is not hers is not there."""
    assert marked.ines.is_superuser
    assert marked.ines.has_perm("campaigns.view_contact")
    kept = {model._meta.label for model in admin.site._registry}
    of_customers = {model._meta.label for model in gated()} - SEES - HER_OWN
    # of these she sees who, when and how it ended: LeadsToCustomers
    without = {
        "agents.Search",
        "agents.Disclosure",
        "telephony.OutgoingCall",
        "telephony.QueueCall",
        "telephony.CallOrder",
    }
    assert kept & of_customers <= without | {"inbound.ReservedSearch", "campaigns.Campaign"}
    assert "campaigns.DoNotCall" not in kept


def test_her_first_page_and_her_places(marked: World) -> None:
    client = administrator(marked, "ines")
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("owed_work")
    text = told(page)
    assert f'href="{reverse("agents:people")}"' in text
    assert f'href="{reverse("admin:index")}"' in text
    assert f'href="{reverse("campaigns:campaign_list")}"' not in text
    assert "SMTPRecipientsRefused" in text, "what failed, and not about whom"


def test_she_lets_the_machine_go_on_and_decides_about_no_single_one(marked: World) -> None:
    client = administrator(marked, "ines")
    one = reverse("owed_work_again", kwargs={"kind": "notice", "pk": marked.notice.pk})
    assert client.post(one).status_code == 403
    marked.notice.refresh_from_db()
    assert marked.notice.state == "parked"
    assert client.post(reverse("all_owed_work_again", kwargs={"kind": "notice"})).status_code == 302
    marked.notice.refresh_from_db()
    assert marked.notice.state == "waiting"


def test_she_hears_nothing_of_the_centre(marked: World) -> None:
    """The stream of the boards asks this, and every gate; the page has no address of it."""
    assert (marked.ines.sees_the_centre, marked.ines.steers_campaigns, marked.ines.knows_customers) == (False,) * 3
    assert "/live/" not in told(administrator(marked, "ines").get("/people/"))
