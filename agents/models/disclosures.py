"""The book of personal data that left its page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only
from agents.gates import leads_to_customers
from agents.models.people import User


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    @leads_to_customers
    def visible_to(self, user: User) -> DisclosureQuerySet:
        """The centre's; one's own are one's own."""
        return self if user.sees_the_centre else self.filter(user=user)


@append_only(at="at", personal=["reason"])
class Disclosure(models.Model):
    """Personal data that left its page: an export, or a masked value revealed. Append-only."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("Exportación")
        REVEAL = "reveal", _("Dato mostrado")

    kind = models.CharField(max_length=8, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120, help_text=_("Qué se exportó o se mostró, sin datos personales."))
    reason = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("salida de datos personales")
        verbose_name_plural = _("salidas de datos personales")
        indexes = [models.Index(fields=["-at"], name="disclosure_newest_first")]
