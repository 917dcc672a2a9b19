"""What a supervisor writes on the proposal page and when contacts change hands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.assignment.assigning import ShareTerms, Terms
from campaigns.assignment.moving import ANY, TRIED, UNTRIED
from campaigns.models import AssignmentShare, Campaign
from campaigns.models.contacts import CallList
from campaigns.month.forms import ScriptField

HUNDRED = Decimal(100)


class TermsForm(forms.Form):
    """How the whole campaign is assigned."""

    order = forms.ChoiceField(label=_("Orden de prioridad"), choices=Campaign.Order.choices)
    hold_out = forms.DecimalField(
        label=_("Grupo de control (%)"),
        min_value=0,
        max_value=50,
        decimal_places=1,
        help_text=_(
            "Parte de cada lista, elegida al azar por hogar, que no se llama: mide cuánto aportan las llamadas."
        ),
    )
    hold_out_seed = forms.IntegerField(
        label=_("Número del sorteo"),
        min_value=1,
        max_value=2**31 - 1,
        help_text=_("Cada mes trae el suyo, al azar. El mismo número elige siempre a los mismos."),
    )
    follows_answers = forms.BooleanField(
        label=_("Llamar primero a la hora en que contestan"),
        required=False,
        help_text=_(
            "En cada parte del día se llama primero, por orden de prioridad, a los de una mitad, elegida por sorteo,"
            " que contestaron antes en esa parte: el mismo cliente, o los de su lista, zona y tipo de teléfono, en los"
            " tres meses anteriores. Cuando se acaban sigue el resto de las dos mitades, por orden de prioridad: quien"
            " vence hoy puede ir detrás de quien vence más tarde. El plan del mes compara las dos mitades."
        ),
    )
    script = ScriptField(help_text=_("Lo que el agente lee al llamar. También puede cambiarlo durante la campaña."))

    @classmethod
    def of(cls, campaign: Campaign, data: Any = None) -> TermsForm:
        return cls(
            data,
            initial={
                "order": campaign.order,
                "hold_out": plain(campaign.hold_out_share * HUNDRED),
                "hold_out_seed": campaign.hold_out_seed,
                "follows_answers": campaign.follows_answers,
                "script": campaign.script,
            },
        )


class ShareForm(forms.Form):
    """One agent's share. The table's head says what each field is; screen readers hear it with the agent's name."""

    is_included = forms.BooleanField(label=_("Participa"), required=False)
    weight = forms.DecimalField(label=_("Peso"), min_value=Decimal("0.05"), max_value=10, decimal_places=2)
    takes_internet = forms.BooleanField(label=_("Atiende Internet"), required=False)
    takes_tv = forms.BooleanField(label=_("Atiende televisión"), required=False)

    def __init__(self, data: Any = None, *, share: AssignmentShare) -> None:
        self.share = share
        initial = {
            "is_included": share.is_included,
            "weight": plain(share.weight),
            "takes_internet": share.takes_internet,
            "takes_tv": share.takes_tv,
        }
        super().__init__(data, prefix=f"s{share.pk}", initial=initial, use_required_attribute=False)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {share.agent}"
        self.fields["weight"].widget.attrs["step"] = "any"

    @property
    def terms(self) -> ShareTerms:
        return ShareTerms(agent_id=self.share.agent_id, **self.cleaned_data)


class SelectionForm(forms.Form):
    """Which contacts change hands."""

    lists = forms.ChoiceField(label=_("Lista"), required=False, choices=[("", _("Todas")), *CallList.choices])
    zone = forms.ChoiceField(label=_("Zona"), required=False)
    tried = forms.ChoiceField(
        label=_("Intentos"),
        required=False,
        choices=[(ANY, _("Con y sin intentos")), (UNTRIED, _("Sin intentos todavía")), (TRIED, _("Ya intentados"))],
    )

    def __init__(self, *args: Any, zones: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101 - declared above
        zone.choices = [("", _("Todas")), *((name, name) for name in zones)]


def terms_from(form: TermsForm, shares: list[ShareForm]) -> Terms:
    """What valid forms say."""
    decided = form.cleaned_data
    return Terms(
        order=decided["order"],
        hold_out_share=decided["hold_out"] / HUNDRED,
        hold_out_seed=decided["hold_out_seed"],
        script=decided["script"],
        follows_answers=decided["follows_answers"],
        shares=tuple(share.terms for share in shares),
    )


def plain(number: Decimal) -> str:
    """A number as one would type it: 1, 0.5."""
    return f"{number.normalize():f}"
