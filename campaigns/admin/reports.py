"""Admin of the reports: where they come from, under which titles their columns are known, and what came."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import ColumnAlias, Report, ReportSource
from campaigns.reading import heading_key


@admin.register(ReportSource)
class ReportSourceAdmin(admin.ModelAdmin):
    """Sources are switched off rather than deleted: their files were taken once and must not come again."""

    list_display = ("name", "kind", "transport", "location", "pattern", "is_active", "last_looked_at", "has_error")
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
        (_("Última búsqueda"), {"fields": ("last_looked_at", "last_error")}),
    )

    @admin.display(description=_("con error"), boolean=True)
    def has_error(self, source: ReportSource) -> bool:
        return not source.last_error

    def has_delete_permission(self, request: HttpRequest, obj: ReportSource | None = None) -> bool:
        return obj is not None and not obj.report_set.exists()


@admin.register(ColumnAlias)
class ColumnAliasAdmin(admin.ModelAdmin):
    """Titles are compared without case, accents and signs: «Nro. Servicio» is «NRO_SERVICIO»."""

    list_display = ("alias", "field", "kind")
    list_filter = ("kind", "field")
    search_fields = ("alias", "field")
    ordering = ("kind", "field", "alias")

    def save_model(self, request: HttpRequest, obj: ColumnAlias, form: Any, change: bool) -> None:
        obj.alias_key = heading_key(obj.alias)
        super().save_model(request, obj, form, change)


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    """Read only: a report is decided on its own page."""

    list_display = ("name", "kind", "period", "state", "arrived_at", "rows", "taken", "rejected")
    list_filter = ("kind", "state", "period")
    search_fields = ("name", "sha256")
    date_hierarchy = "arrived_at"
    ordering = ("-arrived_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False
