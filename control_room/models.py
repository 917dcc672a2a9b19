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
