"""Switchboards and the telephones at them, as an administrator writes them down."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User

WORD = RegexValidator(r"^[A-Za-z0-9_.-]+$", _("Solo letras, cifras, punto, guion y guion bajo."))
DIGITS = RegexValidator(r"^[0-9]+$", _("Solo cifras."))
TECHNOLOGY = RegexValidator(r"^[A-Za-z0-9]{2,12}$", _("Como PJSIP o SIP."))
# Whoever may edit a switchboard must not hand another secret of the server to a host of her own.
SWITCHBOARD_VARIABLE = r"^SWITCHBOARD_[A-Z0-9_]+$"
VARIABLE = RegexValidator(SWITCHBOARD_VARIABLE, _("Una variable de entorno que comienza con SWITCHBOARD_."))


class SwitchboardQuerySet(models.QuerySet["Switchboard"]):
    def in_use(self) -> SwitchboardQuerySet:
        return self.filter(is_on=True)

    def heard(self, *, now: datetime) -> SwitchboardQuerySet:
        """Those in use to which somebody holds a link that works."""
        return self.in_use().filter(listening__lease_until__gt=now, listening__connected_at__isnull=False)


@audited()
class Switchboard(models.Model):
    """A PBX (central telefónica) that is asked over its manager interface. docs/switchboard.md says how it is set up.

    Without one everything works as before: the agent dials by hand.
    """

    name = models.CharField(_("nombre"), max_length=40, unique=True)
    host = models.CharField(_("dirección"), max_length=200, help_text=_("Nombre o IP donde escucha el AMI."))
    port = models.PositiveIntegerField(_("puerto"), default=5038, validators=[MaxValueValidator(65_535)])
    user = models.CharField(_("usuario del AMI"), max_length=80, validators=[WORD])
    secret_variable = models.CharField(
        _("variable con la clave"),
        max_length=80,
        default="SWITCHBOARD_SECRET",
        validators=[VARIABLE],
        help_text=_("La clave no se guarda aquí: se lee de esta variable de entorno."),
    )
    tls = models.BooleanField(_("con TLS"), default=False)
    technology = models.CharField(
        _("tecnología de los internos"), max_length=12, default="PJSIP", validators=[TECHNOLOGY],
        help_text=_("Lo que va antes del interno en el nombre del canal: PJSIP/1001, SIP/1001."),
    )  # fmt: skip
    context = models.CharField(
        _("contexto de salida"), max_length=80, default="callcenter-out", validators=[WORD],
        help_text=_("El del plan de marcado que llama al cliente."),
    )  # fmt: skip
    transfer_context = models.CharField(
        _("contexto de transferencias"), max_length=80, default="from-internal", validators=[WORD],
        help_text=_("El del plan de marcado que conoce los internos y las colas."),
    )  # fmt: skip
    transfer_digits = models.PositiveSmallIntegerField(
        _("cifras de un número interno, a lo más"), default=6, db_default=6,
        validators=[MinValueValidator(1), MaxValueValidator(18)],
        help_text=_(
            "A un número más largo, que no es de una línea ni de un interno de aquí, no se transfiere."
            " Con 18, a cualquiera."
        ),
    )  # fmt: skip
    shown = models.CharField(
        _("número que ve el cliente"), max_length=18, blank=True, validators=[DIGITS],
        help_text=_("Solo cifras; vacío, el de la central."),
    )  # fmt: skip
    ring_seconds = models.PositiveSmallIntegerField(
        _("segundos que timbra el agente"), default=20, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    announces_listening = models.BooleanField(
        _("avisa al agente cuando lo escuchan"), default=True,
        help_text=_("Susurrar e intervenir se avisan siempre."),
    )  # fmt: skip
    is_on = models.BooleanField(_("en uso"), default=False)

    objects = SwitchboardQuerySet.as_manager()

    class Meta:
        verbose_name = _("central telefónica")
        verbose_name_plural = _("centrales telefónicas")
        constraints = [
            models.CheckConstraint(
                condition=Q(ring_seconds__gte=5) & Q(ring_seconds__lte=120), name="switchboard_rings_a_while"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def as_called(self) -> tuple[object, ...]:
        """All that a link to it depends on: another value, another link."""
        placing = (self.context, self.shown, self.ring_seconds)
        return (self.pk, self.host, self.port, self.user, self.secret_variable, self.tls, *placing)


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def visible_to(self, user: User) -> ExtensionQuerySet:
        """Whoever works here may know at which telephones one sits."""
        return self if user.is_active else self.none()


@audited()
class Extension(models.Model):
    """A telephone (interno) an agent may sit at."""

    switchboard = models.ForeignKey(
        Switchboard, models.PROTECT, related_name="extensions", verbose_name=_("central telefónica")
    )
    number = models.CharField(_("interno"), max_length=10, validators=[DIGITS])
    technology = models.CharField(
        _("tecnología"), max_length=12, blank=True, validators=[TECHNOLOGY],
        help_text=_("Vacío, la de su central."),
    )  # fmt: skip
    place = models.CharField(_("lugar"), max_length=80, blank=True, help_text=_("Puesto o sala."))
    is_active = models.BooleanField(_("activo"), default=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interno")
        verbose_name_plural = _("internos")
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "number"], name="extension_once_a_switchboard"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def telephone(self) -> str:
        """Its channel, without the call: `PJSIP/1001`."""
        return f"{self.technology or self.switchboard.technology}/{self.number}"
