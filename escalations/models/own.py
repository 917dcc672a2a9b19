"""What one person has of the board for herself: filters she saved, and where somebody mentioned her."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.gates import leads_to_customers
from agents.models import User
from escalations.models.cards import Change


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User) -> SavedFilterQuerySet:
        """Each her own."""
        return self.filter(user=user)


class SavedFilter(models.Model):
    """Filters of board and list under a name of one's own. What was searched for is personal data and not kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("nombre"), max_length=40)
    mine = models.BooleanField(default=False)
    kind = models.CharField(max_length=24, blank=True)
    line = models.CharField(max_length=12, blank=True)
    zone = models.CharField(max_length=80, blank=True)
    due = models.CharField(max_length=8, blank=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("filtro guardado")
        verbose_name_plural = _("filtros guardados")
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_once_a_person")]

    def __str__(self) -> str:
        return self.name


class MentionQuerySet(models.QuerySet["Mention"]):
    @leads_to_customers
    def visible_to(self, user: User) -> MentionQuerySet:
        """Each those of herself."""
        return self.filter(user=user)

    def unread(self) -> MentionQuerySet:
        return self.filter(read_at=None)


class Mention(models.Model):
    """Somebody was named in a note of a card, with an @ before her user name; hers until she says she has seen it."""

    change = models.ForeignKey(Change, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mención")
        verbose_name_plural = _("menciones")
        constraints = [models.UniqueConstraint(fields=["change", "user"], name="mention_once_a_note")]
        indexes = [
            # what one has not seen yet: counted on every page of who works cards
            models.Index(fields=["user"], name="mention_not_seen", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"@{self.user.username}"
