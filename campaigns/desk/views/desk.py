"""The agent's desk: the contact to call now, the call, its result, and the next contact in the same answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import agent_of, agents_only, asks_by_itself, signed_in_user
from agents.models import Agent
from agents.pausing import end_pause, reason_named
from agents.states import StateRefused
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.rules import CallRefused
from campaigns.desk.answers import ResultRefused
from campaigns.desk.desk_page import Desk, last_results, lay_again, lay_desk
from campaigns.desk.dialling import dial, telephone_link
from campaigns.desk.drafts import keep_draft
from campaigns.desk.giving import give_next
from campaigns.desk.leases import ReturnRefused, find_contact, pause_desk, release, renew_lease
from campaigns.desk.own_work import move_progress
from campaigns.desk.result_form import ResultForm
from campaigns.desk.results import Recorded, StaleResult, record_result
from campaigns.desk.taking import Given
from campaigns.models import Contact, DeskDraft, Disposition, ListEntry


@require_GET
@agents_only
def desk(request: HttpRequest) -> HttpResponse:
    """The whole page. What is open here stays open: a reload or a second tab finds the same contact."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    given = give_next(agent=agent, now=book.now, book=book)
    laid = lay_desk(agent=agent, book=book, given=given)
    return render(
        request, "campaigns/desk/desk.html", {"desk": laid, "last_results": last_results(agent=agent, book=book)}
    )


@require_POST
@agents_only
def result(request: HttpRequest) -> HttpResponse:
    """Record how the call ended and answer with the next contact."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact, fence = _open_contact(request, agent)
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
        _message_if_recorded_before(request, recorded, disposition)
    given = give_next(agent=agent, now=book.now, book=book)
    if errors and not _is_of(given, contact, fence):
        # an old page: what was typed in it belongs to another customer than the one who is open now
        messages.warning(request, _("Esa página era de otro contacto. El resultado no se registró."))
        errors = {}
    laid = lay_desk(agent=agent, book=book, given=given, typed=request.POST.dict() if errors else None, errors=errors)
    return _answer(request, agent, book, laid, recorded=recorded, status=422 if errors else 200)


@require_POST
@agents_only
def call(request: HttpRequest) -> HttpResponse:
    """Dial one telephone of the open contact; the answer makes the browser open its `tel:` link."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact, fence = _open_contact(request, agent)
    problem, link = "", ""
    try:
        attempt = dial(
            agent=agent,
            contact=contact,
            telephone=request.POST.get("telephone", ""),
            now=book.now,
            mode=contact.campaign.dialling,
            book=book,
        )
        link = telephone_link(attempt.telephone) if contact.campaign.dialling != "manual" else ""
    except CallRefused as refused:
        problem = str(refused)
    given = give_next(agent=agent, now=book.now, book=book)
    is_old = not _is_of(given, contact, fence)
    # she has not seen the one who stands there instead: no second Enter calls him
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem, unseen=is_old)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("campaigns:desk")
    if is_old:
        # an old page: its name and form are of another customer or lease than the telephones that would come in
        answer = _answer(request, agent, book, laid, status=409 if problem else 200)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#desk", "innerHTML settle:0ms"
        return answer
    context = {"desk": laid, "is_alone": True}
    answer = render(request, "campaigns/desk/_telephones.html", context, status=409 if problem else 200)
    if link:
        answer["HX-Trigger-After-Swap"] = f'{{"dialled": {{"link": "{link}"}}}}'
    return answer


@asks_by_itself
@require_POST
@agents_only
def pulse(request: HttpRequest) -> HttpResponse:
    """Keep the lease while the page is open; what others changed of the contact meanwhile is shown, all of it."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact_id, fence = _numbers(request)
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
    else:
        laid = {"is_lost": True, "shown": "lost"} if shown != "lost" else None
    return render(request, "campaigns/desk/_pulse.html", {"desk": laid}) if laid else HttpResponse(status=204)


@require_POST
@agents_only
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed so far. Says nothing: the screen is not to move while somebody types."""
    agent = agent_of(request)
    contact_id, fence = _numbers(request)
    keep_draft(agent=agent, contact_id=contact_id, fence=fence, fields=request.POST.dict(), now=timezone.now())
    return HttpResponse(status=204)


@require_POST
@agents_only
def give_back(request: HttpRequest) -> HttpResponse:
    """Let a contact go without calling it; the next one is on the screen."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    contact_id, fence = _numbers(request)
    problem = ""
    try:
        release(agent=agent, contact_id=contact_id, fence=fence, now=book.now)
    except ReturnRefused as refusal:
        problem = str(refusal)
    given = give_next(agent=agent, now=book.now, book=book)
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem, typed=_typed(request, given, problem))
    return _answer(request, agent, book, laid, status=409 if problem else 200)


@require_POST
@agents_only
def pause(request: HttpRequest) -> HttpResponse:
    """Begin a pause for a reason, or end it. An open contact goes back at once, unless a call waits for its result."""
    agent, book = agent_of(request), read_rules(now=timezone.now())
    if request.POST.get("verb") == "end":
        end_pause(agent=agent, now=book.now, person=agent.user)
        given = give_next(agent=agent, now=book.now)
        return _answer(request, agent, book, lay_desk(agent=agent, book=book, given=given, unseen=True))
    problem = ""
    try:
        pause_desk(agent=agent, reason=reason_named(request.POST.get("reason", "")), now=book.now)
    except (ReturnRefused, StateRefused) as refusal:
        problem = str(refusal)
    given = give_next(agent=agent, now=book.now, book=book)
    laid = lay_desk(agent=agent, book=book, given=given, problem=problem, typed=_typed(request, given, problem))
    return _answer(request, agent, book, laid, status=409 if problem else 200)


def _typed(request: HttpRequest, given: Given | None, problem: str) -> dict[str, str] | None:
    """What was typed, to be shown again beside `problem`, if it is about the contact and the lease that are open."""
    sent = request.POST.dict()
    is_same = given is not None and (sent.get("contact"), sent.get("fence")) == (
        str(given.contact_id),
        str(given.fence),
    )
    return sent if problem and is_same else None


def _is_of(given: Given | None, contact: Contact, fence: int) -> bool:
    return given is not None and (given.contact_id, given.fence) == (contact.pk, fence)


def _message_if_recorded_before(request: HttpRequest, recorded: Recorded, said: Disposition | None) -> None:
    """The back button shows an old form: another result sent from it is not recorded, and must not seem to be."""
    before = recorded.attempt.disposition
    if recorded.repeated and before is not None and before != said:
        words = _("Esta llamada ya tenía el resultado «%(result)s»: si no es así, use «Corregir último».")
        messages.warning(request, words % {"result": before.label})


def _answer(
    request: HttpRequest,
    agent: Agent,
    book: RuleBook,
    laid: Desk,
    *,
    recorded: Recorded | None = None,
    status: int = 200,
) -> HttpResponse:
    """The desk's fragment; a browser without scripts is sent to the page, or shown it with what is missing."""
    if not request.htmx and status == 200:  # type: ignore[attr-defined]
        return redirect("campaigns:desk")
    may_correct = recorded is not None and recorded.entry.campaign.is_open
    results = [recorded.attempt] if recorded and may_correct else last_results(agent=agent, book=book)
    page = "campaigns/desk/_desk.html" if request.htmx else "campaigns/desk/desk.html"  # type: ignore[attr-defined]
    return render(request, page, {"desk": laid, "last_results": results, "recorded": recorded}, status=status)


def _open_contact(request: HttpRequest, agent: Agent) -> tuple[Contact, int]:
    """The contact of the form. One that went to somebody else is still known to who typed in it: she is told so."""
    user, (contact_id, fence) = signed_in_user(request), _numbers(request)
    contact = find_contact(agent=agent, contact_id=contact_id)
    if contact is None:
        drafts = DeskDraft.objects.visible_to(user).filter(contact=contact_id).select_related("contact__campaign")
        contact = get_object_or_404(drafts).contact
    return contact, fence


def _numbers(request: HttpRequest) -> tuple[int, int]:
    values: list[Any] = [request.POST.get("contact", ""), request.POST.get("fence", "")]
    if not all(isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 for value in values):
        raise Http404
    return int(values[0]), int(values[1])
