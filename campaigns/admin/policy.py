"""Django admin of the internal policy: caps and delays, windows, results."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.shortened_policies import ShortenedInAWeek
from campaigns.calling import house_rules
from campaigns.calling.rulebook import NO_RESULT
from campaigns.models import CallingPolicy, CallingWindow, Disposition
from escalations.models import Kind
from screens.admin_rights import OneRow

MEANING = ("code", "party", "scope", "is_final", "counts_as_attempt", "retires_telephone", "forbids_calling")


@admin.register(CallingPolicy)
class CallingPolicyAdmin(ShortenedInAWeek, OneRow, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    months = ("personal_data_months",)
    fieldsets = (
        (
            _("Cuántas veces y cada cuánto"),
            {
                "fields": ("attempts_a_day", "attempts_a_campaign", "minutes_between_attempts"),
                "description": _("Ninguna norma fija horas ni cantidad de llamadas: esto es política interna."),
            },
        ),
        (
            _("Partes del día"),
            {
                "fields": ("afternoon_starts", "evening_starts"),
                "description": _("Los intentos se reparten: no se repite en la misma parte del mismo día."),
            },
        ),
        (_("Fechas de la campaña"), {"fields": ("calls_from_day", "grace_days", "promise_days")}),
        (
            _("Llamadas acordadas y reservas"),
            {"fields": ("lease_minutes", "personal_call_back_minutes", "team_call_back_minutes")},
        ),
        (
            _("Plan de capacidad"),
            {
                "fields": ("calls_an_hour", "attempts_expected"),
                "description": _("Con esto se calcula si las llamadas alcanzan hasta el último día."),
            },
        ),
        (_("Marcado"), {"fields": ("countdown_seconds",)}),
        (_("Datos personales"), {"fields": ("personal_data_months", "agents_export")}),
    )


class WindowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Two windows of a day do not overlap: one of them would be a mistake."""

    class Meta:
        model = CallingWindow
        fields = ("weekday", "opens", "closes")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and data.get("weekday") is not None:
            if closes <= opens:
                raise ValidationError({"closes": gettext("Debe ser después de la hora de apertura.")})
            if house_rules.crosses_another(
                weekday=data["weekday"], opens=opens, closes=closes, but=self.instance.pk or 0
            ):
                raise ValidationError(gettext("Ya hay una ventana de ese día que se cruza con estas horas."))
        return data


@admin.register(CallingWindow)
class CallingWindowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Hours in which customers may be called, besides holidays, which are never called."""

    form = WindowForm
    list_display = ("weekday", "opens", "closes")
    list_filter = ("weekday",)
    ordering = ("weekday", "opens")
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if house_rules.nobody_is_called():
            messages.warning(request, _("Sin ventanas no se llama a nadie, ningún día."))
        return super().changelist_view(request, extra_context)


class DispositionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Says in words what the constraints of the table ask for."""

    class Meta:
        model = Disposition
        fields = "__all__"  # noqa: DJ007 - the fieldsets name them

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        escalates = self.fields.get("escalates")
        if isinstance(escalates, forms.ModelChoiceField):  # one that was switched off stays where it was chosen
            offered = Q(is_active=True) | Q(code=self.instance.escalates_id)
            escalates.queryset = Kind.objects.filter(offered).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_final = data.get("is_final", self.instance.is_final)
        if is_final and data.get("retry_minutes") is not None:
            raise ValidationError({"retry_minutes": gettext("Un resultado final no se vuelve a llamar: déjelo vacío.")})
        if not is_final and data.get("retry_minutes") is None and "retry_minutes" in self.fields:
            raise ValidationError({"retry_minutes": gettext("Si no es final, diga en cuántos minutos se vuelve.")})
        key = data.get("key")
        if key and (key not in "123456789"):
            raise ValidationError({"key": gettext("Del 1 al 9, o vacía.")})
        if key and data.get("is_active") and house_rules.key_is_taken(key=key, but=self.instance.pk or 0):
            raise ValidationError({"key": gettext("Esa tecla ya la usa otro resultado activo.")})
        return data


@admin.register(Disposition)
class DispositionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Results of a call. What a used one means is history: it is switched off and another one is made."""

    form = DispositionForm
    list_display = ("name", "key", "party", "scope", "is_final", "retry_minutes", "position", "is_active")
    list_filter = ("is_active", "party", "scope", "is_final")
    search_fields = ("name", "code")
    ordering = ("position", "name")
    actions = ("switch_off", "switch_on")
    fieldsets = (
        (None, {"fields": ("name", "code", "key", "position", "is_active")}),
        (
            _("Qué significa"),
            {
                "fields": ("party", "scope", "is_final", "retry_minutes", "counts_as_attempt"),
                "description": _(
                    "Lo que significa un resultado ya registrado no se cambia: movería cifras de meses pasados."
                    " Desactívelo y cree otro."
                ),
            },
        ),
        (_("Qué hace"), {"fields": ("retires_telephone", "forbids_calling", "escalates")}),
        (
            _("Qué pide al agente"),
            {"fields": ("requires_promise", "requires_call_back", "requires_note", "requires_reason")},
        ),
        (_("Central telefónica"), {"fields": ("pbx_result",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Disposition | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        fixed = MEANING if house_rules.is_used(obj) else ()
        return (*fixed, "is_active", "code") if obj.code == NO_RESULT else fixed

    def has_delete_permission(self, request: HttpRequest, obj: Disposition | None = None) -> bool:
        return obj is not None and obj.code != NO_RESULT and not house_rules.is_used(obj)

    @admin.action(description=_("Desactivar los resultados elegidos"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Disposition]) -> None:
        changed = house_rules.switch_off(queryset)
        messages.success(request, gettext("%(n)d resultados desactivados.") % {"n": changed})

    @admin.action(description=_("Activar los resultados elegidos (sin su tecla si ya está en uso)"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Disposition]) -> None:
        changed = house_rules.switch_on(queryset)
        messages.success(request, gettext("%(n)d resultados activados.") % {"n": changed})
