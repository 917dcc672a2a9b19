"""At which telephone an agent sits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, User
from telephony.models.switchboards import Extension


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, user: User) -> SeatQuerySet:
        return self if user.sees_the_centre else self.filter(agent__user=user)

    def in_use(self) -> SeatQuerySet:
        """Those a call may be asked for from: the extension and its switchboard are in use."""
        return self.filter(extension__is_active=True, extension__switchboard__is_on=True)


class Seat(models.Model):
    """The extension an agent said she sits at (puesto); it is remembered until she says another.

    Once somebody else took it over the row is empty, and says which it was and who sits there now, until she has
    chosen again. Who said that she sits nowhere has no row.
    """

    agent = models.OneToOneField(Agent, models.PROTECT, primary_key=True, related_name="seat")
    extension = models.OneToOneField(Extension, models.PROTECT, null=True, blank=True, related_name="seat")
    since = models.DateTimeField(_("desde"), help_text=_("Cuándo lo dijo, o cuándo lo perdió."))
    lost = models.ForeignKey(Extension, models.PROTECT, null=True, blank=True, related_name="+")
    taken_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("puesto")
        verbose_name_plural = _("puestos")
        constraints = [
            models.CheckConstraint(
                condition=Q(extension__isnull=False, lost=None, taken_by=None)
                | Q(extension=None, lost__isnull=False, taken_by__isnull=False),
                name="seat_is_hers_or_was_taken",
            ),
        ]

    def __str__(self) -> str:
        return str(self.extension or "")


class SupervisorSeat(models.Model):
    """The extension from which a supervisor listens; remembered until she says another, or somebody else sits there.

    No queue calls her and no customer: it is no seat of an agent, and two do not sit at one telephone all the same
    (`telephony/seats.py` looks at both, with the extension locked).
    """

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    extension = models.OneToOneField(Extension, models.PROTECT, related_name="supervisor_seat")
    since = models.DateTimeField(_("desde"))

    class Meta:
        verbose_name = _("puesto de supervisión")
        verbose_name_plural = _("puestos de supervisión")

    def __str__(self) -> str:
        return str(self.extension)
