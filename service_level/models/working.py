"""When the centre works: hours by weekday, and the days that are not worked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited


class Weekday(models.IntegerChoices):
    """`date.weekday()`: Monday is 0."""

    MONDAY = 0, _("lunes")
    TUESDAY = 1, _("martes")
    WEDNESDAY = 2, _("miércoles")
    THURSDAY = 3, _("jueves")
    FRIDAY = 4, _("viernes")
    SATURDAY = 5, _("sábado")
    SUNDAY = 6, _("domingo")


@audited()
class Holiday(models.Model):
    """A public holiday. Only a confirmed one (`is_day_off`) counts: decrees move days, libraries do not know it."""

    day = models.DateField(_("día"), unique=True)
    name = models.CharField(_("nombre"), max_length=120)
    decree = models.CharField(_("norma"), max_length=120, blank=True, help_text=_("Ley o decreto que lo dispone."))
    is_day_off = models.BooleanField(
        _("no se trabaja"), default=True, help_text=_("Sin marcar, el día se trabaja y se llama como cualquier otro.")
    )

    class Meta:
        verbose_name = _("feriado")
        verbose_name_plural = _("feriados")

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


@audited()
class WorkingHours(models.Model):
    """Hours in which agents work on a weekday; a day may have several stretches, and none means closed."""

    weekday = models.SmallIntegerField(_("día de la semana"), choices=Weekday)
    opens = models.TimeField(_("desde"))
    closes = models.TimeField(_("hasta"))

    class Meta:
        verbose_name = _("horario de trabajo")
        verbose_name_plural = _("horarios de trabajo")
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="working_hours_close_after_opening"),
            models.UniqueConstraint(fields=["weekday", "opens"], name="working_hours_stretch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"
