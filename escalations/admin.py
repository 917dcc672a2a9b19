"""Django admin of the kinds of what is handed over, how they are worked and who is written to; of no card."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.access import signed_in_user
from agents.accounts import place_of, tell_supervision
from agents.models import AccountEvent
from escalations.letters import PLACE, draft_letter
from escalations.models import Escalation, Kind, Unit, UnitAddress
from escalations.models.kinds import OF_THE_HOUSE
from screens.admin_rights import NamesNobodyItHolds

NOTHING = "—"
RECENT = 50  # cards whose steps are looked at for what a mail may name


class KindForm(forms.ModelForm):  # type: ignore[type-arg]
    """What goes out by itself needs somebody to go to."""

    class Meta:
        model = Kind
        fields = (
            *("code", "name", "lane_button", "worked_by", "is_active"),
            *("limit_hours", "warn_hours", "stops_while_waiting", "closes"),
            *("unit", "writes_at_once", "subject", "body"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("writes_at_once") and not cleaned.get("unit"):
            self.add_error("unit", ValidationError(gettext("Elija a qué unidad sale el correo por sí solo.")))
        return cleaned


@admin.register(Kind)
class KindAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Kinds are added, changed and switched off. One that the house raises by itself, or that a card, a flow or a
    result names, is not deleted.
    """

    form = KindForm
    list_display = ("name", "worked_by", "limit", "warning", "closes", "unit", "writes", "is_active")
    list_filter = ("worked_by", "is_active", "unit")
    list_select_related = ("unit",)
    search_fields = ("code", "name", "subject", "body")
    ordering = ("name",)
    actions = None
    readonly_fields = ("may_name", "preview")
    fieldsets = (
        (None, {"fields": ("code", "name", "lane_button", "worked_by", "is_active")}),
        (_("Plazo"), {"fields": ("limit_hours", "warn_hours", "stops_while_waiting", "closes")}),
        (_("Correo a la unidad"), {"fields": ("unit", "writes_at_once", "subject", "body", "may_name", "preview")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Kind | None = None) -> tuple[str, ...]:
        return (*(("code",) if obj else ()), *self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Kind | None = None) -> bool:
        """Asked here for the cards alone: they are too many for the page that says what keeps a kind."""
        stays = obj is not None and (obj.code in OF_THE_HOUSE or Escalation.objects.filter(kind=obj).exists())
        return super().has_delete_permission(request, obj) and not stays

    @admin.display(description=_("plazo, h"), ordering="limit_hours")
    def limit(self, kind: Kind) -> Any:
        return kind.limit_hours

    @admin.display(description=_("avisa, h"), ordering="warn_hours")
    def warning(self, kind: Kind) -> Any:
        return kind.warn_hours

    @admin.display(description=_("escribe al derivar"), boolean=True)
    def writes(self, kind: Kind) -> bool:
        return kind.writes_at_once

    @admin.display(description=_("datos de su paso"))
    def may_name(self, kind: Kind) -> str:
        latest = Escalation.objects.filter(kind__code=kind.code).order_by("-raised_at")
        names = sorted({name for details in latest.values_list("details", flat=True)[:RECENT] for name in details})
        return " ".join(f"{{{name}}}" for name in names) or NOTHING

    @admin.display(description=_("así sale, con una derivación de ejemplo"))
    def preview(self, kind: Kind) -> str:
        draft = draft_letter(example_of(kind, now=timezone.now()))
        return format_html("<p><strong>{}</strong></p><pre>{}</pre>", draft.subject, draft.text)


def example_of(kind: Kind, *, now: datetime) -> Escalation:
    """A card of nobody: what its step would have asked for stands as the name of its place."""
    asked_for = {name: f"«{name}»" for name in PLACE.findall(f"{kind.subject} {kind.body}")}
    return Escalation(
        kind=kind, line="101", contract="1000001", customer_name=gettext("Cliente de Ejemplo"),
        telephone="+59170000000", zone=gettext("Zona Norte"), reason=gettext("Lo que se anotó en la llamada"),
        promised=gettext("Le llamamos hoy."), details=asked_for, raised_at=now,
        due_at=now + timedelta(hours=float(kind.limit_hours)),
    )  # fmt: skip


class UnitAddressInline(admin.TabularInline):  # type: ignore[type-arg]
    model = UnitAddress
    fields = ("name", "email", "sector", "is_substitute", "valid_from", "valid_until")
    ordering = ("sector", "is_substitute", "-valid_from")
    extra = 0
    formfield_overrides = {  # noqa: RUF012 — six columns have to fit beside the menu
        models.CharField: {"widget": forms.TextInput(attrs={"size": 16})},
        models.EmailField: {"widget": forms.EmailInput(attrs={"size": 22})},
    }
    verbose_name = _("persona que recibe su correo")
    verbose_name_plural = _("quién recibe su correo")


@admin.register(Unit)
class UnitAdmin(NamesNobodyItHolds, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Roles outside the call centre. Who holds one is a row with its days: it is ended, so that it stays known."""

    list_display = ("name", "code", "written_to")
    search_fields = ("name", "code", "addresses__name", "addresses__email", "addresses__sector")
    ordering = ("name",)
    actions = None
    inlines = (UnitAddressInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ("code", "name", "by_zone"),
                "description": _(
                    "Se escribe primero a la persona del sector y después a la de todos los sectores; mientras vale, a "
                    "quien suple antes que a quien es titular. Al que deja el cargo póngale su último día."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        today = UnitAddress.objects.valid_on(timezone.localdate()).order_by("sector", "-is_substitute", "name")
        return super().get_queryset(request).prefetch_related(Prefetch("addresses", today, to_attr="valid_today"))

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Letters tell of customers: supervision knows to whom they go before the next one does."""
        super().save_formset(request, form, formset, change)
        if formset.model is not UnitAddress:
            return
        for one in (*formset.new_objects, *(old for old, _fields in formset.changed_objects), *formset.deleted_objects):
            tell_supervision(
                kind=AccountEvent.Kind.ADDRESSES, words=f"{one.email[:60]} · {form.instance} · {one.name}",
                by=signed_in_user(request), now=timezone.now(), place=place_of(request),
            )  # fmt: skip

    @admin.display(description=_("hoy lo recibe"))
    def written_to(self, unit: Unit) -> str:
        return ", ".join(map(str, unit.valid_today)) or gettext("nadie")  # type: ignore[attr-defined]
