"""One escalation: its page or the same within the board, every verb, and what is masked in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import customers_only, roles_only, signed_in_user, working_only
from agents.models import Role, Search
from agents.revealing import is_revealed
from agents.searched_lists import look_is_noted
from agents.searching import note_search
from escalations import working
from escalations.card_page import WORDS, card_page, who_may_have
from escalations.changes import newest_change
from escalations.dialling import end_wrap_up
from escalations.forms import MergeForm, form_of
from escalations.lifecycle import EscalationRefused, Verb, why_not
from escalations.lists import details_of
from escalations.models import Escalation
from escalations.on_time import time_badge
from escalations.undoing import can_undo, undo

VERBS: Mapping[Verb, Callable[..., Escalation]] = {
    Verb.TAKE: working.take, Verb.GIVE_BACK: working.give_back, Verb.HAND_OVER: working.hand_over,
    Verb.WAIT: working.wait, Verb.GO_ON: working.go_on, Verb.RESOLVE: working.resolve, Verb.REJECT: working.reject,
    Verb.INFORM: working.inform, Verb.REOPEN: working.reopen, Verb.MERGE: working.merge, Verb.NOTE: working.note,
}  # fmt: skip


@require_GET
@customers_only
@look_is_noted("tarjeta")
def escalation(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: who, why, what was promised and until when, and what may be done; `?verb=` unfolds a form.

    The board asks for a form it could not offer: 409 with the sentence why.
    """
    user, opened, refusal = signed_in_user(request), request.GET.get("verb", ""), ""
    found = _find(request, pk)
    if opened in VERBS:
        refusal = why_not(Verb(opened), escalation=found, by=user)
    if refusal and request.htmx:  # type: ignore[attr-defined]
        return JsonResponse({"text": refusal}, status=409)
    return show_card(request, pk, opened=opened, refusal=refusal)


@working_only
@require_POST
@look_is_noted("tarjeta")
def escalation_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take a step. Refused: 409 with the sentence; something was not filled in: 422 with the form.

    The board's moves ask for JSON, a form within the board gets the card again, and one without scripts its page.
    """
    user, now, found = signed_in_user(request), timezone.now(), _find(request, pk)
    if verb not in VERBS:
        raise Http404
    step = Verb(verb)
    back = found.pk if step != Verb.MERGE else _other(request, found).pk
    if back != found.pk:  # the answer shows that one
        note_search(user=user, where=Search.Where.CARD, asked=f"tarjeta {back}", now=now)
    if refusal := why_not(step, escalation=found, by=user):
        return _refused(request, back, found.pk, refusal)
    form = form_of(step, people=who_may_have(found), now=now, sent=request.POST)
    if not form.is_valid():
        return show_card(request, back, opened=step, sent=request.POST, status=422)
    try:
        done = VERBS[step](escalation_id=found.pk, by=user, now=now, **form.cleaned_data)
    except EscalationRefused as refused:
        return _refused(request, back, found.pk, str(refused), opened=step, sent=request.POST)
    end_wrap_up(escalation_id=found.pk, by=user, now=now)
    said = str(WORDS[step].done)
    if _wants_json(request):
        offered = reverse("escalations:escalation_undo", args=[done.pk]) if can_undo(done, by=user, now=now) else ""
        return JsonResponse({"text": said, "pk": done.pk, "version": done.version, "undo": offered})
    if request.htmx:  # type: ignore[attr-defined]
        return show_card(request, back, said=said, touched=[done])
    messages.success(request, said)
    return redirect("escalations:escalation", pk=back)


@working_only
@require_POST
@look_is_noted("tarjeta")
def escalation_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own last move, in its first seconds. Refused: 409 with the sentence."""
    found, version = _find(request, pk), request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Http404
    try:
        done = undo(escalation_id=found.pk, version=int(version), by=signed_in_user(request), now=timezone.now())
    except EscalationRefused as refused:
        return _refused(request, pk, pk, str(refused))
    said = _("Deshecho.")
    if _wants_json(request):
        return JsonResponse({"text": said, "pk": done.pk, "version": done.version, "undo": ""})
    if request.htmx:  # type: ignore[attr-defined]
        return show_card(request, pk, said=said, touched=[done], offers_undo=False)
    messages.success(request, said)
    return redirect("escalations:escalation", pk=pk)


@roles_only(Role.AUDITOR)
@require_POST
def escalation_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an auditor who says why what is masked; the reason is logged."""
    subject = _("Teléfono y datos de la derivación %(pk)d") % {"pk": _find(request, pk).pk}
    if not is_revealed(request, subject=subject, now=timezone.now()):
        return redirect("escalations:escalation", pk=pk)
    return show_card(request, pk, revealed=True)


def _find(request: HttpRequest, pk: int) -> Escalation:
    rows = Escalation.objects.visible_to(signed_in_user(request))
    return get_object_or_404(rows.select_related("kind", "owner", "raised_by", "informed_by"), pk=pk)


def _other(request: HttpRequest, found: Escalation) -> Escalation:
    """The one that goes on when `found` is merged into it."""
    form = MergeForm(request.POST)  # as the verb reads it: Python takes ٣ for 3
    return _find(request, form.cleaned_data["into_id"]) if form.is_valid() else found


def _refused(request: HttpRequest, back: int, pk: int, sentence: str, **more: Any) -> HttpResponse:
    if _wants_json(request):
        now_there = _find(request, pk)
        return JsonResponse({"text": sentence, "pk": pk, "version": now_there.version}, status=409)
    return show_card(request, back, refusal=sentence, status=409, **more)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def show_card(
    request: HttpRequest,
    pk: int,
    *,
    revealed: bool = False,
    opened: str = "",
    sent: Any = None,
    said: str = "",
    refusal: str = "",
    touched: list[Escalation] | None = None,
    offers_undo: bool = True,
    in_another: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The card as it is now, as a page or as the part of it that is swapped."""
    part = "card" if request.htmx else "escalation"  # type: ignore[attr-defined]
    since = newest_change() if part == "escalation" else None  # before the card is read
    user, now, found = signed_in_user(request), timezone.now(), _find(request, pk)
    masked = user.reads_masked and not revealed

    def form_of_verb(verb: Verb) -> forms.Form:
        return form_of(verb, people=who_may_have(found), now=now, sent=sent if verb == opened else None)

    page = card_page(escalation=found, user=user, now=now, form_of=form_of_verb, opened=opened)
    if in_another:
        page = replace(page, calling=replace(page.calling, in_another=True))
    context = {
        "since": since,
        "escalation": found,
        "badge": time_badge(found, now=now),
        "details": details_of(found, masked=masked),
        "masked": masked,
        "page": page,
        "said": said,
        "can_undo": bool(said) and offers_undo and can_undo(found, by=user, now=now),
        "refusal": refusal,
        "touched": touched or [],
        "trail": [(reverse("escalations:board"), _("Derivaciones")), ("", str(found.kind))],
    }
    return render(request, f"escalations/{part}.html", context, status=status)
