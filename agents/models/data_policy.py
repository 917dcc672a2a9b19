"""How much personal data one person needs in a day's work, how long they are kept, and whose are held all the same."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited
from agents.models.people import User

LEAST_MONTHS = 3  # the next month is assigned by who spoke with whom in the last one; payments settle within a month
_MONTHS = [MinValueValidator(LEAST_MONTHS)]


class DataPolicyManager(models.Manager["DataPolicy"]):
    """One row, or none yet."""

    def in_force(self) -> DataPolicy:
        """The policy as it stands; its defaults while nobody has saved one."""
        return self.filter(pk=1).first() or DataPolicy()


@audited()
class DataPolicy(models.Model):
    """The one row of how personal data are used and kept (`pk` 1); of campaigns their own policy says how long."""

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
    months_of_calls = models.PositiveSmallIntegerField(
        _("meses de una atención"), default=24, validators=_MONTHS,
        help_text=_("Lo dicho en las líneas y pedido a otros sistemas, las derivaciones y los correos. Al menos 3."),
    )  # fmt: skip
    months_of_numbers = models.PositiveSmallIntegerField(
        _("meses de los números de la central"), default=24, validators=_MONTHS,
        help_text=_("Quién llamó y a quién se llamó, en las llamadas y en queue_log; horas y esperas quedan."),
    )  # fmt: skip
    months_of_books = models.PositiveSmallIntegerField(
        _("meses de los libros y mensajes"), default=24, validators=_MONTHS,
        help_text=_("Qué se consultó, por qué se mostró un dato y qué se escribió a agentes; quién y cuándo queda."),
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
            models.CheckConstraint(
                condition=Q(
                    months_of_calls__gte=LEAST_MONTHS, months_of_numbers__gte=LEAST_MONTHS,
                    months_of_books__gte=LEAST_MONTHS,
                ),
                name="data_policy_keeps_a_quarter",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


@audited(personal=["contract", "telephone", "reason", "lift_reason"])
class LegalHold(models.Model):
    """Whose data retention leaves alone while a court or the regulator asks (retención legal): of one customer by her
    contract or telephone, or everything.

    One administrator asks that it be lifted and says why, another lifts it. Once it is lifted, what is due goes with
    the next night; `settled_at` is when that was done.
    """

    contract = models.CharField(_("contrato"), max_length=40, blank=True)
    telephone = models.CharField(
        _("teléfono"), max_length=8, blank=True,
        validators=[RegexValidator(r"^\d{8}$", _("Los 8 dígitos, con el 4 de Cochabamba delante si es fijo."))],
        help_text=_("Los 8 dígitos, con el 4 de Cochabamba delante si es fijo."),
    )  # fmt: skip
    of_everything = models.BooleanField(
        _("de todo"), default=False, help_text=_("Nada se quita mientras dure: ni archivos, ni de ningún cliente.")
    )
    asked_by = models.CharField(
        _("quién lo pidió"), max_length=120, help_text=_("Autoridad y número del oficio; sin datos del cliente.")
    )
    reason = models.CharField(_("motivo"), max_length=300)
    since = models.DateTimeField(_("desde"))
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lo puso"))
    lift_asked_at = models.DateTimeField(_("se pidió levantarla"), null=True, blank=True)
    lift_asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pidió levantarla")
    )
    lift_reason = models.CharField(_("motivo para levantarla"), max_length=300, blank=True, default="", db_default="")
    lifted_at = models.DateTimeField(_("levantada"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("la levantó")
    )
    settled_at = models.DateTimeField(_("cumplida"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("retención legal")
        verbose_name_plural = _("retenciones legales")
        constraints = [
            models.CheckConstraint(
                condition=Q(of_everything=True, contract="", telephone="")
                | Q(of_everything=False) & (~Q(contract="") | ~Q(telephone="") | Q(lifted_at__isnull=False)),
                name="legal_hold_is_of_one_or_of_all",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_says_who_lifted_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"

    def clean(self) -> None:
        """Raises ValidationError for a hold of nobody, or of everything and somebody besides."""
        if self.of_everything is bool(self.contract or self.telephone):
            raise ValidationError(_("Escriba un contrato o un teléfono; o marque «de todo», sin ninguno."))


@append_only(at="at")
class RemovalRun(models.Model):
    """One run of retention that took something: `taken` counts by what it was, `holds` are the keys of those in force.

    `before` is the moment of each kind, ISO; what is older went.
    """

    refuses_strangers = True  # a book that is summed up, and in which one row may hold more than can be

    at = models.DateTimeField(_("cuándo"))
    before = models.JSONField(_("anterior a"))
    taken = models.JSONField(_("se quitó"))
    holds = ArrayField(models.BigIntegerField(), verbose_name=_("retenciones que regían"), default=list)

    class Meta:
        verbose_name = _("quita de datos personales")
        verbose_name_plural = _("quitas de datos personales")
        indexes = [models.Index(fields=["-at"], name="removal_run_newest_first")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
