"""Who looked for whom: look-ups of personal data, and how many of them the centre thinks one person needs."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited
from agents.models.people import User


class SearchQuerySet(models.QuerySet["Search"]):
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


class DataPolicyManager(models.Manager["DataPolicy"]):
    """One row, or none yet."""

    def in_force(self) -> DataPolicy:
        """The policy as it stands; its defaults while nobody has saved one."""
        return self.filter(pk=1).first() or DataPolicy()


@audited()
class DataPolicy(models.Model):
    """The one row of how much personal data one person needs in a day's work (`pk` 1)."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    searches_a_minute = models.PositiveSmallIntegerField(
        _("consultas de clientes por minuto"), default=40, validators=[MinValueValidator(1)],
        help_text=_("De una persona. Preguntar otra vez lo mismo no cuenta."),
    )  # fmt: skip
    searches_a_day = models.PositiveIntegerField(
        _("consultas de clientes por día"), default=1500, validators=[MinValueValidator(1)]
    )
    exports_a_day = models.PositiveSmallIntegerField(
        _("exportaciones por día"), default=40, validators=[MinValueValidator(1)], help_text=_("De una persona.")
    )
    rows_of_an_export = models.PositiveIntegerField(
        _("filas que exporta quien no supervisa"), default=5000, validators=[MinValueValidator(1)],
        help_text=_("Lo que tiene más filas lo exporta supervisión."),
    )  # fmt: skip
    names_of_an_address = models.PositiveSmallIntegerField(
        _("nombres que fallan desde una dirección"), default=15, validators=[MinValueValidator(2)],
        help_text=_("En 15 minutos; después solo ingresa ahí quien ya ingresó ahí este mes."),
    )  # fmt: skip

    objects = DataPolicyManager()

    class Meta:
        verbose_name = _("política de datos personales")
        verbose_name_plural = _("política de datos personales")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    searches_a_minute__gte=1, searches_a_day__gte=1, exports_a_day__gte=1, rows_of_an_export__gte=1,
                    names_of_an_address__gte=2,
                ),
                name="data_policy_lets_somebody_work",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
