"""What the wiring itself has to remember."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User


class ScheduleMemory(models.Model):
    """What the code last wrote of an entry of the schedule; whatever differs from it was edited by a person."""

    name = models.CharField(max_length=200, unique=True)
    task = models.CharField(max_length=200)
    every = models.PositiveIntegerField(help_text="Seconds.")


class DatabasePurpose(models.Model):
    """Whether this database is a demo's or production's (`pk` 1): written once, by whoever migrated it first."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    environment = models.CharField(max_length=16)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="database_purpose_is_one")]


@audited()
class SettledStep(models.Model):
    """What an administrator said of a step of the first day: that it is right as it stands, or that it is left out."""

    class How(models.TextChoices):
        RIGHT = "right", _("Está bien así")
        SKIPPED = "skipped", _("Se deja")

    code = models.CharField(_("paso"), max_length=20, unique=True)
    how = models.CharField(_("cómo"), max_length=8, choices=How)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"))
    at = models.DateTimeField(_("cuándo"))

    class Meta:
        verbose_name = _("paso de la puesta en marcha")
        verbose_name_plural = _("pasos de la puesta en marcha")

    def __str__(self) -> str:
        return self.code
