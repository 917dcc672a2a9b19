"""Who looked for whom: look-ups of personal data, and how many of them the centre thinks one person needs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only
from agents.gates import leads_to_customers
from agents.models.people import User


class SearchQuerySet(models.QuerySet["Search"]):
    @leads_to_customers
    def visible_to(self, user: User) -> SearchQuerySet:
        """The centre's; one's own are one's own."""
        return self if user.sees_the_centre else self.filter(user=user)


@append_only(at="at", personal=["asked"])
class Search(models.Model):
    """A look-up of personal data (consulta): who asked what, where, and for which call; never what was found.

    `what` names the look-up where it is one of another system. Append-only; what was asked goes with the
    months of the policy.
    """

    class Where(models.TextChoices):
        CALL = "call", _("En una atención")
        DESK = "desk", _("Buscador")
        CUSTOMER = "customer", _("Página del cliente")
        LIST = "list", _("Búsqueda en una lista")
        REVEAL = "reveal", _("Datos ocultos que se mostraron")
        CARD = "card", _("Tarjeta, carta, aviso u operación")
        API = "api", _("Otro programa, con un token")

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("quién"))
    at = models.DateTimeField(_("cuándo"))
    where = models.CharField(_("dónde"), max_length=8, choices=Where)
    what = models.CharField(_("consulta"), max_length=60, blank=True)
    asked = models.CharField(_("qué preguntó"), max_length=200)
    call = models.UUIDField(_("atención"), null=True, blank=True)
    is_refused = models.BooleanField(_("rechazada"), default=False)

    objects = SearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("consulta de un cliente")
        verbose_name_plural = _("consultas de clientes")
        indexes = [
            # one person's of the last minute and of today
            models.Index(fields=["user", "-at"], name="search_of_whom_newest_first"),
            models.Index(fields=["-at"], name="search_newest_first"),
            # who was refused lately, for the room
            models.Index(fields=["-at"], name="search_refused", condition=Q(is_refused=True)),
        ]
