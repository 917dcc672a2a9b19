"""Doors of the call itself: dial, how it stands, hang up. Each answers with the telephones of the open contact."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from agents.access import agent_of, agents_only, asks_by_itself, signed_in_user
from agents.models import Agent
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.rules import CallRefused
from campaigns.desk.desk_page import lay_desk
from campaigns.desk.dialling import telephone_link
from campaigns.desk.placing import dial_at_seat, see_call, why_not_free
from campaigns.desk.taking import read_desk
from campaigns.desk.views.on_desk import answer, is_of, next_given, open_contact
from campaigns.models import Attempt
from telephony.calls_seen import call_under_way
from telephony.dialling import ask_to_hang_up

ENOUGH = 286  # htmx: what asks by itself asks no more


@require_POST
@agents_only
def call(request: HttpRequest) -> HttpResponse:
    """Dial one telephone of the open contact: by the switchboard from where she sits, else by the browser's `tel:`."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact, fence = open_contact(request, agent)
    problem, link, against = "", "", CallRefused([])
    try:
        dialled = dial_at_seat(
            agent=agent,
            contact=contact,
            telephone=request.POST.get("telephone", ""),
            now=book.now,
            mode=contact.campaign.dialling,
            book=book,
        )
        problem = dialled.problem
        if dialled.call is None and contact.campaign.dialling != "manual":
            link = telephone_link(dialled.attempt.telephone)
    except CallRefused as refused:
        problem, against = str(refused), refused
    shown = _telephones(request, agent, book, (contact.pk, fence), problem=problem, against=against)
    if link and shown.status_code == 200:
        shown["HX-Trigger-After-Swap"] = f'{{"dialled": {{"link": "{link}"}}}}'
    return shown


@asks_by_itself
@require_GET
@agents_only
def call_phase(request: HttpRequest) -> HttpResponse:
    """How the call of the open attempt stands; 204 while the page shows it already, and once its end is known no more.

    A call that ended at her own telephone is taken back: the page has its telephones again, and why.
    """
    agent, book = agent_of(request), read_rules(now=timezone.now())
    waiting = Attempt.objects.visible_to(signed_in_user(request)).filter(agent=agent, resulted_at=None).first()
    seen = see_call(attempt_id=waiting.pk, book=book) if waiting else None
    if waiting is None or seen is None or request.GET.get("attempt") != str(waiting.pk):
        gone = HttpResponse(status=ENOUGH)  # of an old page: the contact that is open says it
        gone["HX-Reswap"] = "none"
        return gone
    if seen.call.never_reached_the_customer:
        _given, problem = next_given(agent=agent, book=book)
        if problem:
            shown = _telephones(request, agent, book, (waiting.contact_id, waiting.fence), problem=problem)
            if "HX-Retarget" not in shown:
                shown["HX-Retarget"], shown["HX-Reswap"] = "#telephones", "outerHTML"
            return shown
    status = 200 if seen.may_go_on else ENOUGH
    if request.GET.get("shown") == seen.mark:
        same = HttpResponse(status=204 if seen.may_go_on else ENOUGH)
        same["HX-Reswap"] = "none"
        return same
    return render(request, "campaigns/desk/_placed_call.html", {"seen": seen}, status=status)


@asks_by_itself
@require_GET
@agents_only
def when_free(request: HttpRequest) -> HttpResponse:
    """The telephones with their countdown, once she is free to call the customer the page shows; 204 until then."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    given = read_desk(agent=agent, book=book).open
    if given is None or request.GET.get("shown") != f"{given.contact_id}-{given.fence}":
        gone = HttpResponse(status=ENOUGH)  # of an old page: the contact that is open says it
        gone["HX-Reswap"] = "none"
        return gone
    if why_not_free(agent=agent):
        return HttpResponse(status=204)
    laid = lay_desk(agent=agent, book=book, given=given)
    return render(request, "campaigns/desk/_telephones.html", {"desk": laid, "is_alone": True})


@require_POST
@agents_only
def hang_up(request: HttpRequest) -> HttpResponse:
    """End her call, whichever customer it is to and in whatever phase it is."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact, fence = open_contact(request, agent)
    under_way = call_under_way(agent=agent)
    if under_way is not None:
        ask_to_hang_up(call=under_way, now=book.now)
    return _telephones(request, agent, book, (contact.pk, fence))


def _telephones(
    request: HttpRequest,
    agent: Agent,
    book: RuleBook,
    of: tuple[int, int],
    *,
    problem: str = "",
    against: CallRefused | None = None,
) -> HttpResponse:
    """The telephones of the contact and lease `of`, as they stand now; of an old page the whole desk instead."""
    is_refused = against is not None and bool(against.reasons)
    given, told = next_given(agent=agent, book=book)
    is_old = not is_of(given, *of)
    # she has not seen the one who stands there instead: no second Enter calls him
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem or told, unseen=is_old)
    status = 409 if is_refused else 200
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("campaigns:desk")
    if is_old:
        # an old page: its name and form are of another customer or lease than the telephones that would come in
        shown = answer(request, agent, book, laid, status=status)
        shown["HX-Retarget"], shown["HX-Reswap"] = "#desk", "innerHTML"
        return shown
    codes: list[str] = []
    if is_refused and against is not None:
        codes = [reason.code for reason in against.reasons]
        laid = replace(laid, is_in_another_call="call_under_way" in codes)
    if problem and "queue_call" not in codes:  # what did not come about is not tried again by itself
        laid = replace(laid, waits="")
    return render(request, "campaigns/desk/_telephones.html", {"desk": laid, "is_alone": True}, status=status)
