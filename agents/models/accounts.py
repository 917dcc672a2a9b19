"""What happened to an account, and what one administrator may not do alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited
from agents.models.people import Role, User


class AccountEventQuerySet(models.QuerySet["AccountEvent"]):
    def visible_to(self, user: User) -> AccountEventQuerySet:
        """One's own; who administers and who audits read the book."""
        return self if user.configures or user.role == Role.AUDITOR else self.filter(user=user)


@append_only(at="at")
class AccountEvent(models.Model):
    """Something that happened to the way somebody signs in, or that who administers is told in person (suceso de una
    cuenta). Append-only.

    `by` is empty where the person did it herself before she was in. `mark` is of the session it was done in: in that
    one it needs not be told.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Ingresó desde un equipo nuevo")
        PASSWORD_CHANGED = "password", _("Cambió su contraseña")
        PASSWORD_RESET = "reset", _("Le pusieron otra contraseña")
        FACTOR_ADDED = "factor", _("Activó un segundo factor")
        FACTOR_REMOVED = "no_factor", _("Se quitó su segundo factor")
        UNLOCKED = "unlocked", _("Se olvidaron sus intentos fallidos")
        ROLE_GIVEN = "role", _("Cambió su función")
        SESSIONS_ENDED = "sessions", _("Se cerraron sus sesiones")
        DEACTIVATED = "off", _("Se desactivó su cuenta")
        ACTIVATED = "on", _("Se activó su cuenta")
        REFUSED = "refused", _("No se confirmó un cambio de su cuenta")
        TOKEN = "token", _("Token para que un programa actúe por usted")
        PASSWORD_TAKEN = "no_entry", _("Le quitaron la contraseña")
        WRITTEN = "written", _("Cambiaron sus datos")
        KEEPING = "keeping", _("Se guardarán menos tiempo los datos personales")
        ADDRESSES = "letters", _("Cambió a quién se escribe")
        TO_ADMIT = "to_admit", _("Esperan que supervisión las ponga de turno")
        STRANGER = "stranger", _("Alguien que no es la aplicación escribió en la base")

    refuses_strangers = True

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("persona"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("por"))
    kind = models.CharField(_("qué pasó"), max_length=9, choices=Kind)
    at = models.DateTimeField(_("cuándo"))
    address = models.GenericIPAddressField(_("dirección IP"), null=True)
    browser = models.CharField(_("navegador"), max_length=60, blank=True)
    note = models.CharField(_("detalle"), max_length=120, blank=True)
    mark = models.CharField(max_length=16, blank=True)

    objects = AccountEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("suceso de una cuenta")
        verbose_name_plural = _("sucesos de las cuentas")
        indexes = [models.Index(fields=["user", "-at"], name="account_event_newest_first")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_of_the_centre(self) -> bool:
        """Told to who answers for the centre, and about nobody's account."""
        return self.kind in OF_THE_CENTRE

    @property
    def advice(self) -> str:
        """What to do about it, where it is the centre's."""
        return str(OF_THE_CENTRE.get(self.kind, ""))


# What is the centre's, and what whoever answers for it does about it.
OF_THE_CENTRE: dict[str, Promise] = {
    AccountEvent.Kind.KEEPING: _("Si no debe ser así, hable con quien lo cambió: hasta ese día no se quita nada."),
    AccountEvent.Kind.ADDRESSES: _(
        "Ahí van avisos del centro, o cartas sobre clientes: si no debe ser así, hable con quien lo cambió."
    ),
    AccountEvent.Kind.TO_ADMIT: _(
        "Hasta entonces no ven clientes ni reciben llamadas. Si sabe quién es cada una, hágalo en «Personas»."
    ),
    AccountEvent.Kind.STRANGER: _(
        "Avise a quien tiene el servidor: si nadie sabe quién fue, la contraseña de la base está en otras manos."
        " Quien administra ve qué filas en «Escrituras ajenas»."
    ),
}


class AccountEventSeen(models.Model):
    """That whoever an event is told to has seen it. Each by itself: one with an earlier moment, or an earlier key, may
    be there later than one she was shown.
    """

    refuses_strangers = True

    event = models.OneToOneField(AccountEvent, models.CASCADE, primary_key=True, related_name="seen")
    at = models.DateTimeField()


class AccountSeen(models.Model):
    """What somebody had seen before each event was marked by itself: all until `at`, as far as the row `last`. Nothing
    is written here any more.
    """

    refuses_strangers = True

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()
    last = models.BigIntegerField(null=True)


class PowerRequestQuerySet(models.QuerySet["PowerRequest"]):
    def waiting(self) -> PowerRequestQuerySet:
        return self.filter(outcome="")


@audited(exclude=["password"])
class PowerRequest(models.Model):
    """What gives power over others, asked for by one administrator and confirmed by another (pedido de poder).

    `password` is the hash of the one that is to be; it is emptied once the request is decided.
    """

    class Kind(models.TextChoices):
        ROLE = "role", _("Dar una función")
        PASSWORD = "password", _("Poner otra contraseña")
        FACTOR = "factor", _("Quitar el segundo factor")
        ACTIVE = "active", _("Activar la cuenta")

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmado")
        REFUSED = "refused", _("Rechazado")
        EXPIRED = "expired", _("Vencido")

    kind = models.CharField(_("qué pide"), max_length=8, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("para quién"))
    role = models.CharField(_("función"), max_length=16, choices=Role, blank=True)
    password = models.CharField(max_length=128, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lo pidió"))
    asked_at = models.DateTimeField(_("pedido"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("lo decidió"))
    decided_at = models.DateTimeField(_("decidido"), null=True)
    outcome = models.CharField(_("qué fue"), max_length=9, choices=Outcome, blank=True)

    objects = PowerRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("pedido que espera a otra administración")
        verbose_name_plural = _("pedidos que esperan a otra administración")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")), name="power_is_given_by_two"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False, password="")),
                name="power_request_is_decided_or_waits",
            ),
            models.UniqueConstraint(fields=["user", "kind"], condition=Q(outcome=""), name="power_is_asked_for_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"
