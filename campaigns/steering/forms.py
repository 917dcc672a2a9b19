"""What a supervisor writes on the plan page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.steering.goals import GoalRow, Wanted

MOST = 9_999_999  # no month has so many


class GoalForm(forms.Form):
    """The goals of the month or of one agent; an empty field asks for nothing."""

    services_paid = forms.IntegerField(
        label=_("Meta de servicios pagados tras contacto"), required=False, min_value=1, max_value=MOST
    )
    contacted = forms.IntegerField(label=_("Meta de contactados"), required=False, min_value=1, max_value=MOST)

    def __init__(self, data: Any = None, *, row: GoalRow) -> None:
        self.row = row
        initial = {"services_paid": row.services_paid.goal, "contacted": row.contacted.goal}
        super().__init__(data, prefix=f"g{row.agent_id or 0}", initial=initial)
        for name, field in self.fields.items():
            if getattr(row, name).odd:
                field.widget.attrs["aria-describedby"] = f"odd-{self.add_prefix(name)}"
            field.widget.attrs |= {"aria-label": f"{field.label}: {row.name}", "inputmode": "numeric"}

    @property
    def wanted(self) -> Wanted:
        return Wanted(agent_id=self.row.agent_id, **self.cleaned_data)


class TakeOverForm(forms.Form):
    """The two numbers that were shown when the question was answered; whether they are meant, however far they are."""

    calls_an_hour = forms.IntegerField(min_value=1, max_value=32_767)
    attempts = forms.DecimalField(min_value=1, max_digits=3, decimal_places=1)
    is_meant = forms.BooleanField(required=False)
