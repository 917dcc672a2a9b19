"""Django admin of what was handed over: to look at. Nothing is written or deleted here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from escalations.models import Escalation


@admin.register(Escalation)
class EscalationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("kind", "line", "customer_name", "contract", "due_at", "raised_at", "raised_by")
    list_filter = ("kind", "line", "raised_at")
    list_select_related = ("raised_by",)
    search_fields = ("contract", "customer_name", "key")
    ordering = ("-raised_at",)
    date_hierarchy = "raised_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
