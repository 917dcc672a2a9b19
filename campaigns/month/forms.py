"""What a supervisor writes about a campaign that runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.desk.script import PLACES, unknown_places
from campaigns.models import Campaign


class ScriptField(forms.CharField):
    """What the agent reads to the customer; what it names in braces must be something the desk can fill in."""

    widget = forms.Textarea(attrs={"rows": 7})

    def __init__(self, **more: Any) -> None:
        super().__init__(label=_("Guion"), required=False, max_length=4000, **more)

    def clean(self, value: Any) -> str:
        script = str(super().clean(value) or "")
        if unknown := unknown_places(script):
            raise forms.ValidationError(
                _("No se conoce {%(place)s}. Puede usar: %(places)s.")
                % {"place": unknown[0][:40], "places": ", ".join("{" + place + "}" for place in PLACES)}
            )
        return script


class WordsForm(forms.Form):
    """What may change while the campaign runs."""

    script = ScriptField(
        help_text=_(
            "Lo que el agente lee al llamar. {cliente}, {agente}, {contrato}, {monto}, {vence}, {servicios} y"
            " {vencimientos} («su servicio de Internet vence el 30/11», también de varios) se reemplazan por los datos"
            " de cada cliente. Vacío, se usa el guion de siempre."
        )
    )
    dialling = forms.ChoiceField(
        label=_("Modo de llamar"),
        choices=Campaign.Dialling.choices,
        help_text=_("Vale para todos los agentes de la campaña, desde su próximo contacto."),
    )

    @classmethod
    def of(cls, campaign: Campaign, data: Any = None) -> WordsForm:
        return cls(data, initial={"script": campaign.script, "dialling": campaign.dialling})
