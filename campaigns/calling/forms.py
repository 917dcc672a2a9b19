"""What supervision writes down of who asked not to be called."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from telephony import phone_numbers


class DoNotCallForm(forms.Form):
    """One thing a row: a contract or a telephone, the latter in any way it is written."""

    contract = forms.CharField(label=_("Contrato"), max_length=32, required=False)
    telephone = forms.CharField(label=_("Teléfono"), max_length=24, required=False)
    reason = forms.CharField(label=_("Motivo"), max_length=200, help_text=_("Quién lo pidió, cuándo y cómo."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        contract, telephone = (data.get("contract") or "").strip(), (data.get("telephone") or "").strip()
        if bool(contract) == bool(telephone):
            raise ValidationError(gettext("Escriba un contrato o un teléfono, uno de los dos."))
        if telephone:
            number = phone_numbers.parse(telephone)
            if number is None:
                raise ValidationError({"telephone": gettext("No es un teléfono de Bolivia.")})
            telephone = number
        return {**data, "contract": contract, "telephone": telephone}
