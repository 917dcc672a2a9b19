"""Writing to a unit about a card, with what goes and to whom seen before; and trying a parked letter again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import signed_in_user, steering_only
from agents.searched_lists import look_is_noted
from escalations.letters import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    LetterRefused,
    address_of,
    draft_letter,
    letters_of,
    sector_of,
    units,
    write_letter,
)
from escalations.lifecycle import EscalationRefused, Verb, why_not
from escalations.models import Escalation, Unit
from escalations.views.cards import show_card
from notices import mailing


class LetterForm(forms.Form):
    """A letter before it goes. `number` is which of the card it is meant to be."""

    unit = forms.ModelChoiceField(label=gettext_lazy("Unidad"), queryset=Unit.objects.none())
    sector = forms.CharField(
        label=gettext_lazy("Sector"), required=False, max_length=40,
        help_text=gettext_lazy("Como lo escribe Smartflex; vacío, quien recibe el correo de todos."),
    )  # fmt: skip
    subject = forms.CharField(label=gettext_lazy("Asunto"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=gettext_lazy("Texto"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 16})
    )
    wait = forms.BooleanField(label=gettext_lazy("Esperar a la unidad desde ahora"), required=False)
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *data: Any, who_is_asked: str, may_wait: bool, **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["unit"].queryset = units()  # type: ignore[attr-defined]
        if not may_wait:
            del self.fields["wait"]
        # only unit and sector are sent along: what is typed has no place in an address
        asks = {"hx-get": who_is_asked, "hx-trigger": "change", "hx-params": "unit,sector", "hx-target": "#to-whom"}
        for name in ("unit", "sector"):
            self.fields[name].widget.attrs |= {
                **asks, "hx-include": "closest form", "hx-select": "#to-whom", "hx-swap": "outerHTML",
            }  # fmt: skip


@steering_only
@require_http_methods(["GET", "POST"])
@look_is_noted("tarjeta")
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail of the card's kind, filled in, to be read, changed and sent."""
    user, now, card = signed_in_user(request), timezone.now(), _card_of(request, pk)
    may_wait = not why_not(Verb.WAIT, escalation=card, by=user)
    more: dict[str, Any] = {"who_is_asked": request.path, "may_wait": may_wait}
    if request.method == "GET":
        form = LetterForm(initial=_initial(request, card), **more)
        return _show(request, card, form, now)
    form = LetterForm(request.POST, **more)
    if not form.is_valid():
        return _show(request, card, form, now, status=422)
    try:
        sent = write_letter(escalation_id=card.pk, by=user, now=now, **form.cleaned_data)
    except EscalationRefused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, card, form, now, status=409)
    return _back_to_card(
        request, card.pk, said=_("El correo sale en unos segundos a %(name)s.") % {"name": sent.to_whom}
    )


@steering_only
@require_POST
@look_is_noted("tarjeta")
def letter_retry(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Let a parked letter be tried again."""
    found = get_object_or_404(_card_of(request, pk).letters.select_related("notice"), pk=letter)
    try:
        mailing.retry(notice=found.notice, now=timezone.now())
    except mailing.NoticeRefused as refusal:
        return _back_to_card(request, pk, refusal=str(refusal))
    return _back_to_card(request, pk, said=_("El aviso se enviará en unos segundos."))


def _back_to_card(request: HttpRequest, pk: int, *, said: str = "", refusal: str = "") -> HttpResponse:
    """The card where it was looked at, on its page or over the board; without scripts, its page."""
    if request.htmx:  # type: ignore[attr-defined]
        return show_card(request, pk, said=said, refusal=refusal, status=409 if refusal else 200)
    messages.add_message(request, messages.ERROR if refusal else messages.SUCCESS, refusal or said)
    return redirect("escalations:escalation", pk=pk)


def _card_of(request: HttpRequest, pk: int) -> Escalation:
    cards = Escalation.objects.visible_to(signed_in_user(request)).select_related("kind__unit", "owner")
    return get_object_or_404(cards, pk=pk)


def _initial(request: HttpRequest, card: Escalation) -> dict[str, Any]:
    draft = draft_letter(card)
    asked = request.GET.get("unit", str(card.kind.unit_id or ""))
    return {
        "unit": asked,
        "sector": request.GET.get("sector", sector_of(card, card.kind.unit)).replace("\x00", "")[:40],
        "subject": draft.subject,
        "text": draft.text,
        "number": len(letters_of(card)) + 1,
    }


def _show(
    request: HttpRequest, card: Escalation, form: LetterForm, now: datetime, *, status: int = 200
) -> HttpResponse:
    address, nobody = None, ""
    try:
        unit = form.fields["unit"].to_python(form["unit"].value())  # type: ignore[attr-defined]
    except forms.ValidationError:
        unit = None
    if unit is None:
        nobody = _("Elija a qué unidad se escribe.")
    else:
        try:
            address = address_of(unit=unit, sector=form["sector"].value() or "", on=timezone.localdate(now))
        except LetterRefused as sentence:
            nobody = str(sentence)
    context = {
        "escalation": card,
        "form": form,
        "address": address,
        "nobody": nobody,
        "trail": [
            (reverse("escalations:board"), _("Derivaciones")),
            (reverse("escalations:escalation", args=[card.pk]), str(card.kind)),
            ("", _("Correo")),
        ],
    }
    part = "_letter" if request.htmx else "letter"  # type: ignore[attr-defined]
    return render(request, f"escalations/{part}.html", context, status=status)
