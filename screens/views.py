"""The living page of the components, for whoever builds pages: in the demo or with DEBUG, for administrators."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screens.charts import Chart, bars_by, day_by_day
from screens.interval_charts import Estimate, intervals
from screens.tables import Figure, ListTable, MaskedTelephone, Money, RowLink


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Nombre"), help_text=gettext_lazy("Como está en el contrato."))
    day = forms.DateField(
        label=gettext_lazy("Fecha prometida"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    service = forms.ChoiceField(label=gettext_lazy("Servicio"), choices=[("INTERNET", "Internet"), ("TV", "TV")])
    amount = forms.DecimalField(label=gettext_lazy("Monto en Bs"), required=False)
    part = forms.ChoiceField(
        label=gettext_lazy("Parte del día"),
        choices=[("m", gettext_lazy("Mañana")), ("t", gettext_lazy("Tarde"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=gettext_lazy("Nota"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    file = forms.FileField(label=gettext_lazy("Archivo"), required=False)
    agrees = forms.BooleanField(label=gettext_lazy("El cliente está de acuerdo"), required=False)


class SampleTable(ListTable):
    """A list with everything a list has."""

    title = gettext_lazy("Muestra de tabla")
    name = RowLink(
        verbose_name=gettext_lazy("Cliente"),
        linkify=lambda record: f"#{record['contract']}",
        footer=gettext_lazy("Total"),
    )
    contract = Figure(verbose_name=gettext_lazy("Contrato"))
    telephone = MaskedTelephone(verbose_name=gettext_lazy("Teléfono"))
    amount = Money(
        verbose_name=gettext_lazy("Monto"), footer=lambda table: table.columns["amount"].render(sum_of(table, "amount"))
    )


def sum_of(table: Any, field: str) -> Decimal:
    return sum((row[field] for row in table.data), Decimal())


def sample_rows() -> list[dict[str, Any]]:
    names = ("María José Quispe Mamani", "Juan Carlos Rojas", "Ñusta Ávalos", "Óscar Vargas Peredo")
    return [
        {
            "name": names[line % len(names)],
            "contract": 300_100 + line,
            "telephone": ("+59144251000", "+59170712345")[line % 2],
            "amount": Decimal("149.00") * (1 + line % 4),
        }
        for line in range(120)
    ]


def sample_charts(today: date) -> list[Chart]:
    days = [today + timedelta(days=day) for day in range(6)]
    return [
        day_by_day(
            title=_("Día a día"),
            series={
                _("Gestionados"): [(day, 410 + turn * 37) for turn, day in enumerate(days)],
                _("Pagos"): [(day, 190 + turn * 55) for turn, day in enumerate(days)],
            },
        ),
        bars_by(
            title=_("Resultados por servicio"),
            values={"Internet": {_("Pagó"): 803, _("No pagó"): 412}, "TV": {_("Pagó"): 377, _("No pagó"): 240}},
        ),
        intervals(
            title=_("Efecto de las llamadas"), unit=_("puntos"), estimates=[Estimate("Internet", 2.1, 8.0, 13.9)]
        ),
    ]


def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    if not (getattr(request.user, "is_superuser", False) and (settings.DEBUG or settings.IS_DEMO)):
        raise Http404
    if "toast" in request.GET:
        messages.success(request, _("Resultado registrado: pagará el 28/11."))
    wrong = SampleForm({"name": "", "service": "TV", "amount": "x"}, prefix="wrong")
    now = timezone.now()
    page = {
        "form": SampleForm(),
        "wrong": wrong,
        "table": SampleTable(sample_rows()).shown_to(request),
        "charts": sample_charts(now.date()),
        "none": SampleTable([], empty_text=_("Ningún cliente coincide con estos filtros.")),
        "now": now,
        "earlier": now - timedelta(minutes=7),
        "kinds": [
            ("ok", _("Pagado")), ("warn", _("Por vencer")), ("bad", _("Incumplido")), ("info", _("En curso")),
            ("calm", _("Pendiente")),
        ],
        "tabs": [
            {"href": "?tab=1", "words": _("Contactos"), "current": True, "count": 3967, "key": "1"},
            {"href": "?tab=2", "words": _("No llamables"), "current": False, "count": 125, "key": "2"},
            {"href": "?tab=3", "words": _("Historia"), "current": False},
        ],
        "trail": [("/", _("Inicio")), ("#", _("Campañas")), ("", _("Diciembre 2026"))],
    }  # fmt: skip
    return render(request, "screens/components.html", page)


def fragment(request: HttpRequest) -> HttpResponse:
    """A swap that takes the focus, for trying it by keyboard."""
    return render(request, "screens/_fragment.html", {"now": timezone.now()})
