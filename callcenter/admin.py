"""Django admin of the schedule: entries are switched off or slowed down, and only entries of one's own are deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import IntervalScheduleAdmin, PeriodicTaskAdmin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from callcenter.models import ScheduleMemory

# The schedule ticks by intervals only (callcenter/schedule.py says why); with one of these goes what hangs on it.
admin.site.unregister((PeriodicTask, IntervalSchedule, CrontabSchedule, ClockedSchedule, SolarSchedule))


@admin.register(PeriodicTask)
class EntryAdmin(PeriodicTaskAdmin):  # type: ignore[misc]
    """What the code wrote keeps its name and its task; how often and whether is the administrator's."""

    OURS = (
        (None, {"fields": ("name", "task", "enabled", "description")}),
        (_("Cada cuánto"), {"fields": ("interval", "expire_seconds", "last_run_at")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: PeriodicTask | None = None) -> Any:
        return self.OURS if _is_ours(obj) else super().get_fieldsets(request, obj)

    def get_form(self, request: HttpRequest, obj: PeriodicTask | None = None, change: bool = False, **more: Any) -> Any:
        if _is_ours(obj):
            more["form"] = forms.ModelForm  # django-celery-beat's own insists on choosing a task
        return super().get_form(request, obj, change, **more)

    def get_readonly_fields(self, request: HttpRequest, obj: PeriodicTask | None = None) -> tuple[str, ...]:
        given = tuple(super().get_readonly_fields(request, obj))
        return (*given, "name", "task", "last_run_at") if _is_ours(obj) else given

    def has_delete_permission(self, request: HttpRequest, obj: PeriodicTask | None = None) -> bool:
        return obj is not None and not _is_ours(obj)


@admin.register(IntervalSchedule)
class IntervalAdmin(IntervalScheduleAdmin):  # type: ignore[misc]
    """An interval in use stays as it is: all its entries would change their pace, or go with it."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or not obj.periodictask_set.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and not obj.periodictask_set.exists()


def _is_ours(entry: PeriodicTask | None) -> bool:
    return entry is not None and ScheduleMemory.objects.filter(name=entry.name).exists()
