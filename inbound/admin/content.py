"""Django admin of what agents read out."""

from __future__ import annotations

from django.contrib import admin

from inbound.models import Content


@admin.register(Content)
class ContentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "topic", "code", "is_active")
    list_filter = ("topic", "is_active")
    search_fields = ("name", "other_names", "code", "text")
    ordering = ("topic", "position", "name")
