"""One customer of one month: everything that is known, why it is not called now, and the last result corrected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import agent_of, agents_only, customers_only, roles_only, signed_in_user
from agents.models import Agent, Role, Search
from agents.revealing import is_revealed
from agents.searching import note_search
from campaigns.assignment.answers import answered_herself
from campaigns.calling.calling_hours import local
from campaigns.calling.rulebook import NO_RESULT, RuleBook, read_rules
from campaigns.calling.rules import callable_from, why_not
from campaigns.contacts.history import history_of
from campaigns.desk.answers import ResultRefused
from campaigns.desk.card_reading import read_card
from campaigns.desk.correcting import CorrectionRefused, call_back_of, check_can_correct, correct_result, promise_of
from campaigns.desk.desk_card import Card
from campaigns.desk.desk_page import REASONS, choices, suggestions
from campaigns.desk.giving import open_instead
from campaigns.desk.household import with_household
from campaigns.desk.own_work import forget_progress
from campaigns.desk.result_form import ResultForm
from campaigns.desk.taking import Given
from campaigns.models import Attempt, CallBack, Contact
from campaigns.payments.payment_lists import receipts_of, refunds_waiting_of
from campaigns.promises_and_callbacks.call_back_history import agreed_calls_of


@require_GET
@customers_only
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a contact; an agent sees own ones, the centre all. Who looks at one leaves a row."""
    return _show(request, pk)


@require_POST
@roles_only(Role.AUDITOR)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show masked data to an auditor who says why; the reason is logged."""
    found = get_object_or_404(Contact.objects.visible_to(signed_in_user(request)), pk=pk)
    subject = _("Teléfonos y carnet del contacto %(pk)d") % {"pk": found.pk}
    if not is_revealed(request, subject=subject, now=timezone.now()):
        return redirect("campaigns:contact", pk=pk)
    return _show(request, pk, revealed=True)


@require_POST
@agents_only
def open_at_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a chosen contact at the agent's desk, in place of the one she had open, or say all the reasons why not."""
    found = get_object_or_404(Contact.objects.visible_to(signed_in_user(request)), pk=pk)
    user, now = signed_in_user(request), timezone.now()
    note_search(user=user, where=Search.Where.CUSTOMER, asked=found.contract, now=now)
    opened = open_instead(agent=agent_of(request), contact=found, now=now)
    if isinstance(opened, Given):
        return redirect("campaigns:desk")
    for reason in opened:
        messages.warning(request, reason.sentence)
    return redirect("campaigns:contact", pk=pk)


@require_http_methods(["GET", "POST"])
@agents_only
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Say again how an own call ended; the customer is shown once more, which leaves a row."""
    user, agent, book = signed_in_user(request), agent_of(request), read_rules(now=timezone.now())
    attempts = Attempt.objects.visible_to(user).filter(agent=agent).select_related("contact__campaign", "disposition")
    attempt = get_object_or_404(attempts, pk=pk)
    card = read_card(contact_id=attempt.contact_id, agent=agent)
    values, errors = _answers_before(attempt, card, book), {}
    try:
        check_can_correct(agent=agent, attempt=attempt, now=book.now)
        if request.method == "POST":
            values, errors = request.POST.dict(), _correct(request, agent, attempt, book)
            if not errors:
                forget_progress(agent=agent, book=book)
                messages.success(request, _("Se corrigió el resultado de %(name)s.") % {"name": attempt.contact.name})
                return redirect("campaigns:desk")
        note_search(user=user, where=Search.Where.CUSTOMER, asked=attempt.contact.contract, now=book.now)
    except CorrectionRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("campaigns:contact", pk=attempt.contact_id)
    keyed, others = choices(book)
    context: dict[str, Any] = {"attempt": attempt, "card": card, "values": values, "errors": errors}
    context |= {"keyed": keyed, "others": others, "reasons": REASONS}
    return render(request, "campaigns/desk/correct_result.html", context, status=422 if errors else 200)


def _correct(request: HttpRequest, agent: Agent, attempt: Attempt, book: RuleBook) -> dict[str, str]:
    form = ResultForm(request.POST)
    if not form.is_valid():
        return form.sentences()
    disposition = book.by_code.get(form.cleaned_data["disposition"])
    if disposition is None:
        return {"disposition": _("Elija el resultado de la llamada.")}
    try:
        correct_result(
            agent=agent, attempt=attempt, disposition=disposition, answers=form.answers(), now=book.now, book=book
        )
    except ResultRefused as refused:
        return refused.errors
    return {}


def _answers_before(attempt: Attempt, card: Card | None, book: RuleBook) -> dict[str, Any]:
    """The form as it was answered; where a field was not asked for, what the desk would suggest."""
    said = attempt.disposition.code if attempt.disposition else ""
    promise, call_back = promise_of(attempt=attempt), call_back_of(attempt=attempt)
    values: dict[str, Any] = {
        **(suggestions(card, book) if card else {}),
        "disposition": "" if said == NO_RESULT else said,
        "note": attempt.note,
        "reason": attempt.reason,
        "telephone": attempt.telephone,
    }
    if promise is not None:
        values["promised_on"] = f"{promise.promised_on:%Y-%m-%d}"
        values["promised_amount"] = f"{promise.amount:.2f}".replace(".", ",")
    if call_back is not None:
        due = local(call_back.due_at)
        values["call_back_day"], values["call_back_time"] = f"{due:%Y-%m-%d}", f"{due:%H:%M}"
        values["call_back_personal"] = "team" if call_back.reach == CallBack.Reach.TEAM else "personal"
    return values


def _show(request: HttpRequest, pk: int, *, revealed: bool = False) -> HttpResponse:
    user, now = signed_in_user(request), timezone.now()
    found = get_object_or_404(Contact.objects.visible_to(user).select_related("campaign", "entry"), pk=pk)
    agent = agent_of(request) if user.role == Role.AGENT else None
    masked = user.role == Role.AUDITOR and not revealed
    if not revealed and (agent is None or found.entry.lease_agent_id != agent.pk):
        note_search(user=user, where=Search.Where.CUSTOMER, asked=found.contract, now=now)
    book = read_rules(now=now)
    reasons = why_not(contact=found, now=now, agent=agent, book=book)
    card = read_card(contact_id=found.pk, agent=agent)
    card = with_household(card=card, agent=agent, book=book) if card else None
    own_last = None
    if agent and card and card.history:
        last = Attempt.objects.visible_to(user).filter(pk=card.history[0].attempt_id).select_related("disposition")
        own_last = next((attempt for attempt in last if _correctable(agent, attempt, now)), None)
    return render(
        request,
        "campaigns/desk/contact.html",
        {
            "contact": found,
            "card": card,
            "reasons": reasons,
            "until": callable_from(reasons),
            "agent": agent,
            "own_last": own_last,
            "answered_herself": found.entry.answers_in is not None and answered_herself(contact=found),
            "masked": masked,
            "may_reveal": user.role == Role.AUDITOR,
            "agreed": agreed_calls_of(contact_id=found.pk),
            "steps": history_of(contact=found, user=user),
            "receipts": receipts_of(contact=found, user=user),
            "refunds_waiting": refunds_waiting_of(contact=found),
        },
    )


def _correctable(agent: Agent, attempt: Attempt, now: Any) -> bool:
    try:
        check_can_correct(agent=agent, attempt=attempt, now=now)
    except CorrectionRefused:
        return False
    return True
