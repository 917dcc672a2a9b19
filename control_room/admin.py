"""Django admin of the room's limits: one row a kind, changed and never deleted."""

from __future__ import annotations

from django.contrib import admin

from control_room.models import AlertLimit
from screens.admin_rights import NeverDeleted


@admin.register(AlertLimit)
class AlertLimitAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("kind", "limit", "is_on", "is_mailed")
    readonly_fields = ("kind",)
    ordering = ("kind",)

    def has_add_permission(self, request: object) -> bool:
        return False  # there is a row for each kind the room knows
