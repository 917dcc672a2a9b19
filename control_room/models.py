"""From when on something in the room asks for attention: data of an administrator."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited


@audited()
class AlertLimit(models.Model):
    """One kind of alert and its limit (umbral). A pause is late by the limit of its own reason, and has no row here."""

    class Kind(models.TextChoices):
        IDLE = "idle", _("Disponible sin llamada, en segundos")
        CALL = "call", _("En una misma llamada, en segundos")
        WRAP_UP = "wrap_up", _("Cerrando una llamada, en segundos")
        WAIT = "wait", _("Espera en la cola, en segundos")
        LIST = "list", _("Contactos que le quedan a un agente")
        AGREED = "agreed", _("Llamada acordada vencida, en segundos")
        LINK = "link", _("Enlace con la central perdido, en segundos")
        SEARCHES = "searches", _("Consultas de clientes rechazadas a una persona en una hora")
        SIGN_IN = "sign_in", _("Nombres que fallaron al ingresar desde una dirección en 15 minutos")
        DEVICE = "device", _("Teléfono o troncal que no se alcanza, en segundos")
        CLOCK = "clock", _("Diferencia con el reloj de la central, en segundos")
        MONTH = "month", _("Finales del mes que cumplen el indicador, de cada cien")

    kind = models.CharField(_("de qué avisa"), max_length=8, choices=Kind, unique=True)
    limit = models.PositiveIntegerField(
        _("umbral"),
        validators=[MinValueValidator(1)],
        help_text=_("Avisa cuando se pasa; la lista y los finales del mes, cuando bajan de él."),
    )
    is_on = models.BooleanField(_("avisa"), default=True)
    is_mailed = models.BooleanField(
        _("también por correo"),
        default=False,
        help_text=_("Un correo cuando empieza; mientras dura, ninguno más."),
    )

    class Meta:
        verbose_name = _("umbral de aviso")
        verbose_name_plural = _("umbrales de avisos")
        constraints = [models.CheckConstraint(condition=Q(limit__gte=1), name="alert_limit_is_positive")]

    def __str__(self) -> str:
        return self.get_kind_display()


class ToldAlert(models.Model):
    """An alert that was mailed: as long as it lasts nobody is mailed about it again."""

    kind = models.CharField(max_length=8, choices=AlertLimit.Kind)
    about = models.CharField(max_length=80)  # the agent, queue, link or list; empty of the whole centre
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # when it was there last

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "about"], name="alert_is_told_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


@audited(exclude=["sha256", "seen_at"])
class Wallboard(models.Model):
    """A television that shows how the lines stand (pantalla de pared), opened by a link instead of a sign-in.

    Of the link its fingerprint alone is kept: it is shown when it is made, and whoever lost it makes another.
    """

    name = models.CharField(_("dónde está"), max_length=60, unique=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    is_on = models.BooleanField(_("muestra"), default=True, help_text=_("Apagada, su enlace no abre nada."))
    linked_at = models.DateTimeField(_("enlace hecho"), null=True, editable=False)
    seen_at = models.DateTimeField(_("abierta por última vez"), null=True, editable=False)

    class Meta:
        verbose_name = _("pantalla de pared")
        verbose_name_plural = _("pantallas de pared")
        constraints = [
            models.UniqueConstraint(fields=["sha256"], condition=~Q(sha256=""), name="wallboard_link_opens_one"),
        ]

    def __str__(self) -> str:
        return self.name
