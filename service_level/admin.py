"""Django admin for holidays, working hours, and what the indicator is counted by."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from screens.admin_rights import OneRow
from service_level.indicator.counting import count_anew_for
from service_level.models import Formula, Holiday, MeasuredQueue, StaffingPolicy, WorkingHours
from service_level.staffing.needs import work_out_anew


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


class CountedByMonth(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows the figures are counted by, each from a month on: what is saved counts that month and all after it anew."""

    actions = None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        since = count_anew_for(obj, was_since=form.initial.get("since"))
        told = gettext("Las cifras desde %(since)s se cuentan de nuevo.")
        messages.info(request, told % {"since": f"{since:%m/%Y}"})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        count_anew_for(obj)


@admin.register(Formula)
class FormulaAdmin(CountedByMonth):
    list_display = ("since", "target", "seconds", "shortest_hang_up", "counts_timed_out", "counts_other", "document")
    ordering = ("-since",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("since", "target", "seconds", "shortest_hang_up", "counts_timed_out", "counts_other"),
                    "document",
                ),
                "description": _(
                    "Una nueva resolución es una fila nueva, desde el mes en que rige: los meses anteriores siguen con"
                    " la suya. Cambiar una fila cuenta de nuevo los meses en que rige."
                ),
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Formula | None = None) -> bool:
        """The first one stays: without it nothing could be counted."""
        is_first = obj is not None and not Formula.objects.filter(since__lt=obj.since).exists()
        return not is_first and super().has_delete_permission(request, obj)


@admin.register(MeasuredQueue)
class MeasuredQueueAdmin(CountedByMonth):
    list_display = ("queue", "line", "name", "counts_for_att", "since")
    list_filter = ("counts_for_att", "line")
    search_fields = ("queue", "line", "name")
    ordering = ("line", "queue", "-since")
    fieldsets = (
        (
            None,
            {
                "fields": ("queue", "line", "name", "counts_for_att", "since"),
                "description": _(
                    "De qué línea son las llamadas de una cola de la central, y si se informan a la ATT. Cuando eso"
                    " cambia se agrega otra fila desde ese mes: la anterior vale hasta entonces. Las llamadas de una"
                    " cola que no está aquí se muestran con el nombre de la cola."
                ),
            },
        ),
    )


@admin.register(StaffingPolicy)
class StaffingPolicyAdmin(OneRow, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    fieldsets = (
        (
            None,
            {
                "fields": ("shrinkage", "patience_seconds", "wrap_up_seconds"),
                "description": _(
                    "Con esto se calcula cuántos agentes necesita cada media hora. Al guardar, las próximas semanas se"
                    " calculan de nuevo; lo que ya empezó queda como se planificó."
                ),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: StaffingPolicy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        work_out_anew()
