"""Who may ask as whom, for what and until when; and what was answered to a request that may come twice."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import Role, User


class Scope(models.TextChoices):
    """What a token may be used for (alcance); what its person may not, no scope lets it."""

    CAMPAIGNS = "campaigns", _("Leer campañas, contactos, resultados y compromisos")
    PERSONAL = "personal", _("Leer nombres y teléfonos completos, de a uno")
    DESK = "desk", _("Trabajar la lista del agente: siguiente contacto, llamada y resultado")
    PAYMENTS = "payments", _("Entregar pagos y ver qué fue de ellos")
    CARDS = "cards", _("Leer derivaciones")
    CARDS_WORK = "cards:work", _("Trabajar derivaciones")
    CUSTOMERS = "customers", _("Leer lo pendiente de un cliente")
    LINES = "lines", _("Leer atenciones y nivel de servicio")
    PEOPLE = "people", _("Leer el estado de los agentes")


class TokenQuerySet(models.QuerySet["Token"]):
    def visible_to(self, user: User) -> TokenQuerySet:
        """Who administers and who audits see all; whoever one acts for sees that."""
        return self if user.configures or user.role == Role.AUDITOR else self.filter(user=user)


@audited(exclude=["secret_sha256", "last_used_at", "last_address"])
class Token(models.Model):
    """A key by which a program acts for a person (token). Whoever reads the row cannot use it: it has the secret's
    hash.

    It is made by one administrator and works once another has confirmed it, as all that gives power over others does.
    It ends with its time, when it is revoked, when its person may not sign in any more or has another role.
    """

    name = models.CharField(_("programa"), max_length=80, help_text=_("Qué sistema lo usa, y quién responde por él."))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("actúa por"))
    role = models.CharField(_("función"), max_length=16, choices=Role, editable=False)
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope), verbose_name=_("alcances"))
    expires_at = models.DateTimeField(_("vence"))
    requests_a_minute = models.PositiveIntegerField(
        _("pedidos por minuto"), default=600, validators=[MinValueValidator(1)]
    )
    begins_with = models.CharField(_("empieza con"), max_length=8, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lo hizo"), editable=False)
    made_at = models.DateTimeField(_("hecho"), editable=False)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lo confirmó"), editable=False
    )
    confirmed_at = models.DateTimeField(_("confirmado"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lo anuló"), editable=False
    )
    revoked_at = models.DateTimeField(_("anulado"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("último uso"), null=True, blank=True, editable=False)
    last_address = models.GenericIPAddressField(_("desde"), null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("made_by")),
                name="token_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="token_says_who_revoked_it",
            ),
            models.CheckConstraint(condition=Q(requests_a_minute__gte=1), name="token_may_ask_at_all"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.user}"

    def why_not(self, *, now: datetime) -> str:
        """Why it is not taken, in words; empty where it is. The user is read with it."""
        if self.revoked_at is not None:
            return str(_("El token está anulado."))
        if self.expires_at <= now:
            return str(_("El token venció."))
        if self.confirmed_at is None:
            return str(_("El token espera a que otra persona que administra lo confirme."))
        if not self.user.is_active:
            return str(_("La persona del token ya no ingresa."))
        if self.user.role != self.role:
            return str(_("La persona del token tiene otra función que cuando se hizo: haga otro."))
        return ""


class Reply(models.Model):
    """What was answered to a write, by the key its program gave it: sent again, it is answered so and done once."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=100)
    sent_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="reply_once_a_key")]

    def __str__(self) -> str:
        return self.key
