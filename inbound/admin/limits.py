"""Django admin of the limits of repairs."""

from __future__ import annotations

from django.contrib import admin

from inbound.models import RepairLimit


@admin.register(RepairLimit)
class RepairLimitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("of", "segment", "component", "working_hours")
    list_filter = ("of",)
    ordering = ("of", "component", "segment")
