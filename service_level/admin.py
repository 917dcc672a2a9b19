"""Django admin for holidays and working hours."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from service_level.models import Holiday, WorkingHours


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("day", "name", "is_day_off", "decree")
    list_filter = ("is_day_off", ("day", admin.DateFieldListFilter))
    search_fields = ("name", "decree")
    date_hierarchy = "day"
    ordering = ("-day",)
    actions = ("confirm", "work")
    fieldsets = (
        (
            None,
            {
                "fields": ("day", "name", "decree", "is_day_off"),
                "description": _(
                    "En un feriado marcado «no se trabaja» no se llama a nadie y el día no cuenta en el plan de"
                    " capacidad. Los de un año nuevo se proponen con «manage.py seed_holidays AÑO»; revíselos con la"
                    " norma en la mano."
                ),
            },
        ),
    )

    @admin.action(description=_("Confirmar: no se trabaja"))
    def confirm(self, request: HttpRequest, queryset: QuerySet[Holiday]) -> None:
        messages.success(request, _("Días que no se trabajan: %(n)s.") % {"n": queryset.update(is_day_off=True)})

    @admin.action(description=_("Se trabaja como cualquier día"))
    def work(self, request: HttpRequest, queryset: QuerySet[Holiday]) -> None:
        messages.success(request, _("Días que se trabajan: %(n)s.") % {"n": queryset.update(is_day_off=False)})


@admin.register(WorkingHours)
class WorkingHoursAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("weekday", "opens", "closes")
    list_filter = ("weekday",)
    ordering = ("weekday", "opens")
    fieldsets = (
        (
            None,
            {
                "fields": ("weekday", "opens", "closes"),
                "description": _(
                    "Horas en que hay agentes: con ellas se calcula cuánto alcanza a llamarse hasta el último día."
                    " Cuándo se puede llamar a un cliente lo dicen las «ventanas de llamadas»."
                ),
            },
        ),
    )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, list[Any]]:
        """The last hours stay: without any no time runs, and what waits for a unit would never be due again."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if not WorkingHours.objects.exclude(pk__in=[hours.pk for hours in objs]).exists():
            protected = [
                *protected,
                gettext("el único horario que queda: sin uno ningún plazo corre; cree antes el otro"),
            ]
        return deleted, counts, lacking, protected
