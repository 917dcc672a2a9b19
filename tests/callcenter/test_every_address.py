"""Every address × everybody × own and somebody else's object. An address that is not in the table fails.

A new address needs one line in ADDRESSES: its name, who opens it, and

    of=lambda world: {…}    the arguments of its address, made of objects of Ana (tests/callcenter/world.py);
                            an agent who is not Ana must then get 404 (`shared=True`: agents see it whoever has it)
    sends={…}               it changes something: it is posted, and a GET must be refused with 405
                            (`form=True`: its GET shows the form instead); a function of the world like `of`
    hidden=True             to whom it does not open it does not exist: 404 instead of 403
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.callcenter.world import World
from tests.databases import undone

EVERYBODY = ("ana", "marta", "elena", "oscar", "ines")
AGENTS = ("ana", "marta")
CENTRE = ("elena", "oscar")
STEERING = ("elena",)
WORKING = ("ana", "marta", "elena")
KNOW_CUSTOMERS = ("ana", "marta", "elena", "oscar")
OVERSEEING = ("elena", "oscar", "ines")
OPERATING = ("elena", "ines")
AUDITOR = ("oscar",)
ADMINISTRATOR = ("ines",)
ANYBODY = (*EVERYBODY, "nobody")
SIGN_IN = "/accounts/login/"


@dataclass(frozen=True)
class Address:
    """One line of the table."""

    name: str
    opens_to: tuple[str, ...]
    of: Callable[[World], dict[str, Any]] | None = None
    sends: dict[str, Any] | Callable[[World], dict[str, Any]] | None = None
    form: bool = False
    shared: bool = False
    hidden: bool = False


def month(world: World) -> dict[str, Any]:
    return world.month


def on_desk(world: World) -> dict[str, Any]:
    return {"contact": world.contact.pk, "fence": 1, "telephone": world.contact.telephones[0]}


def on_walk(world: World) -> dict[str, Any]:
    return {"key": world.walk.key}


def at_question(world: World) -> dict[str, Any]:
    return {"key": world.asking.key}


def a_call(world: World) -> dict[str, Any]:
    return {"pk": world.escalation.pk}


ADDRESSES = [
    # for programs: they ask with a token (tests/api)
    Address("api:openapi-json", OVERSEEING),
    Address("api:openapi-view", OVERSEEING),
    # the frame
    Address("home", EVERYBODY),
    Address("livez", ANYBODY),
    Address("readyz", ANYBODY),
    Address("metrics", ANYBODY),
    Address("demo_progress", ANYBODY),
    Address("customer", KNOW_CUSTOMERS, of=lambda world: {"contract": world.contact.contract}),
    Address("manual", EVERYBODY, of=lambda _world: {"path": "es/index.html"}, shared=True),
    Address("set_language", ANYBODY, sends={"language": "en"}, form=True),
    Address("screens:components", ADMINISTRATOR, hidden=True),
    Address("screens:fragment", EVERYBODY),
    # the first day
    Address("setup", ADMINISTRATOR),
    Address("setup_people", ADMINISTRATOR, form=True),
    Address("setup_word", ADMINISTRATOR, of=lambda _world: {"code": "hours"}, sends={"how": "right"}),
    Address("setup_try", ADMINISTRATOR, of=lambda _world: {"code": "ccvp"}, sends={}),
    # signing in
    Address("account_login", ANYBODY),
    Address("account_logout", ANYBODY, sends={}, form=True),
    Address("account_inactive", ANYBODY),
    Address("account_signup", ANYBODY, form=True),
    Address("account_reauthenticate", EVERYBODY, form=True),
    Address("account_seen", EVERYBODY, sends={}),
    Address("usersessions_list", EVERYBODY, form=True),
    Address("account_change_password", EVERYBODY, form=True),
    Address("mfa_index", EVERYBODY),
    Address("mfa_authenticate", (), form=True),
    Address("mfa_reauthenticate", EVERYBODY, form=True),
    Address("mfa_activate_totp", EVERYBODY, form=True),
    Address("mfa_deactivate_totp", (), hidden=True),
    Address("mfa_view_recovery_codes", (), hidden=True),
    Address("mfa_generate_recovery_codes", EVERYBODY, form=True),
    Address("mfa_download_recovery_codes", (), hidden=True),
    # people
    Address("agents:people", OVERSEEING),
    Address("agents:books", CENTRE),
    Address("agents:change_duty", STEERING, of=lambda world: {"pk": world.ana.pk}, sends={"on_duty": "no"}),
    Address("agents:my_shift", AGENTS),
    Address("agents:shift", CENTRE, of=lambda world: {"pk": world.ana.pk}),
    Address("agents:question", AGENTS, of=lambda world: {"pk": world.stretch.pk}, sends={"note": "x"}, form=True),
    Address("agents:question_seen", STEERING, of=lambda world: {"pk": world.question.pk}, sends={}),
    Address("agents:ready", AGENTS, sends={}),
    Address("agents:message_seen", AGENTS, of=lambda world: {"pk": world.message.pk}, sends={}),
    Address("own_day", AGENTS),
    Address("campaigns:desk_pause_stands", AGENTS),
    Address("workdays", CENTRE),
    Address("workdays_handling", CENTRE),
    Address("workdays_export", CENTRE, sends={}),
    # telephones
    Address("telephony:seat", WORKING, sends={"extension": ""}),
    Address("telephony:seat_stands", WORKING),
    # the control room
    Address("service_level:newest", CENTRE),
    Address("service_level:staffing", CENTRE),
    Address("service_level:staffing_export", CENTRE, sends={}),
    Address("service_level:month", CENTRE, of=lambda world: {"named": "2026-11"}),
    Address("service_level:export", CENTRE, of=lambda world: {"named": "2026-11"}, sends={}),
    Address("service_level:beside", CENTRE, of=lambda world: {"named": "2026-11"}),
    Address("service_level:line", CENTRE, of=lambda world: {"named": "2026-11", "line": "101"}),
    Address("service_level:calls", CENTRE, of=lambda world: {"named": "2026-11", "line": "att"}),
    Address("service_level:asternic", CENTRE, of=lambda world: {"named": "2026-11"}),
    Address("service_level:asternic_export", CENTRE, of=lambda world: world.asternic),
    Address("service_level:asternic_remove", STEERING, of=lambda world: world.asternic, sends={}),
    Address("service_level:seal", CENTRE, of=lambda world: {"named": "2026-11"}),
    Address("service_level:seal_month", STEERING, of=lambda world: {"named": "2026-11"}, sends={}),
    Address("service_level:seal_progress", CENTRE, of=lambda world: {"named": "2026-11"}),
    Address("service_level:seal_file", CENTRE, of=lambda world: world.sealed_indicator, sends={}),
    Address("service_level:day", CENTRE, of=lambda world: {"named": "2026-11", "day": "2026-11-25"}),
    Address("service_level:others", CENTRE, of=lambda world: {"named": "2026-11", "line": "att"}),
    Address("service_level:call", CENTRE, of=lambda world: {"pk": world.logged_visit.pk}),
    Address("control_room:room", CENTRE),
    Address("control_room:now", CENTRE),
    Address("control_room:campaigns", CENTRE),
    Address("wallboard:wallboard", ANYBODY, of=lambda world: world.wallboard, shared=True),
    Address("wallboard:layout", ANYBODY, of=lambda world: {**world.wallboard, "layout": "agents"}, shared=True),
    Address("wallboard:now", ANYBODY, of=lambda world: {**world.wallboard, "layout": "all"}, shared=True),
    Address("control_room:agent", CENTRE, of=lambda world: {"pk": world.ana.pk}),
    Address("control_room:message", STEERING, of=lambda world: {"pk": world.ana.pk}, sends={"text": "x"}),
    Address("control_room:pause", STEERING, of=lambda world: {"pk": world.ana.pk}, sends={"reason": ""}),
    Address("control_room:back", STEERING, of=lambda world: {"pk": world.ana.pk}, sends={}),
    Address("control_room:monitor", STEERING, of=lambda world: {"pk": world.ana.pk}, sends={"kind": "listen"}),
    Address("control_room:stop_monitoring", STEERING, sends={}),
    Address("control_room:monitorings", CENTRE),
    Address("control_room:take_away", STEERING, of=lambda world: {"pk": world.ana.pk}, sends={}),
    # reports
    Address("campaigns:report_list", CENTRE),
    Address("campaigns:report_upload", STEERING, sends={}, form=True),
    Address("campaigns:report", CENTRE, of=lambda world: {"pk": world.report.pk}),
    Address("campaigns:report_progress", CENTRE, of=lambda world: {"pk": world.report.pk}),
    Address("campaigns:report_accept", STEERING, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:report_read_again", STEERING, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:report_discard", STEERING, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:report_withdraw", STEERING, of=lambda world: {"pk": world.report.pk}, sends={}, form=True),
    Address("campaigns:receipt_annul", STEERING, of=lambda world: {"pk": world.receipt.pk}, sends={}, form=True),
    Address("campaigns:refund_confirm", STEERING, of=lambda world: {"pk": world.refund.pk}, sends={}, form=True),
    Address("campaigns:report_fill_up", STEERING, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:report_changes", CENTRE, of=lambda world: {"pk": world.report.pk}),
    Address("campaigns:report_changes_export", CENTRE, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:rejected_rows", CENTRE, of=lambda world: {"pk": world.report.pk}),
    Address("campaigns:rejected_rows_export", CENTRE, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:rejected_rows_dismiss", STEERING, of=lambda world: {"pk": world.report.pk}, sends={}),
    Address("campaigns:rejected_row_admit", STEERING, of=lambda world: {"pk": world.rejected_row.pk}, sends={}),
    Address("campaigns:rejected_row_dismiss", STEERING, of=lambda world: {"pk": world.rejected_row.pk}, sends={}),
    # payments
    Address("campaigns:payment_age", EVERYBODY),
    Address("campaigns:payment_list", CENTRE),
    Address("campaigns:payment_export", CENTRE, sends={}),
    Address("campaigns:match_again", STEERING, sends={}),
    Address("campaigns:promise_list", KNOW_CUSTOMERS),
    Address("campaigns:promise_export", CENTRE, sends={}),
    # mail
    Address("notices:outbox", CENTRE),
    Address("notices:notice", CENTRE, of=lambda world: {"pk": world.notice.pk}),
    Address("notices:attachment", CENTRE, of=lambda world: world.attachment, sends={}),
    Address("notices:retry", STEERING, of=lambda world: {"pk": world.notice.pk}, sends={}),
    Address("notices:retry_all", STEERING, sends={}),
    # what is owed
    Address("owed_work", OVERSEEING),
    Address("owed_work_again", STEERING, of=lambda world: {"kind": "notice", "pk": world.notice.pk}, sends={}),
    Address("all_owed_work_again", OPERATING, of=lambda world: {"kind": "notice"}, sends={}),
    # what was handed over
    Address("escalations:board", KNOW_CUSTOMERS),
    Address("escalations:board_counts", CENTRE),
    Address("escalations:board_column", CENTRE, of=lambda world: {"code": "new"}, shared=True),
    Address("escalations:board_card", CENTRE, of=lambda world: {"pk": world.escalation.pk}),
    Address("escalations:escalation_list", KNOW_CUSTOMERS),
    Address("escalations:changes", KNOW_CUSTOMERS),
    Address("escalations:escalations_several", STEERING, sends={"verb": "take"}, form=True),
    Address("escalations:escalation_export", CENTRE, sends={}),
    Address("escalations:calls", AGENTS),
    Address("escalations:call_dial", AGENTS, of=a_call, sends={}),
    Address("escalations:call_take", AGENTS, of=a_call, sends={}),
    Address("escalations:call_give_back", AGENTS, of=a_call, sends={}),
    Address("escalations:call_not_reached", AGENTS, of=a_call, sends={}),
    Address("escalations:call_told", AGENTS, of=a_call, sends={}),
    Address("escalations:escalation_call", WORKING, of=a_call, sends={}),
    Address("escalations:call_phase", WORKING, of=a_call),
    Address("escalations:call_hang_up", WORKING, of=a_call, sends={}),
    Address("escalations:times", CENTRE),
    Address("escalations:times_export", CENTRE, sends={}),
    Address("escalations:escalation", KNOW_CUSTOMERS, of=lambda world: {"pk": world.escalation.pk}),
    Address("escalations:filter_save", CENTRE, of=lambda world: {"place": "board"}, sends={"name": "x"}, shared=True),
    Address("escalations:filter_forget", STEERING, of=lambda world: world.saved_filter, sends={}, hidden=True),
    Address("escalations:mentions_seen", STEERING, of=lambda world: {"pk": world.escalation.pk}, sends={}),
    Address("escalations:escalation_reveal", AUDITOR, of=lambda world: {"pk": world.escalation.pk}, sends={}),
    Address(
        "escalations:escalation_step",
        WORKING,
        of=lambda world: {"pk": world.escalation.pk, "verb": "take"},
        sends={},
    ),
    Address(
        "escalations:escalation_undo", WORKING, of=lambda world: {"pk": world.escalation.pk}, sends={"version": "0"}
    ),
    Address("escalations:letter", STEERING, of=lambda world: {"pk": world.escalation.pk}, form=True),
    Address("escalations:letter_retry", STEERING, of=lambda world: world.letter, sends={}),
    # what is owed to other systems
    Address("inbound:write_list", KNOW_CUSTOMERS),
    Address("inbound:write_day", CENTRE),
    Address("inbound:write_day_export", CENTRE, sends={}),
    Address("inbound:writes_try_again", STEERING, sends={}),
    Address("inbound:write", KNOW_CUSTOMERS, of=lambda world: {"pk": world.write.pk}),
    Address("inbound:write_reveal", AUDITOR, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:walk_reveal", AUDITOR, of=lambda world: {"key": world.walk.key}, sends={}),
    Address("inbound:write_settle", STEERING, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_question", STEERING, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_by_hand", KNOW_CUSTOMERS, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_give_up", KNOW_CUSTOMERS, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_approve", STEERING, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_decline", STEERING, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_give_back", STEERING, of=lambda world: {"pk": world.write.pk}, sends={}),
    Address("inbound:write_try_again", STEERING, of=lambda world: {"pk": world.write.pk}, sends={}),
    # the inbound lines
    Address("inbound:lost", CENTRE),
    Address("inbound:lost_of_a_month", CENTRE, of=lambda world: {"named": "2026-11"}),
    Address("inbound:attended", CENTRE),
    Address("inbound:attended_export", CENTRE, sends={}),
    Address("inbound:repairs", CENTRE),
    Address("inbound:repairs_export", CENTRE, sends={}),
    Address("inbound:times", CENTRE),
    Address("inbound:times_export", CENTRE, sends={}),
    Address("inbound:lines", AGENTS),
    Address(
        "inbound:begin",
        AGENTS,
        shared=True,
        sends=lambda world: {"line": world.line.number, "key": str(uuid.uuid4())},
    ),
    Address("inbound:walk", KNOW_CUSTOMERS, of=lambda world: {"key": world.walk.key}),
    Address("inbound:walk_answer", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_look", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_outcome", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_by_hand", AGENTS, of=on_walk, sends={"position": "99"}, hidden=True),
    Address("inbound:walk_back", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_continue", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_leave", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_caller", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_draft", AGENTS, of=on_walk, sends={"position": "1"}, hidden=True),
    Address("inbound:walk_customers", AGENTS, of=at_question, sends={"text": ""}, hidden=True),
    Address("inbound:walk_left_behind", KNOW_CUSTOMERS, of=lambda world: {"key": world.walk.key}),
    Address("inbound:walk_diagram", KNOW_CUSTOMERS, of=lambda world: {"key": world.walk.key}),
    # what rings at her telephone
    Address("inbound:ringing", AGENTS),
    Address("inbound:ringing_caller", AGENTS, of=lambda world: {"key": world.queue_call.pk}),
    Address("inbound:ringing_attend", AGENTS, of=lambda world: {"key": world.queue_call.pk}, sends={}),
    Address("inbound:ringing_hang_up", AGENTS, of=lambda world: {"key": world.queue_call.pk}, sends={}),
    Address("inbound:ringing_transfer", AGENTS, of=lambda world: {"key": world.queue_call.pk}, form=True),
    # what a card asks of the lines
    Address("inbound:card_trail", KNOW_CUSTOMERS, of=lambda world: {"pk": world.escalation.pk}),
    Address("inbound:card_lane", KNOW_CUSTOMERS, of=lambda world: {"pk": world.escalation.pk}),
    Address("inbound:card_attend", STEERING, of=lambda world: {"pk": world.escalation.pk}, sends={}),
    # the campaign
    Address("campaigns:campaign_list", CENTRE),
    Address("campaigns:campaign", CENTRE, of=month),
    Address("campaigns:campaign_figures", CENTRE, of=month),
    Address("campaigns:campaign_export", CENTRE, of=month, sends={}),
    Address("campaigns:campaign_step", STEERING, of=lambda world: {**world.month, "verb": "pause"}, sends={}),
    Address("campaigns:close", STEERING, of=month, form=True),
    Address("campaigns:words", STEERING, of=month, form=True),
    Address("campaigns:plan", CENTRE, of=month),
    Address("campaigns:plan_goals", STEERING, of=month, sends={}),
    Address("campaigns:plan_take_over", STEERING, of=month, sends={}),
    Address("campaigns:contact_list", CENTRE, of=month),
    Address("campaigns:contact_export", CENTRE, of=month, sends={}),
    Address("campaigns:errand_again", STEERING, of=lambda world: {**world.month, "kind": "seal"}, sends={}),
    Address("campaigns:list_export", STEERING, of=lambda world: world.export, hidden=True),
    Address("campaigns:list_export_progress", STEERING, of=lambda world: world.export, hidden=True),
    Address("campaigns:list_export_file", (), of=lambda world: world.export, hidden=True),
    Address("campaigns:list_export_again", STEERING, of=lambda world: world.export, sends={}, hidden=True),
    Address("campaigns:seal", CENTRE, of=lambda world: world.sealed),
    Address("campaigns:seal_verify", CENTRE, of=lambda world: world.sealed, sends={}),
    Address("campaigns:reseal", STEERING, of=lambda world: world.sealed, sends={"reason": "x"}),
    Address("campaigns:seal_file", CENTRE, of=lambda world: {**world.sealed, "revision": 1, "kind": "xlsx"}, sends={}),
    # who is not to be called
    Address("campaigns:do_not_call", CENTRE),
    Address("campaigns:do_not_call_add", STEERING, sends={"contract": "1", "reason": "x"}),
    Address("campaigns:do_not_call_take_off", STEERING, of=lambda world: {"pk": world.not_called.pk}, sends={}),
    # assigning
    Address("campaigns:proposal", CENTRE, of=month),
    Address("campaigns:assign", STEERING, of=month, sends={}),
    Address("campaigns:assignment_progress", CENTRE, of=month),
    Address("campaigns:launch", STEERING, of=month, sends={}),
    Address("campaigns:reassign", STEERING, of=month, form=True),
    Address(
        "campaigns:undo_reassignment",
        STEERING,
        of=lambda world: {**world.month, "pk": world.reassignment.pk},
        sends={},
    ),
    # the desk
    Address("campaigns:desk", AGENTS),
    Address("campaigns:desk_next", AGENTS, sends={}),
    Address("campaigns:desk_call", AGENTS, sends=on_desk),
    Address("campaigns:desk_call_phase", AGENTS),
    Address("campaigns:desk_when_free", AGENTS),
    Address("campaigns:desk_hang_up", AGENTS, sends=on_desk),
    Address("campaigns:desk_result", AGENTS, sends=on_desk),
    Address("campaigns:desk_pulse", AGENTS, sends=on_desk, shared=True),
    Address("campaigns:desk_draft", AGENTS, sends=on_desk, shared=True),
    Address("campaigns:desk_give_back", AGENTS, sends=on_desk, shared=True),
    Address("campaigns:desk_pause", AGENTS, sends={}),
    Address("campaigns:my_list", AGENTS),
    Address("campaigns:my_list_export", AGENTS, sends={}),
    Address("campaigns:my_day", AGENTS),
    Address("campaigns:search", KNOW_CUSTOMERS, sends={"q": "rosa"}, form=True),
    Address("campaigns:search_suggestions", KNOW_CUSTOMERS, sends={"q": "rosa"}),
    Address("campaigns:agenda", KNOW_CUSTOMERS),
    Address("campaigns:call_back", WORKING, of=lambda world: {"pk": world.call_back.pk}, form=True),
    Address("campaigns:contact", KNOW_CUSTOMERS, of=lambda world: {"pk": world.contact.pk}),
    Address("campaigns:contact_open", AGENTS, of=lambda world: {"pk": world.contact.pk}, sends={}),
    Address("campaigns:contact_reveal", AUDITOR, of=lambda world: {"pk": world.contact.pk}, sends={"reason": "x"}),
    Address("campaigns:correct_result", AGENTS, of=lambda world: {"pk": world.attempt.pk}, form=True),
]
TABLE = {address.name: address for address in ADDRESSES}


def walk(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, (*names, pattern.namespace) if pattern.namespace else names)
        else:
            yield ":".join((*names, pattern.name or str(pattern.pattern))), pattern


ROUTED = dict(walk(get_resolver()))
OF_THE_DOCUMENT = ("api:openapi-json", "api:openapi-view")
FOR_PROGRAMS = sorted(name for name in ROUTED if name.startswith("api:") and name not in OF_THE_DOCUMENT)
OURS = sorted(name for name in ROUTED if not name.startswith("admin:") and name not in FOR_PROGRAMS)
ADMIN = sorted(name for name in ROUTED if name.startswith("admin:") and "(" not in name and "/" not in name)
LEFT_OUT_OF_ADMIN = {"admin:login", "admin:logout", "admin:jsi18n"}  # open to who is signed in; nothing of ours in them


def told(name: str) -> str:
    return f"{name} is unknown: add `Address({name!r}, …),` to ADDRESSES in tests/callcenter/test_every_address.py"


@pytest.mark.parametrize("name", OURS)
def test_every_address_is_in_the_table(name: str) -> None:
    assert name in TABLE, told(name)


def test_the_table_names_no_address_that_is_gone() -> None:
    assert sorted(set(TABLE) - set(ROUTED)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", FOR_PROGRAMS)
def test_what_is_for_programs_takes_no_session(name: str, world: World) -> None:
    """Nobody's browser opens it, whoever she is: a page elsewhere that makes her browser ask is answered nothing."""
    there = {"month": "2026-12", "number": 1, "key": uuid.uuid4(), "contract": "C1"}
    path = reverse(name, kwargs={named: there[named] for named in ROUTED[name].pattern.converters})
    right = {404} if name == "api:api-root" else {401, 405}
    for visitor in ANYBODY:
        for sends in (None, {}):
            client = sign_in(world, visitor)
            answer = client.get(path) if sends is None else client.post(path, sends)
            assert answer.status_code in right, (visitor, answer.status_code)
            assert answer["Content-Type"] == "application/problem+json"


@pytest.fixture
def open_house(world: World) -> World:
    """A world in which everything is made and everybody has signed in once, for a sweep through all addresses."""
    world.furnish()
    for visitor in EVERYBODY:
        world.cookies[visitor] = sign_in(world, visitor).cookies
    return world


def sign_in(world: World, visitor: str) -> Client:
    client = Client(raise_request_exception=False)
    if visitor in world.cookies:
        client.cookies.update(world.cookies[visitor])
    elif visitor != "nobody":
        client.force_login(world.user(visitor))
    return client


def ask(world: World, visitor: str, path: str, sends: dict[str, Any] | None) -> int:
    """The status for this visitor; 401 stands for being sent to sign in. What the visit changed is undone."""
    client = sign_in(world, visitor)
    with undone():
        answer = client.get(path) if sends is None else client.post(path, sends)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
    if answer.status_code == 302 and answer["Location"].startswith(SIGN_IN) and path != "/accounts/logout/":
        return 401
    return answer.status_code


@pytest.mark.sweep
@pytest.mark.django_db
def test_it_opens_to_whom_it_should_and_to_nobody_else(open_house: World, subtests: pytest.Subtests) -> None:
    for name in OURS:
        if name in TABLE:
            with subtests.test(name), undone():
                check_who_may_open(TABLE[name], open_house)


def check_who_may_open(address: Address, world: World) -> None:
    path = reverse(address.name, kwargs=address.of(world) if address.of else {})
    sends = address.sends(world) if callable(address.sends) else address.sends
    has_owner = (address.of or callable(address.sends)) and not address.shared
    wrong = []
    for visitor in ANYBODY:
        status = ask(world, visitor, path, sends)
        if visitor == "nobody" and visitor not in address.opens_to:
            right = {401}
        elif visitor == "marta" and visitor in address.opens_to and has_owner:
            right = {404}
        elif visitor in address.opens_to:
            right = {200, 202, 204, 286, 302, 400, 409, 422}  # 286: what asks by itself need ask no more
        else:
            right = {404, 302, 401} if address.hidden or not address.opens_to else {403}
        if status not in right:
            wrong.append(f"{visitor} got {status}, should get {sorted(right)}")
    if sends is not None and not address.form:
        changer = next(iter(address.opens_to))
        if (status := ask(world, changer, path, None)) != 405:
            wrong.append(f"a GET by {changer} got {status}, should get 405")
    assert not wrong, f"{address.name} ({path}): " + "; ".join(wrong)


OF_A_CUSTOMER = [
    *("contact", "contact_open", "call_back", "correct_result", "desk_call", "desk_result"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", OF_A_CUSTOMER)
def test_after_the_close_the_customers_of_the_month_are_gone_for_its_agents(name: str, world: World) -> None:
    address = TABLE[f"campaigns:{name}"]
    path = reverse(address.name, kwargs=address.of(world) if address.of else {})
    sends = address.sends(world) if callable(address.sends) else address.sends
    assert ask(world, "ana", path, sends) != 404
    type(world.campaign).objects.filter(pk=world.campaign.pk).update(state="closed")
    assert ask(world, "ana", path, sends) == 404
    if "elena" in address.opens_to:
        assert ask(world, "elena", path, sends) == 200


@pytest.mark.sweep
@pytest.mark.django_db
def test_what_does_not_exist_is_404_for_everybody(open_house: World, subtests: pytest.Subtests) -> None:
    for name in OURS:
        address = TABLE.get(name)
        if address is None or not address.of or "pk" not in str(ROUTED[name].pattern):
            continue
        path = reverse(name, kwargs={**address.of(open_house), "pk": 999_999_999})
        for visitor in address.opens_to:
            with subtests.test(name, visitor=visitor):
                assert ask(open_house, visitor, path, address.sends) == 404


@pytest.mark.sweep
@pytest.mark.django_db
def test_the_admin_opens_to_administrators_only(open_house: World, subtests: pytest.Subtests) -> None:
    for name in sorted(set(ADMIN) - LEFT_OUT_OF_ADMIN):
        arguments = dict.fromkeys(ROUTED[name].pattern.regex.groupindex, "agents" if name == "admin:app_list" else "0")
        path = reverse(name, kwargs=arguments)
        with subtests.test(name):
            for visitor in ("ana", "elena", "oscar", "nobody"):
                assert ask(open_house, visitor, path, None) in (302, 401, 403, 404), visitor
            assert ask(open_house, "ines", path, None) in (200, 302, 403, 404, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("visitor", EVERYBODY)
def test_every_place_of_the_navigation_is_there_and_opens(visitor: str, world: World) -> None:
    from agents.models import Role
    from callcenter.shell import PLACES

    user = world.user(visitor)
    keys = [place.key for place in PLACES[Role(user.role)]]
    assert len(keys) == len(set(keys)), "two places on one key"
    for place in PLACES[Role(user.role)]:
        assert ask(world, visitor, reverse(place.address), None) == 200, place.address


def test_the_world_is_of_the_month_it_says(world: World) -> None:
    assert world.month == {"period": f"{date(2026, 12, 1):%Y-%m}"}
