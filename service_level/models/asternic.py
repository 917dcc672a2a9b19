"""An export of Asternic that was laid beside the log, and the calls in which they differ."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User
from telephony.models import LoggedVisit


class AsternicExportQuerySet(models.QuerySet["AsternicExport"]):
    def visible_to(self, user: User) -> AsternicExportQuerySet:
        """It is the centre's."""
        return self if user.sees_the_centre else self.none()


@audited()
class AsternicExport(models.Model):
    """What it says of its queues from `first` to `last`, and what the log says of the same (`own_…`).

    `seconds`: within which is in time; `within` is empty where it tells no waits, `without_wait` how many it answered
    and tells no wait of: they may have been in time. `unread`: rows that could not be
    read, `examples` the first of them. For comparison only: no figure is made of it, and there is nobody's data in it.
    """

    month = models.DateField(_("mes"))
    name = models.CharField(_("archivo"), max_length=200)
    sha256 = models.CharField(max_length=64)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"))
    taken_at = models.DateTimeField(_("comparado"))
    first = models.DateField(_("desde"))
    last = models.DateField(_("hasta"))
    queues = ArrayField(models.CharField(max_length=80), verbose_name=_("colas"))
    seconds = models.PositiveSmallIntegerField()
    unread = models.PositiveIntegerField(_("filas que no se leyeron"))
    examples = models.JSONField(default=list)
    calls = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    within = models.PositiveIntegerField(null=True)
    without_wait = models.PositiveIntegerField(default=0, db_default=0)
    own_calls = models.PositiveIntegerField()
    own_answered = models.PositiveIntegerField()
    own_within = models.PositiveIntegerField()

    objects = AsternicExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("exportación de Asternic")
        verbose_name_plural = _("exportaciones de Asternic")
        constraints = [
            models.UniqueConstraint(fields=["month", "sha256"], name="asternic_export_once"),
            models.CheckConstraint(
                condition=Q(within__lte=models.F("answered"), answered__lte=models.F("calls"))
                & Q(own_within__lte=models.F("own_answered"), own_answered__lte=models.F("own_calls")),
                name="asternic_export_parts_fit",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> Decimal | None:
        return _level(self.within, self.calls)

    @property
    def own_level(self) -> Decimal | None:
        return _level(self.own_within, self.own_calls)


def _level(within: int | None, calls: int) -> Decimal | None:
    """Percent; None without calls, or where nobody knows."""
    return Decimal(within * 100) / calls if calls and within is not None else None


class AsternicDifference(models.Model):
    """A call in which it differs from the log: as the export tells it (`row` of the file), and the log's entry."""

    class Kind(models.TextChoices):
        ONLY_THERE = "only_there", _("Solo en Asternic")
        ONLY_LOGGED = "only_logged", _("Solo en el registro")
        ANSWERED = "answered", _("Atendida")
        IN_TIME = "in_time", _("A tiempo")

    export = models.ForeignKey(AsternicExport, models.CASCADE, related_name="differences", db_index=False)
    kind = models.CharField(max_length=11, choices=Kind)
    row = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    queue = models.CharField(max_length=80)
    outcome = models.CharField(max_length=9, choices=LoggedVisit.Outcome, blank=True)
    wait = models.PositiveIntegerField(null=True)
    # lines that come later may take it away
    visit = models.ForeignKey(
        LoggedVisit, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("diferencia con Asternic")
        verbose_name_plural = _("diferencias con Asternic")
        indexes = [
            # a kind of them, in the order of the day
            models.Index(fields=["export", "kind", "at"], name="asternic_difference_by_kind"),
        ]
