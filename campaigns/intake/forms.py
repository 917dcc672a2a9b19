"""The upload of a report: which report, of which month, which file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import ReportKind
from campaigns.month.periods import PeriodNotUnderstood, parse_period


class PeriodField(forms.CharField):
    """A month written as `2026-12`, which the browser's own month chooser writes as well."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-12"})

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_period(text)
        except PeriodNotUnderstood as error:
            raise forms.ValidationError(str(error)) from error


class UploadForm(forms.Form):
    """One error at a time is enough: what is wrong with the file itself is said by the verb that takes it."""

    kind = forms.ChoiceField(label=_("Reporte"), choices=ReportKind.choices)
    period = PeriodField(
        label=_("Mes por pagar"),
        required=False,
        help_text=_("Solo para el reporte CCVP, si el nombre del archivo no lo dice."),
    )
    file = forms.FileField(
        label=_("Archivo"),
        help_text=_("xlsx, xls, ods o csv, como lo exporta Smartflex. Puede arrastrarlo hasta aquí."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt"}),
        error_messages={"required": _("Elija el archivo del reporte."), "empty": _("El archivo está vacío.")},
    )
