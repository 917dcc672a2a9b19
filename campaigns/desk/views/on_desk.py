"""What the desk's doors share: the contact a click is about, and the desk's fragment as an answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agents.access import signed_in_user
from agents.models import Agent
from campaigns.calling.rulebook import RuleBook
from campaigns.desk.desk_page import Desk, last_results
from campaigns.desk.giving import give_next
from campaigns.desk.leases import find_contact
from campaigns.desk.results import Recorded
from campaigns.desk.taking import Given
from campaigns.desk.uncalled import take_back_uncalled
from campaigns.models import Contact, DeskDraft
from telephony.calls_seen import in_words


def next_given(*, agent: Agent, book: RuleBook) -> tuple[Given | None, str]:
    """What stands at the desk now, and what she has to be told: a call that reached no customer is taken back first."""
    given = give_next(agent=agent, now=book.now, book=book)
    call = take_back_uncalled(agent=agent) if given is not None and given.attempt_id else None
    if call is None:
        return given, ""
    told = _("%(what)s. No se llamó al cliente y no cuenta como intento.") % {"what": in_words(call)}
    return give_next(agent=agent, now=book.now, book=book), told


def is_of(given: Given | None, contact_id: int, fence: int) -> bool:
    """Whether what stands at the desk is this contact in this lease."""
    return given is not None and (given.contact_id, given.fence) == (contact_id, fence)


def answer(
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


def open_contact(request: HttpRequest, agent: Agent) -> tuple[Contact, int]:
    """The contact of the form. One that went to somebody else is still known to who typed in it: she is told so."""
    user, (contact_id, fence) = signed_in_user(request), numbers(request)
    contact = find_contact(agent=agent, contact_id=contact_id)
    if contact is None:
        drafts = DeskDraft.objects.visible_to(user).filter(contact=contact_id).select_related("contact__campaign")
        contact = get_object_or_404(drafts).contact
    return contact, fence


def numbers(request: HttpRequest) -> tuple[int, int]:
    """Contact and fence of a form; 404 where they are none."""
    values: list[Any] = [request.POST.get("contact", ""), request.POST.get("fence", "")]
    if not all(isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 for value in values):
        raise Http404
    return int(values[0]), int(values[1])
