"""The book of everything done, and the knobs that make a system slow, down or wrong."""

from __future__ import annotations

from django.db import models


class Deed(models.Model):
    """One thing done, once for its key: the second request with the same key finds this row and its answer."""

    system = models.CharField("sistema", max_length=20)
    verb = models.CharField("operación", max_length=30)
    key = models.CharField("clave", max_length=200)
    payload = models.JSONField("lo pedido")
    asked_by = models.JSONField("quién lo pidió", default=dict)
    reference = models.CharField("referencia", max_length=40)
    at = models.DateTimeField("cuándo")

    class Meta:
        verbose_name = "asiento del libro"
        verbose_name_plural = "libro de lo hecho"
        constraints = [models.UniqueConstraint(fields=["system", "key"], name="deed_once_a_key")]
        indexes = [models.Index(fields=["key"], name="deed_by_key")]  # the book asked for one key

    def __str__(self) -> str:
        return f"{self.system}.{self.verb} {self.reference}"


class Knob(models.Model):
    """How a system behaves now. One without a row is up and quick."""

    class Mode(models.TextChoices):
        UP = "up", "funciona"
        DOWN = "down", "caído (503)"
        WRONG = "wrong", "responde otra cosa"
        TIMED_OUT_AFTER_DOING = "timed_out_after_doing", "lo hace y no responde a tiempo"

    system = models.CharField("sistema", max_length=20, primary_key=True)
    latency_ms = models.PositiveIntegerField("demora en ms", default=0)
    mode = models.CharField("modo", max_length=24, choices=Mode.choices, default=Mode.UP)

    class Meta:
        verbose_name = "perilla"
        verbose_name_plural = "perillas"
        constraints = [
            models.CheckConstraint(condition=models.Q(latency_ms__lte=60_000), name="knob_waits_a_minute_at_most")
        ]

    def __str__(self) -> str:
        return self.system


class Sowing(models.Model):
    """What was sown, and the day it is told from: dates move on with the days, so that ten days stay ten days."""

    customers = models.PositiveIntegerField()
    today = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="sowing_is_one_row")]
