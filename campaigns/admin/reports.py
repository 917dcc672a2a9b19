"""Admin of the reports: where they come from, and under which titles their columns are known; not what came."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.intake.rejected_page import columns_of
from campaigns.models import ColumnAlias, ReportKind, ReportSource
from campaigns.rows.reading import fields_of, heading_key
from systems.reports.sources import SourceRefused, SourceSettings, check_settings


class ReportSourceForm(forms.ModelForm):
    """What could never be fetched is said when it is saved, not at the next look."""

    class Meta:
        model = ReportSource
        fields = (
            "name", "kind", "is_active", "transport", "location", "pattern", "host_key", "secret_name",
            "contract_digits", "service_digits", "receipt_digits",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("transport") and cleaned.get("location"):
            asked = SourceSettings(
                transport=cleaned["transport"],
                location=cleaned["location"],
                pattern=cleaned.get("pattern", ""),
                host_key=cleaned.get("host_key", ""),
                hosts=settings.REPORT_SOURCE_HOSTS,
                folders=settings.REPORT_SOURCE_FOLDERS,
            )
            try:
                check_settings(asked)
            except SourceRefused as refusal:
                self.add_error("location", str(refusal))
        return cleaned


@admin.register(ReportSource)
class ReportSourceAdmin(admin.ModelAdmin):
    """Sources are switched off rather than deleted: their files were taken once and must not come again."""

    form = ReportSourceForm
    list_display = ("name", "kind", "transport", "location", "pattern", "is_active", "last_looked_at", "answers")
    list_filter = ("kind", "transport", "is_active")
    search_fields = ("name", "location", "pattern")
    readonly_fields = ("last_looked_at", "last_error")
    fieldsets = (
        (None, {"fields": ("name", "kind", "is_active")}),
        (_("Dónde está"), {"fields": ("transport", "location", "pattern")}),
        (
            _("Acceso"),
            {
                "fields": ("host_key", "secret_name"),
                "description": _("Las contraseñas se ponen en el entorno del servidor; aquí solo el nombre."),
            },
        ),
        (_("Cifras de los números"), {"fields": ("contract_digits", "service_digits", "receipt_digits")}),
        (_("Última búsqueda"), {"fields": ("last_looked_at", "last_error")}),
    )

    @admin.display(description=_("responde"), boolean=True)
    def answers(self, source: ReportSource) -> bool | None:
        return None if source.last_looked_at is None else not source.last_error

    def has_delete_permission(self, request: HttpRequest, obj: ReportSource | None = None) -> bool:
        return obj is not None and not obj.report_set.exists()


class ColumnAliasForm(forms.ModelForm):
    """The column is chosen from those a report has, and a title is known for one column only."""

    field = forms.ChoiceField(label=_("Columna"), help_text=_("Qué dato es lo que está bajo ese título."))

    class Meta:
        model = ColumnAlias
        fields = ("kind", "field", "alias")
        help_texts = {"alias": _("Como está en el archivo. Mayúsculas, acentos, espacios y signos dan igual.")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = [(str(label), columns_of(kind)) for kind, label in ReportKind.choices]
        cast(forms.ChoiceField, self.fields["field"]).choices = names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, field, alias = cleaned.get("kind"), cleaned.get("field"), cleaned.get("alias") or ""
        if kind and field and field not in fields_of(kind):
            self.add_error("field", _("El reporte elegido no tiene esta columna."))
        key = heading_key(alias)
        if alias and not key:
            self.add_error("alias", _("El título debe tener letras o números."))
        known = ColumnAlias.objects.filter(kind=kind, alias_key=key).exclude(pk=self.instance.pk).first()
        if alias and known:
            self.add_error("alias", _("Este título ya se conoce como «%(field)s».") % {"field": known.field})
        self.instance.alias_key = key
        return cleaned


@admin.register(ColumnAlias)
class ColumnAliasAdmin(admin.ModelAdmin):
    """Titles are compared without case, accents and signs: «Nro. Servicio» is «NRO_SERVICIO»."""

    list_display = ("alias", "field", "kind")
    list_filter = ("kind", "field")
    search_fields = ("alias", "field")
    ordering = ("kind", "field", "alias")
    form = ColumnAliasForm
