"""Django admin of the outside systems: how each is used; and, to look at, who met the reserve."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inbound.models import OutsideSystem, ReservedSearch
from inbound.outside.reaching import use_of
from screens.admin_rights import ReadOnly
from systems.registry import asked_cells


@admin.register(OutsideSystem)
class OutsideSystemAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Those with a client: changed, never added or deleted. A change counts at the next use, without a restart.

    CCVP is a report and the sectors' mail is mail: whether they are used is said of the source and of the recipient.
    """

    list_display = (*("code", "mode", "in_use", "timeout_seconds", "daily_limit", "daily_writes", "largest_amount"),)
    list_editable = ("mode",)
    list_filter = ("mode",)
    ordering = ("code",)
    actions = None
    fieldsets = (
        (
            None,
            {
                "fields": ("code", "mode", "timeout_seconds"),
                "description": _(
                    "Dónde está cada sistema lo dice la instalación (SYSTEMS_URL). Uno conectado sin dirección se usa"
                    " a mano. Lo que cambie aquí vale desde el paso siguiente de cada llamada."
                ),
            },
        ),
        (
            _("Límites de recargas, créditos y bloqueos"),
            {"fields": ("daily_limit", "daily_writes", "largest_amount")},
        ),
        (
            _("Otra vez, y otra persona"),
            {
                "fields": ("cool_down_minutes", "typed_again_above", "second_person_above", "approval_minutes"),
                "description": _(
                    "Lo que frena una recarga repetida, un cero de más y a quien pide mucho a solas. Vale desde la"
                    " operación siguiente; lo que ya espera aprobación la sigue esperando."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutsideSystem]:
        found: QuerySet[OutsideSystem] = super().get_queryset(request)
        return found.filter(code__in=asked_cells())

    def get_readonly_fields(self, request: HttpRequest, obj: OutsideSystem | None = None) -> tuple[str, ...]:
        return ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("se usa ahora"))
    def in_use(self, row: OutsideSystem) -> str:
        return str(use_of(row.code, row=row).mode.label)


@admin.register(ReservedSearch)
class ReservedSearchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Who searched for what is in reserve, and when; never what."""

    list_display = ("at", "by", "reserved")
    list_filter = ("at", "by")
    list_select_related = ("by",)
    ordering = ("-at",)
    date_hierarchy = "at"
