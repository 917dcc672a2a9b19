"""What agents read out and the procedure only names: guides, plans and prices, codes. An administrator's to write."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from systems.reports.values import plain


class ContentQuerySet(models.QuerySet["Content"]):
    def said_of(self, topic: str, *, words: str = "") -> list[dict[str, Any]]:
        """What there is to say of a topic, narrowed to what has all of `words` in its names, in its order."""
        asked = plain(words).split()[:8]
        rows = self.filter(topic=topic, is_active=True).order_by("position", "name")
        found = [row for row in rows if all(word in plain(f"{row.name} {row.other_names}") for word in asked)]
        return [
            {"name": row.name, "code": row.code, "text": row.text}
            | ({"other_names": row.other_names} if row.other_names else {})
            for row in found[:50]
        ]


@audited()
class Content(models.Model):
    """One entry: how a decoder is set up, what a plan costs, the code of a place, when an office is open."""

    class Topic(models.TextChoices):
        DECODER = "decoder", _("guía del decodificador (4522222.6)")
        PLANS = "plans", _("planes y precios (4522222.7)")
        CODES = "codes", _("códigos de ciudades de Bolivia (800131313.7)")
        COUNTRIES = "countries", _("códigos de países (800131313.7)")
        MIO = "mio", _("MIO: cómo se marca y consultas generales (800130001.8)")
        OFFICES = "offices", _("oficinas y horarios (800130001.5.1)")

    topic = models.CharField(_("tema"), max_length=12, choices=Topic)
    name = models.CharField(_("nombre"), max_length=80, help_text=_("Por él lo busca el agente."))
    other_names = models.CharField(
        _("otros nombres"), max_length=120, blank=True, help_text=_("Como también lo dice la gente: EE. UU., USA.")
    )
    code = models.CharField(_("código"), max_length=12, blank=True, help_text=_("De una ciudad o un país."))
    text = models.TextField(_("lo que se dice"), blank=True, max_length=2000)
    position = models.PositiveSmallIntegerField(_("orden"), default=100)
    is_active = models.BooleanField(_("activo"), default=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        verbose_name = _("contenido que se lee al cliente")
        verbose_name_plural = _("contenidos que se leen al cliente")
        constraints = [models.UniqueConstraint(fields=["topic", "name"], name="content_once")]

    def __str__(self) -> str:
        return self.name
