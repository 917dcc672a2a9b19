"""The page of a walk: one step at a time, what is known beside it, and the trail of what was done."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import agent_of, agents_only, asks_by_itself, customers_only, roles_only, signed_in_user
from agents.models import Role, Search
from agents.revealing import is_revealed
from agents.searching import note_search, note_while_it_stays
from inbound.flows.conditions import same_value
from inbound.models import ServiceLine, Walk
from inbound.outside.reaching import look_up
from inbound.tasks import deliver_writes
from inbound.walks import leaving, naming, walking
from inbound.walks.answering import StepRefused
from inbound.walks.beginning import begin_walk
from inbound.walks.footsteps import StaleStep, WalkRefused
from inbound.walks.lines_page import lay_lines
from inbound.walks.page import diagram_of, lay_walk
from inbound.walks.reading import read_walk
from inbound.walks.state import NoFlow, WalkState, read_state
from inbound.walks.views.showing import (
    caller_goes_along,
    own_key,
    own_walks_only,
    position_of,
    sent_by,
    show,
    state_of,
)


@require_GET
@agents_only
def lines(request: HttpRequest) -> HttpResponse:
    """The lines as buttons, what is open, and what was attended today."""
    laid = lay_lines(agent=agent_of(request), now=timezone.now())
    return render(request, "inbound/walks/lines.html", {"page": laid})


@require_POST
@agents_only
def begin(request: HttpRequest) -> HttpResponse:
    """Attend a call of a line; the key of the button makes a second click the same call."""
    offered = ServiceLine.objects.visible_to(signed_in_user(request)).filter(is_active=True)
    line = get_object_or_404(offered, number=request.POST.get("line", ""))
    try:
        key = uuid.UUID(request.POST.get("key", ""))
        walk = begin_walk(agent=agent_of(request), line=line, key=key, now=timezone.now())
    except ValueError:
        raise Http404 from None
    except NoFlow:
        messages.error(request, _("La línea %(line)s no tiene un flujo publicado.") % {"line": line.number})
        return redirect("inbound:lines")
    except WalkRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("inbound:lines")
    return redirect("inbound:walk", key=walk.key)


@require_GET
@customers_only
def walk(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The whole page; whoever does not walk it reads it."""
    user = signed_in_user(request)
    found = get_object_or_404(Walk.objects.visible_to(user).select_related("line", "agent__user"), key=key)
    here = read_state(walk=found)
    if found.is_answered_by(user):
        return render(request, "inbound/walks/walk.html", {"page": lay_walk(here=here, by=user)})
    note_search(user=user, where=Search.Where.CALL, asked=str(key), call=key, now=timezone.now())
    return render(request, "inbound/walks/walk_read.html", {"page": read_walk(here=here, by=user)})


@roles_only(Role.AUDITOR)
@require_POST
def reveal(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show an auditor who says why what is masked."""
    user = signed_in_user(request)
    found = get_object_or_404(Walk.objects.visible_to(user).select_related("line", "agent__user"), key=key)
    subject = _("Datos de la atención %(key)s") % {"key": found.key}
    if not is_revealed(request, subject=subject, now=timezone.now()):
        return redirect("inbound:walk", key=key)
    page = read_walk(here=read_state(walk=found), by=user, is_revealed=True)
    return render(request, "inbound/walks/walk_read.html", {"page": page})


@require_POST
@own_walks_only
@caller_goes_along
def answer(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Answer the present step; the fragment is the next one."""
    user, sent, position = signed_in_user(request), sent_by(request), position_of(request)
    try:
        here = walking.answer_step(
            by=user,
            key=key,
            position=position,
            sent=sent,
            branch=request.POST.get("branch", ""),
            confirmed=request.POST.get("confirmed") == "yes",
            now=timezone.now(),
        )
    except StepRefused as refused:
        _keep(request, key)
        return show(request, user, state_of(user, key), typed=sent, errors=refused.errors)
    except (StaleStep, WalkRefused) as refusal:
        _keep(request, key)
        return show(request, user, state_of(user, key), problem=str(refusal))
    if not here.step.waits or here.footstep.write_id is None:  # else the page asks for its outcome, which sends it
        deliver_writes.delay_on_commit()  # the sweep would find it as well, some seconds later
    return show(request, user, here)


@require_POST
@own_walks_only
@caller_goes_along
def outcome(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Wait for what the present step asked for; the page asks by itself, and shows that it waits."""
    return _ask(request, key, partial(walking.go_on_with_outcome, leaves=request.POST.get("leaves") == "yes"))


@require_POST
@own_walks_only
@caller_goes_along
def look(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask the other system; the page asks by itself as soon as the step is on the screen."""
    return _ask(request, key, partial(walking.look, again=request.POST.get("again") == "yes"))


@require_POST
@own_walks_only
@caller_goes_along
def by_hand(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go on from a look-up with what the agent saw on the old screen."""
    user, sent = signed_in_user(request), sent_by(request)
    try:
        here = walking.write_what_is_seen(
            by=user, key=key, position=position_of(request), sent=sent, now=timezone.now()
        )
    except StepRefused as refused:
        _keep(request, key)
        return show(request, user, state_of(user, key), typed=sent, errors=refused.errors)
    except (StaleStep, WalkRefused) as refusal:
        return show(request, user, state_of(user, key), problem=str(refusal))
    return show(request, user, here)


@require_POST
@own_walks_only
@caller_goes_along
def back(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Stand again on an earlier step."""
    user = signed_in_user(request)
    to = request.POST.get("to", "")
    try:
        here = walking.go_back(
            by=user, key=key, position=position_of(request), now=timezone.now(),
            to=int(to) if to.isascii() and to.isdigit() and len(to) < 6 else None,
        )  # fmt: skip
    except (StaleStep, WalkRefused) as refusal:
        return show(request, user, state_of(user, key), problem=str(refusal))
    return show(request, user, here)


@require_POST
@own_walks_only
@caller_goes_along
def go_on_as(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go on as another line in the same walk."""
    user = signed_in_user(request)
    try:
        here = walking.continue_as(by=user, key=key, position=position_of(request), now=timezone.now())
    except (StaleStep, WalkRefused) as refusal:
        return show(request, user, state_of(user, key), problem=str(refusal))
    except NoFlow as missing:
        problem = _("La línea %(line)s no tiene un flujo publicado.") % {"line": missing}
        return show(request, user, state_of(user, key), problem=problem)
    return show(request, user, here)


@require_POST
@own_walks_only
def leave(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End the call before its flow does: the caller hung up, called the wrong line, or is handed over."""
    user, sent = signed_in_user(request), sent_by(request)
    told = {name: sent.get(name, "") for name in ("how", "reason", "name", "telephone")}
    try:
        here = leaving.leave_call(by=user, key=key, position=position_of(request), now=timezone.now(), **told)
    except StepRefused as refused:
        _keep(request, key, leaving=True)
        return show(request, user, state_of(user, key), left=told, left_errors=refused.errors)
    except (StaleStep, WalkRefused) as refusal:
        _keep(request, key, leaving=True)
        return show(request, user, state_of(user, key), problem=str(refusal))
    deliver_writes.delay_on_commit()
    return show(request, user, here)


@require_POST
@own_walks_only
def caller(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Write down who calls and from where, when no switchboard says it."""
    user, sent = signed_in_user(request), sent_by(request)
    name, telephone = sent.get("caller_name", ""), sent.get("caller_number", "")
    try:
        naming.name_the_caller(by=user, key=key, name=name, telephone=telephone, now=timezone.now())
    except StepRefused as refused:
        return show(
            request, user, state_of(user, key), problem=" ".join(refused.errors.values()), noting=(name, telephone)
        )
    except WalkRefused as refusal:
        return show(request, user, state_of(user, key), problem=str(refusal))
    return show(request, user, state_of(user, key))


@require_POST
def draft(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Keep what is typed so far. Says nothing: the screen is not to move while somebody types."""
    _keep(request, own_key(signed_in_user(request), key), leaving=request.POST.get("leaving") == "yes")
    return HttpResponse(status=204)


@require_POST
def customers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Customers for what was typed: a number, a contract, an identity card or a name.

    Only where the step asks who the customer is: a call of 104 must not find there whom Guiatel keeps in reserve.
    """
    user = signed_in_user(request)
    here = state_of(user, key)
    if here.walk.ended_at is not None or "customer" not in {field.type for field in here.step.fields}:
        raise Http404
    text = " ".join(request.POST.get("text", "").split())[:80]
    context: dict[str, Any] = {"text": text, "name": request.POST.get("field", "customer")[:40]}
    if len(text) >= 3:
        looked = look_up(name="smartflex.search", arguments={"text": text}, now=timezone.now(), by=user, call=key)
        found = looked.found or {}
        customers = [{**one, "service_asked": service_asked(one, text)} for one in found.get("customers", [])]
        context |= {"looked": looked, "customers": customers, "more": found.get("more", False)}
    return render(request, "inbound/walks/_customers.html", context)


def service_asked(customer: dict[str, Any], text: str) -> str:
    """The customer's own service number that was typed, however; empty when she was found by something else."""
    typed = re.sub(r"[\s-]", "", text)
    numbers = [str(one.get("service_number") or "") for one in customer.get("products", [])]
    return next((number for number in numbers if number and same_value(number, typed)), "")


@asks_by_itself
@require_GET
@customers_only
def left_behind(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The writes and escalations of a walk, as they stand now; who does not attend it leaves a row."""
    user = signed_in_user(request)
    found = get_object_or_404(Walk.objects.visible_to(user).select_related("line", "agent__user"), key=key)
    if not found.is_answered_by(user):
        note_while_it_stays(user=user, where=Search.Where.CALL, asked=str(key), now=timezone.now())
    page = read_walk(here=read_state(walk=found), by=user)
    return render(request, "inbound/walks/_left_behind.html", {"page": page})


@require_GET
@customers_only
def diagram(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The flow as a drawing, the present step lit."""
    found = get_object_or_404(Walk.objects.visible_to(signed_in_user(request)).select_related("line"), key=key)
    here = read_state(walk=found)
    context = {"here": here, "drawing": diagram_of(here)}
    return render(request, "inbound/walks/_diagram.html" if request.htmx else "inbound/walks/diagram.html", context)  # type: ignore[attr-defined]


def _keep(request: HttpRequest, key: uuid.UUID, *, leaving: bool = False) -> None:
    """Keep what was sent: of an answer that was refused too, whose form is gone before its draft was sent."""
    user, fields = signed_in_user(request), sent_by(request)
    position, now = position_of(request), timezone.now()
    walking.keep_draft(by=user, key=key, position=position, fields=fields, now=now, leaving=leaving)


def _ask(request: HttpRequest, key: uuid.UUID, verb: Callable[..., WalkState]) -> HttpResponse:
    """What the page asks by itself: where the step was answered meanwhile, the page just follows."""
    user = signed_in_user(request)
    try:
        here = verb(by=user, key=key, position=position_of(request), now=timezone.now())
    except StaleStep:
        here = state_of(user, key)
    except WalkRefused as refusal:
        return show(request, user, state_of(user, key), problem=str(refusal))
    return show(request, user, here)
