"""The desk's form as it comes in: texts into days, hours and money. What a result asks for is decided elsewhere."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.calling.calling_hours import on_clock
from campaigns.desk.answers import Answers
from screens.amounts import read_amount


class ResultForm(forms.Form):
    """Fields of the result panel; `answers()` is what `record_result` takes."""

    disposition = forms.CharField(error_messages={"required": _("Elija el resultado de la llamada.")})
    telephone = forms.CharField(required=False, max_length=16)
    note = forms.CharField(required=False, max_length=2000)
    reason = forms.CharField(required=False, max_length=500)
    promised_on = forms.DateField(required=False, error_messages={"invalid": _("Escriba el día como 28/11/2026.")})
    promised_amount = forms.CharField(required=False, max_length=20)
    call_back_day = forms.DateField(required=False, error_messages={"invalid": _("Escriba el día como 28/11/2026.")})
    call_back_time = forms.TimeField(required=False, error_messages={"invalid": _("Escriba la hora como 15:30.")})
    call_back_personal = forms.CharField(required=False, max_length=8)
    undialled = forms.CharField(required=False, max_length=8)

    def clean_promised_amount(self) -> Decimal | None:
        text = self.cleaned_data["promised_amount"]
        amount = read_amount(text) if text else None
        if text and amount is None:
            raise forms.ValidationError(_("Escriba el monto como 289,00."))
        return amount

    def answers(self) -> Answers:
        """What was answered, without the disposition."""
        given = self.cleaned_data
        return Answers(
            telephone=given.get("telephone", ""),
            note=given.get("note", ""),
            reason=given.get("reason", ""),
            promised_on=given.get("promised_on"),
            promised_amount=given.get("promised_amount"),
            call_back_at=self._call_back_at(),
            call_back_personal=given.get("call_back_personal") != "team",
            undialled=bool(given.get("undialled")),
        )

    def sentences(self) -> dict[str, str]:
        """The first error of each field, for the screen."""
        found = {name: str(errors[0]) for name, errors in self.errors.items()}
        for part in ("call_back_day", "call_back_time"):
            if part in found:
                found.setdefault("call_back_at", found[part])
        return found

    def _call_back_at(self) -> datetime | None:
        day, clock = self.cleaned_data.get("call_back_day"), self.cleaned_data.get("call_back_time")
        return on_clock(day, clock) if day and clock else None
