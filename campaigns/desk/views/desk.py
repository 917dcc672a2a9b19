"""The agent's desk: the contact to call now, the call, its result, and the next contact in the same answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import agent_of, agents_only, asks_by_itself, signed_in_user
from agents.models import Search
from agents.pausing import end_pause, how_it_ended, pause_of, reason_named
from agents.searching import note_search
from agents.states import StateRefused
from campaigns.calling.rulebook import read_rules
from campaigns.desk.answers import ResultRefused
from campaigns.desk.desk_page import Desk, last_results, lay_again, lay_desk
from campaigns.desk.drafts import keep_draft
from campaigns.desk.giving import give_next, what_is_open
from campaigns.desk.leases import ReturnRefused, find_contact, pause_desk, release, renew_lease
from campaigns.desk.own_work import move_progress
from campaigns.desk.placing import end_wrap_up
from campaigns.desk.result_form import ResultForm
from campaigns.desk.results import Recorded, StaleResult, record_result
from campaigns.desk.taking import Given
from campaigns.desk.uncalled import uncalled
from campaigns.desk.views.on_desk import answer, is_of, next_given, numbers, open_contact
from campaigns.models import Disposition, ListEntry


@require_GET
@agents_only
def desk(request: HttpRequest) -> HttpResponse:
    """The whole page. What is open here stays open: a reload or a second tab finds the same contact.

    Looking takes nothing: a desk that has none open asks for the next contact by itself.
    """
    agent, book = agent_of(request), read_rules(now=timezone.now())
    given = what_is_open(agent=agent, book=book)
    laid = lay_desk(agent=agent, book=book, given=given)
    asks = laid.pause is None if given is None else given.attempt_id is not None and bool(uncalled([given.attempt_id]))
    context = {"desk": laid, "last_results": last_results(agent=agent, book=book), "asks": asks}
    return render(request, "campaigns/desk/desk.html", context)


@require_POST
@agents_only
def next_contact(request: HttpRequest) -> HttpResponse:
    """Take the next contact, or what is open; a call that reached no customer is taken back first."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    given, problem = next_given(agent=agent, book=book)
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem)
    if given is None and not request.htmx:  # type: ignore[attr-defined]  # the page would ask, and be sent here, for ever
        return render(
            request, "campaigns/desk/desk.html", {"desk": laid, "last_results": last_results(agent=agent, book=book)}
        )
    return answer(request, agent, book, laid)


@require_POST
@agents_only
def result(request: HttpRequest) -> HttpResponse:
    """Record how the call ended and answer with the next contact."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact, fence = open_contact(request, agent)
    form = ResultForm(request.POST)
    errors: dict[str, str] = {}
    recorded: Recorded | None = None
    disposition: Disposition | None = None
    if form.is_valid():
        try:
            disposition = book.by_code.get(form.cleaned_data["disposition"])
            if disposition is None:
                raise ResultRefused({"disposition": _("Elija el resultado de la llamada.")})
            recorded = record_result(
                agent=agent,
                contact=contact,
                fence=fence,
                disposition=disposition,
                answers=form.answers(),
                now=book.now,
                book=book,
            )
        except ResultRefused as refused:
            errors = refused.errors
        except StaleResult as stale:
            messages.warning(request, str(stale))
    else:
        errors = form.sentences()
    if recorded:
        move_progress(agent=agent, book=book, recorded=recorded)
        end_wrap_up(attempt=recorded.attempt, now=book.now)
        _message_if_recorded_before(request, recorded, disposition)
    given = give_next(agent=agent, now=book.now, book=book)
    if errors and not is_of(given, contact.pk, fence):
        # an old page: what was typed in it belongs to another customer than the one who is open now
        messages.warning(request, _("Esa página era de otro contacto. El resultado no se registró."))
        errors = {}
    laid = lay_desk(agent=agent, book=book, given=given, typed=request.POST.dict() if errors else None, errors=errors)
    return answer(request, agent, book, laid, recorded=recorded, status=422 if errors else 200)


@asks_by_itself
@require_POST
@agents_only
def pulse(request: HttpRequest) -> HttpResponse:
    """Keep the lease while the page is open; what others changed of the contact meanwhile is shown, all of it."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact_id, fence = numbers(request)
    minutes, shown = book.policy.lease_minutes, request.POST.get("shown", "")
    is_kept = renew_lease(agent=agent, contact_id=contact_id, fence=fence, now=book.now, minutes=minutes)
    laid: Desk | dict[str, Any] | None
    if is_kept or ListEntry.objects.visible_to(signed_in_user(request)).filter(contact_id=contact_id).exists():
        laid = lay_again(
            agent=agent,
            book=book,
            contact_id=contact_id,
            fence=fence,
            is_kept=is_kept,
            shown=shown,
            unseen="unseen" in request.POST,
        )
        if laid and laid.card and not is_kept:  # whom she has not open any more, or never had
            note_search(user=agent.user, where=Search.Where.CUSTOMER, asked=laid.card.contract, now=book.now)
    else:
        laid = {"is_lost": True, "shown": "lost"} if shown != "lost" else None
    return render(request, "campaigns/desk/_pulse.html", {"desk": laid}) if laid else HttpResponse(status=204)


@require_POST
@agents_only
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed so far. Says nothing: the screen is not to move while somebody types."""
    agent = agent_of(request)
    contact_id, fence = numbers(request)
    keep_draft(agent=agent, contact_id=contact_id, fence=fence, fields=request.POST.dict(), now=timezone.now())
    return HttpResponse(status=204)


@require_POST
@agents_only
def give_back(request: HttpRequest) -> HttpResponse:
    """Let a contact go without calling it; the next one is on the screen."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact_id, fence = numbers(request)
    if seen := find_contact(agent=agent, contact_id=contact_id):  # looked at, and nothing came of it
        note_search(user=agent.user, where=Search.Where.CUSTOMER, asked=seen.contract, now=book.now)
    problem = ""
    try:
        release(agent=agent, contact_id=contact_id, fence=fence, now=book.now)
    except ReturnRefused as refusal:
        problem = str(refusal)
    given = give_next(agent=agent, now=book.now, book=book)
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem, typed=_typed(request, given, problem))
    return answer(request, agent, book, laid, status=409 if problem else 200)


@require_POST
@agents_only
def pause(request: HttpRequest) -> HttpResponse:
    """Begin a pause for a reason, or end it. An open contact goes back at once, unless a call waits for its result."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    if request.POST.get("verb") == "end":
        end_pause(agent=agent, now=book.now, person=agent.user)
        given = give_next(agent=agent, now=book.now)
        return answer(request, agent, book, lay_desk(agent=agent, book=book, given=given, unseen=True))
    problem = ""
    try:
        pause_desk(agent=agent, reason=reason_named(request.POST.get("reason", "")), now=book.now)
    except (ReturnRefused, StateRefused) as refusal:
        problem = str(refusal)
    given = give_next(agent=agent, now=book.now, book=book)
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem, typed=_typed(request, given, problem))
    return answer(request, agent, book, laid, status=409 if problem else 200)


@asks_by_itself
@require_GET
@agents_only
def pause_stands(request: HttpRequest) -> HttpResponse:
    """204 while her desk shows (`shown`) the pause she is in, or none where she is in none; else what is so.

    Calls nobody.
    """
    agent, shown = agent_of(request), request.GET.get("shown", "")
    pause = pause_of(agent, now=timezone.now())
    if shown == (pause.key if pause else ""):
        return HttpResponse(status=204)
    if pause is None:
        return render(request, "campaigns/desk/_pause_ended.html", {"how": how_it_ended(agent)})
    return render(request, "campaigns/desk/_nothing.html", {"desk": {"pause": pause}, "is_again": True})


def _typed(request: HttpRequest, given: Given | None, problem: str) -> dict[str, str] | None:
    """What was typed, to be shown again beside `problem`, if it is about the contact and the lease that are open."""
    sent = request.POST.dict()
    is_same = given is not None and (sent.get("contact"), sent.get("fence")) == (
        str(given.contact_id),
        str(given.fence),
    )
    return sent if problem and is_same else None


def _message_if_recorded_before(request: HttpRequest, recorded: Recorded, said: Disposition | None) -> None:
    """The back button shows an old form: another result sent from it is not recorded, and must not seem to be."""
    before = recorded.attempt.disposition
    if recorded.repeated and before is not None and before != said:
        words = _("Esta llamada ya tenía el resultado «%(result)s»: si no es así, use «Corregir último».")
        messages.warning(request, words % {"result": before.label})
