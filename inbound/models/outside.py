"""The outside systems as the lines use them: how each is reached, what is owed to it, and what became of it."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited, facts
from agents.gates import leads_to_customers
from agents.models import User
from escalations.models import Escalation
from inbound.models.walks import Walk
from systems.registry import choices
from work.models import OwedWork

REFERENCE_LENGTH = 80
# a reference as it is compared with what a person writes: its letters and digits
PLAIN_REFERENCE = Upper(Func(
    Func("reference", template="NORMALIZE(%(expressions)s, NFKC)"), Value("[^0-9A-Za-z]"), Value(""), Value("g"),
    function="REGEXP_REPLACE", output_field=models.TextField(),
))  # fmt: skip


@audited()
class OutsideSystem(models.Model):
    """How one outside system is used now. Read at every use: a change in the admin counts at once.

    Its address and its token are settings, not rows: who may edit this table cannot send customers' data elsewhere.
    """

    class Mode(models.TextChoices):
        CONNECTED = "connected", _("conectado")
        BY_HAND = "by_hand", _("a mano")
        OFF = "off", _("apagado")

    code = models.CharField(_("sistema"), max_length=16, choices=choices, unique=True)
    mode = models.CharField(
        _("modo"), max_length=9, choices=Mode, default=Mode.CONNECTED,
        help_text=_("A mano: el agente lo hace en la pantalla de siempre y anota la referencia. Apagado: no se usa."),
    )  # fmt: skip
    timeout_seconds = models.DecimalField(
        _("espera (segundos)"), max_digits=3, decimal_places=1, default=Decimal("2.0"),
        help_text=_("Lo más que una página espera su respuesta; de 0,1 a 10."),
    )  # fmt: skip
    daily_limit = models.DecimalField(
        _("Bs por agente y día"), max_digits=10, decimal_places=2, null=True, blank=True,
        help_text=_("Lo más que un agente puede recargar o acreditar en un día. Vacío: sin límite."),
    )  # fmt: skip
    daily_writes = models.PositiveSmallIntegerField(
        _("operaciones por agente y día"), null=True, blank=True,
        help_text=_("Cuántas recargas, créditos o bloqueos puede pedir un agente en un día. Vacío: sin límite."),
    )  # fmt: skip
    largest_amount = models.DecimalField(
        _("Bs por operación"), max_digits=10, decimal_places=2, null=True, blank=True,
        help_text=_("El monto más alto de una sola operación, además de los montos del plan. Vacío: sin límite."),
    )  # fmt: skip
    cool_down_minutes = models.PositiveSmallIntegerField(
        _("minutos entre dos a un número"), default=10, db_default=10,
        help_text=_("Hecha una, nadie pide otra igual para el mismo número hasta entonces. 0: sin espera."),
    )  # fmt: skip
    typed_again_above = models.DecimalField(
        _("Bs desde los que se escribe dos veces"), max_digits=10, decimal_places=2, default=100, db_default=100,
        validators=[MinValueValidator(0)],
        help_text=_("Por encima de este monto, quien confirma lo escribe otra vez. 0: nunca."),
    )  # fmt: skip
    second_person_above = models.DecimalField(
        _("Bs desde los que aprueba otra persona"), max_digits=10, decimal_places=2, default=200, db_default=200,
        validators=[MinValueValidator(0)],
        help_text=_("Por encima de este monto no se envía sin que otra persona, de supervisión, la apruebe. 0: nunca."),
    )  # fmt: skip
    approval_minutes = models.PositiveSmallIntegerField(
        _("minutos para aprobarla"), default=60, db_default=60, validators=[MinValueValidator(1)],
        help_text=_("Hasta cuándo espera: es lo que oye el cliente. Después ya no se hace."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("sistema externo")
        verbose_name_plural = _("sistemas externos")
        constraints = [
            models.CheckConstraint(
                condition=Q(timeout_seconds__gte=Decimal("0.1"), timeout_seconds__lte=10),
                name="outside_system_waits_a_little",
            ),
            models.CheckConstraint(
                condition=Q(daily_limit__isnull=True) | Q(daily_limit__gte=0), name="outside_daily_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(largest_amount__isnull=True) | Q(largest_amount__gte=0),
                name="outside_largest_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(typed_again_above__gte=0, second_person_above__gte=0, approval_minutes__gte=1),
                name="outside_second_looks_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class OutsideWriteQuerySet(models.QuerySet["OutsideWrite"]):
    @leads_to_customers
    def visible_to(self, user: User) -> OutsideWriteQuerySet:
        """An agent sees what she asked for herself; the centre all."""
        return self if user.sees_the_centre else self.filter(owed_by=user)


@facts(
    "key", "walk", "position", "system", "action", "is_accountable", "amount", "state", "reference", "owed_at",
    "owed_by", "settled_at", "settled_by", "card", "follow_card", "is_not_needed", at="owed_at",
    personal=["payload", "to_whom", "requester_name", "requester_card", "requester_kinship"],
)  # fmt: skip
class OutsideWrite(OwedWork):
    """Something the centre owes to an outside system. `key` goes with every request: the same key has one effect.

    An accountable one touches money or a SIM: it goes out at most once, and when nobody knows whether it was done it
    is `uncertain` until a person has looked. One of much money is asked for, and not sent before a second person has
    approved it (`approval`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Por enviar")
        SENDING = "sending", _("Enviándose")
        DONE = "done", _("Hecho")
        REFUSED = "refused", _("Rechazado")
        UNCERTAIN = "uncertain", _("Incierto")
        PARKED = "parked", _("Detenido")
        BY_HAND = "by_hand", _("Por hacer a mano")
        APPROVAL = "approval", _("Por aprobar")
        NOT_DONE = "not_done", _("No se hizo")

    key = models.CharField(max_length=120, unique=True)
    walk = models.ForeignKey(Walk, models.PROTECT, related_name="writes", verbose_name=_("atención"))
    position = models.PositiveIntegerField(help_text=_("La pisada de la atención que lo pidió."))
    system = models.CharField(_("sistema"), max_length=16, choices=choices)
    action = models.CharField(_("operación"), max_length=40)
    is_accountable = models.BooleanField(_("toca dinero o un SIM"), default=False)
    payload = models.JSONField(_("datos"), default=dict)
    to_whom = models.CharField(_("a quién"), max_length=40, blank=True, help_text=_("Número de servicio o contrato."))
    amount = models.DecimalField(_("monto"), max_digits=10, decimal_places=2, null=True, blank=True)
    requester_name = models.CharField(_("quién lo pidió"), max_length=120, blank=True)
    requester_card = models.CharField(_("carnet"), max_length=24, blank=True)
    requester_kinship = models.CharField(_("parentesco"), max_length=40, blank=True)
    state = models.CharField(_("estado"), max_length=9, choices=State)
    reference = models.CharField(_("referencia"), max_length=REFERENCE_LENGTH, blank=True)
    owed_at = models.DateTimeField(_("pedido"))
    owed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("agente"))
    approve_until = models.DateTimeField(
        _("por aprobar hasta"), null=True, blank=True, help_text=_("Vacío: no hacía falta otra persona.")
    )
    settled_at = models.DateTimeField(_("resuelto"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("resuelto por"),
        help_text=_("Vacío: el programa."),
    )  # fmt: skip

    card = models.ForeignKey(
        Escalation, models.PROTECT, null=True, blank=True, db_index=False, related_name="writes",
        verbose_name=_("derivación"), help_text=_("La tarjeta de a quién se le falló, cuando no salió."),
    )  # fmt: skip
    follow_card = models.ForeignKey(
        Escalation, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("derivación de lo que sigue"),
        help_text=_("La tarjeta de lo que debía seguir a lo hecho, cuando la llamada terminó antes."),
    )  # fmt: skip

    is_not_needed = models.BooleanField(
        _("ya no hace falta"), default=False, db_default=False,
        help_text=_("Se dijo al final de la llamada: si no sale, no se le falló a nadie."),
    )  # fmt: skip

    said = models.CharField(
        _("lo que dice su sistema"), max_length=12, blank=True, default="", db_default="",
        help_text=_("De una incierta: lo último que respondió cuando se le preguntó si se hizo."),
    )  # fmt: skip

    objects = OutsideWriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("operación en otro sistema")
        verbose_name_plural = _("operaciones en otros sistemas")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
                name="outside_write_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "not_done"], settled_at__isnull=False)
                | (~Q(state__in=["done", "not_done"]) & Q(settled_at__isnull=True)),
                name="outside_write_settled_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(reference=""), name="outside_write_done_has_its_reference"
            ),
            models.CheckConstraint(
                condition=~Q(state="uncertain") | Q(is_accountable=True), name="outside_write_doubt_is_accountable"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="outside_write_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="approval") | Q(is_accountable=True, approve_until__isnull=False),
                name="outside_write_is_approved_until",
            ),
        ]
        indexes = [
            # the delivery sweep: what waits, oldest first
            models.Index(fields=["not_before"], name="outside_write_waiting", condition=Q(state="waiting")),
            # the sweep of leases: what a killed worker left
            models.Index(fields=["lease_until"], name="outside_write_sending", condition=Q(state="sending")),
            # what is under way: its count, and since when the oldest is owed
            models.Index(
                fields=["owed_at"], name="outside_write_under_way", condition=Q(state__in=["waiting", "sending"])
            ),
            # what waits for a person: counted in the tabs of every page of writes
            models.Index(
                fields=["state"], name="outside_write_for_a_person",
                condition=Q(state__in=["uncertain", "parked", "refused", "by_hand", "approval"]),
            ),
            # whether money went out before under a reference that comes again
            models.Index(
                fields=["system", "reference"], name="outside_write_paid_under",
                condition=Q(state="done", amount__isnull=False),
            ),
            # the same, however a person wrote it
            models.Index(
                "system", PLAIN_REFERENCE, name="outside_write_paid_plain",
                condition=Q(state="done", amount__isnull=False),
            ),
            # the sweep of what nobody approved in time
            models.Index(fields=["approve_until"], name="outside_write_to_approve", condition=Q(state="approval")),
            # whoever was let down and has no card: looked for by the clock
            models.Index(
                fields=["owed_at"], name="outside_write_without_a_card",
                condition=Q(state__in=["refused", "parked", "uncertain", "not_done", "approval"], card__isnull=True),
            ),
            # damages registered lately: the watch of their repair begins by the clock
            models.Index(
                fields=["settled_at"], name="outside_write_damage_done",
                condition=Q(action="smartflex.register_damage", state="done"),
            ),
            # the same for the same number, damage or order, in other calls
            models.Index(fields=["to_whom", "action"], name="outside_write_for_whom", condition=~Q(to_whom="")),
            # all of a customer on one page
            models.Index(KeyTextTransform("contract", "payload"), name="outside_write_of_a_contract"),
            # the daily list, and the limits of an agent's day
            models.Index(fields=["-owed_at"], name="outside_write_newest_first"),
            models.Index(
                fields=["owed_by", "system", "owed_at"], name="outside_write_of_a_day",
                condition=Q(is_accountable=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.action} {self.to_whom}".strip()


@append_only(at="at", personal=["note"])
class OutsideWriteChange(models.Model):
    """One step in the life of a write: from where to where, when, by whom (empty: the centre itself) and why."""

    write = models.ForeignKey(OutsideWrite, models.CASCADE, related_name="changes")
    from_state = models.CharField(max_length=9, choices=OutsideWrite.State, blank=True)
    to_state = models.CharField(max_length=9, choices=OutsideWrite.State)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            # what a person had settled as not done, and was in doubt again: each has its card
            models.Index(
                fields=["at"], name="outside_change_contradicted",
                condition=Q(from_state="not_done", to_state="uncertain"),
            ),
            # what a person had written down as done, and was in doubt
            models.Index(
                fields=["at"], name="outside_change_questioned", condition=Q(from_state="done", to_state="uncertain"),
            ),
        ]  # fmt: skip


@append_only(at="at", personal=["reason"])
class LimitGivenBack(models.Model):
    """That a write which was not done no longer counts in the day of whoever asked for it: decided by another person,
    and why (append-only).
    """

    write = models.OneToOneField(
        OutsideWrite, models.PROTECT, related_name="given_back", verbose_name=_("operación en otro sistema")
    )
    at = models.DateTimeField(_("cuándo"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("quién"))
    reason = models.CharField(_("por qué"), max_length=300)

    class Meta:
        verbose_name = _("límite devuelto")
        verbose_name_plural = _("límites devueltos")

    def __str__(self) -> str:
        return str(self.write)


class ReservedSearchQuerySet(models.QuerySet["ReservedSearch"]):
    def visible_to(self, user: User) -> ReservedSearchQuerySet:
        """That something is in reserve is itself kept from agents."""
        return self if user.sees_the_centre else self.none()


@append_only(at="at")
class ReservedSearch(models.Model):
    """A search of 104 that met numbers in reserve: who searched and how many there were, never which (append-only)."""

    at = models.DateTimeField(_("cuándo"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("quién"))
    reserved = models.PositiveSmallIntegerField(_("en reserva"))

    objects = ReservedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("búsqueda de números en reserva")
        verbose_name_plural = _("búsquedas de números en reserva")
        indexes = [models.Index(fields=["-at"], name="reserved_search_newest_first")]
