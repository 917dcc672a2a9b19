"""Django admin of the campaigns: read here, steered on their own page. Only the script and the report's hour change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import AssignmentShare, Campaign, CampaignChange


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows the application writes."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ChangeInline(ReadOnlyInline):
    """The campaign's life, newest first. Why, as somebody wrote it, stands on the campaign's page."""

    model = CampaignChange
    verbose_name_plural = _("pasos")
    fields = ("at", "verb", "from_state", "to_state", "by")
    ordering = ("-at",)


class ShareInline(ReadOnlyInline):
    """What was decided for each agent."""

    model = AssignmentShare
    verbose_name_plural = _("reparto")
    fields = ("agent", "weight", "takes_internet", "takes_tv", "is_included")
    ordering = ("agent",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("agent__user")


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A month is made by the planner and steered by supervision; nothing here can lose one."""

    list_display = ("period", "state", "calls_from", "calls_until", "launched_at", "closed_at", "late_since")
    list_filter = ("state",)
    ordering = ("-period",)
    date_hierarchy = "period"
    inlines = (ChangeInline, ShareInline)
    actions = None
    fieldsets = (
        (None, {"fields": ("period", "state", "calls_from", "calls_until")}),
        (_("Reporte"), {"fields": ("report_due_at", "late_since", "missing_since")}),
        (
            _("Reparto"),
            {
                "fields": (
                    "order",
                    "follows_answers",
                    "hold_out_share",
                    "hold_out_seed",
                    "assigned_at",
                    "contacts_continued",
                )
            },
        ),
        (_("Guion y modo de llamar"), {"fields": ("script", "dialling")}),
        (_("Fechas"), {"fields": ("created_at", "launched_at", "closed_at", "anonymised_at")}),
    )
    changeable = ("script", "report_due_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> tuple[str, ...]:
        changeable = () if obj is not None and obj.state == Campaign.State.CLOSED else self.changeable
        return tuple(name for name in flatten_fieldsets(self.fieldsets) if name not in changeable)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
