"""What each verb asks for, as a form; a verb that asks for nothing has an empty one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import User
from escalations.lifecycle import Verb
from escalations.models import Escalation

LONGEST = 2000


def _text(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 2, "data-enter-sends": ""})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=box, help_text=hint)


def _line(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=200)


class TakeForm(forms.Form):
    """Nothing to say."""


class GiveBackForm(forms.Form):
    reason = _line(_("Por qué la devuelve"))


class GoOnForm(forms.Form):
    note = _line(_("Qué contestaron"))


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("A quién"), queryset=User.objects.none())
    reason = _line(_("Por qué"))


class WaitForm(forms.Form):
    """Whoever is waited for, in words: a unit that is offered, or anybody else. Nothing goes out by it."""

    unit = forms.CharField(
        label=_("A quién se espera"),
        max_length=80,
        help_text=_("Con esto no se le escribe a nadie: el correo sale con «Escribir a una unidad»."),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )


class ResolveForm(forms.Form):
    outcome = _text(_("Qué se resolvió"))


class RejectForm(forms.Form):
    reason = _text(_("Por qué no corresponde"), hint=_("Se le explica al cliente."))


class InformForm(forms.Form):
    how = forms.ChoiceField(label=_("Cómo se le informó"), choices=Escalation.How.choices, widget=forms.RadioSelect)
    told_at = forms.DateTimeField(
        label=_("Cuándo"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    note = _text(_("Qué dijo el cliente"), required=False)


class ReopenForm(forms.Form):
    reason = _text(_("Por qué se reabre"))


class MergeForm(forms.Form):
    into_id = forms.IntegerField(min_value=1, max_value=10**15, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    text = _text(_("Nota"), hint=_("Con @ y su usuario, alguien de supervisión la ve."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].widget.attrs |= {"data-mentions": "", "aria-autocomplete": "list"}


FORMS: dict[Verb, type[forms.Form]] = {
    Verb.TAKE: TakeForm, Verb.GIVE_BACK: GiveBackForm, Verb.GO_ON: GoOnForm, Verb.HAND_OVER: HandOverForm,
    Verb.WAIT: WaitForm, Verb.RESOLVE: ResolveForm, Verb.REJECT: RejectForm, Verb.INFORM: InformForm,
    Verb.REOPEN: ReopenForm, Verb.MERGE: MergeForm, Verb.NOTE: NoteForm,
}  # fmt: skip


def form_of(
    verb: Verb, *, people: Any, now: datetime, sent: Any = None, prefix: str | None = None, requires: bool = True
) -> forms.Form:
    """The form of a verb, empty or as it was sent; `people` are who may have the card.

    `prefix`: where several stand in one; `requires`: whether the browser refuses to send what is missing.
    """
    form = FORMS[verb](
        sent, initial={"told_at": timezone.localtime(now)}, auto_id=f"{verb}-%s", prefix=prefix,
        use_required_attribute=requires,
    )  # fmt: skip
    if isinstance(form, HandOverForm):
        form.fields["to"].queryset = people  # type: ignore[attr-defined]
    return form
