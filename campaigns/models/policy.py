"""Internal policy of calling, all editable: windows, caps, dispositions, do-not-call."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User
from escalations.models import Kind
from service_level.models import Weekday


class CallingPolicyManager(models.Manager["CallingPolicy"]):
    """One row, or none yet."""

    def in_force(self) -> CallingPolicy:
        """The policy as it stands; its defaults while nobody has saved one."""
        return self.filter(pk=1).first() or CallingPolicy()


@audited()
class CallingPolicy(models.Model):
    """The one row of caps and delays (`pk` 1). No law fixes calling hours in Bolivia: this is internal policy."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    calls_from_day = models.PositiveSmallIntegerField(
        _("día en que empiezan las llamadas"),
        default=25,
        help_text=_("Día del mes anterior al mes por pagar, del 1 al 28. Vale para los meses que se creen después."),
    )
    attempts_a_day = models.PositiveSmallIntegerField(_("intentos por día"), default=3)
    attempts_a_campaign = models.PositiveSmallIntegerField(_("intentos por campaña"), default=8)
    minutes_between_attempts = models.PositiveSmallIntegerField(_("minutos entre intentos"), default=120)
    afternoon_starts = models.TimeField(_("comienza la tarde"), default=time(12, 30))
    evening_starts = models.TimeField(_("comienza la noche"), default=time(18, 0))
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutos de reserva"),
        default=10,
        help_text=_("Cuánto queda reservado un contacto abierto cuando su pantalla deja de responder."),
    )
    personal_call_back_minutes = models.PositiveSmallIntegerField(
        _("minutos de la agenda personal"),
        default=30,
        help_text=_("Pasado este tiempo de la hora acordada, la llamada pasa al equipo."),
    )
    team_call_back_minutes = models.PositiveSmallIntegerField(
        _("minutos de la agenda del equipo"),
        default=120,
        help_text=_("Pasado este tiempo de la hora acordada, la llamada pasa a supervisión."),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("días de gracia"), default=5, help_text=_("Pagos hasta estos días después del vencimiento cuentan.")
    )
    payments_stale_hours = models.PositiveSmallIntegerField(
        _("horas de vigencia de los pagos"),
        default=6,
        help_text=_("Pasadas estas horas sin un recaudo nuevo, cada página avisa que los pagos no están al día."),
    )
    calls_an_hour = models.PositiveSmallIntegerField(_("llamadas por hora y agente"), default=18)
    attempts_expected = models.DecimalField(
        _("intentos esperados por contacto"), max_digits=3, decimal_places=1, default=2
    )
    countdown_seconds = models.PositiveSmallIntegerField(_("segundos de cuenta atrás"), default=10)
    promise_days = models.PositiveSmallIntegerField(_("días máximos de un compromiso"), default=10)

    report_due_time = models.TimeField(
        _("hora del reporte"),
        default=time(6, 0),
        help_text=_("Hora del primer día de llamadas en que debe estar el reporte CCVP."),
    )
    report_tolerance_minutes = models.PositiveSmallIntegerField(
        _("tolerancia del reporte (minutos)"),
        default=60,
        help_text=_("Pasada la hora y esta tolerancia, el reporte se muestra y se avisa como atrasado."),
    )

    personal_data_months = models.PositiveSmallIntegerField(
        _("meses que se guardan los datos personales"),
        default=24,
        help_text=_(
            "Contados desde el cierre de la campaña. Después sus contactos pierden nombre, carnet, teléfonos, dirección"
            " y notas, y se borran los archivos de los reportes; las cifras y los informes sellados quedan. Al menos 3."
            " De lo demás los dice la política de datos personales."
        ),
    )

    agents_export = models.BooleanField(
        _("los agentes exportan su lista"),
        default=False,
        db_default=False,
        help_text=_("Sin esto solo la supervisión saca listas de clientes; cada salida queda anotada."),
    )

    objects = CallingPolicyManager()

    class Meta:
        verbose_name = _("política interna de llamadas")
        verbose_name_plural = _("política interna de llamadas")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="calling_policy_is_one"),
            models.CheckConstraint(
                condition=Q(calls_from_day__gte=1) & Q(calls_from_day__lte=28),
                name="calling_policy_calls_start_on_a_day_of_every_month",
            ),
            models.CheckConstraint(
                condition=Q(attempts_a_day__gte=1) & Q(attempts_a_campaign__gte=F("attempts_a_day")),
                name="calling_policy_caps_are_possible",
            ),
            models.CheckConstraint(
                condition=Q(evening_starts__gt=F("afternoon_starts")), name="calling_policy_parts_of_day_in_order"
            ),
            models.CheckConstraint(condition=Q(lease_minutes__gte=1), name="calling_policy_lease_lasts"),
            models.CheckConstraint(condition=Q(calls_an_hour__gte=1), name="calling_policy_calls_an_hour"),
            models.CheckConstraint(condition=Q(payments_stale_hours__gte=1), name="calling_policy_payments_last"),
            # the next month is assigned by who spoke with whom in the last one, and payments settle within a month
            models.CheckConstraint(condition=Q(personal_data_months__gte=3), name="calling_policy_keeps_a_quarter"),
        ]

    def __str__(self) -> str:
        return str(_("Política interna de llamadas"))


@audited()
class CallingWindow(models.Model):
    """Hours of a weekday in which customers may be called; a weekday without a window is not called."""

    weekday = models.SmallIntegerField(_("día de la semana"), choices=Weekday)
    opens = models.TimeField(_("desde"))
    closes = models.TimeField(_("hasta"))

    class Meta:
        verbose_name = _("ventana de llamadas")
        verbose_name_plural = _("ventanas de llamadas")
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="calling_window_closes_after_opening"),
            models.UniqueConstraint(fields=["weekday", "opens"], name="calling_window_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@audited()
class Disposition(models.Model):
    """How a call ended (resultado). What it means and what it asks for is data, not code."""

    class Party(models.TextChoices):
        RIGHT = "right", _("Habló con el cliente")
        THIRD = "third", _("Habló con un tercero")
        NONE = "none", _("Sin contacto")
        TECHNICAL = "technical", _("Falla técnica")

    class Scope(models.TextChoices):
        CONTACT = "contact", _("Vale para el contacto")
        TELEPHONE = "telephone", _("Vale para el teléfono marcado")

    code = models.SlugField(_("código"), max_length=32, unique=True)
    name = models.CharField(_("nombre"), max_length=60)
    key = models.CharField(_("tecla"), max_length=1, blank=True, help_text=_("Del 1 al 9; vacía, aparece bajo «Otro»."))
    position = models.PositiveSmallIntegerField(_("orden"), default=100)
    party = models.CharField(_("con quién"), max_length=9, choices=Party)
    scope = models.CharField(_("alcance"), max_length=9, choices=Scope, default=Scope.CONTACT)
    is_final = models.BooleanField(_("final"), default=False, help_text=_("No se vuelve a llamar en esta campaña."))
    retry_minutes = models.PositiveIntegerField(
        _("volver a llamar en (minutos)"), null=True, blank=True, help_text=_("Solo si no es final.")
    )
    counts_as_attempt = models.BooleanField(_("cuenta como intento"), default=True)
    retires_telephone = models.BooleanField(_("retira el teléfono"), default=False)
    forbids_calling = models.BooleanField(
        _("pide no ser llamado"), default=False, help_text=_("Agrega el contrato a la lista de no llamar.")
    )
    escalates = models.ForeignKey(
        Kind, models.PROTECT, null=True, blank=True, to_field="code", db_column="escalates", db_index=False,
        related_name="+", verbose_name=_("deriva a supervisión"),
        help_text=_("Al registrarlo, el cliente queda en el tablero de supervisión con la nota de la llamada."),
    )  # fmt: skip
    requires_promise = models.BooleanField(_("pide fecha y monto del compromiso"), default=False)
    requires_call_back = models.BooleanField(_("pide hora para volver a llamar"), default=False)
    requires_note = models.BooleanField(_("pide nota"), default=False)
    requires_reason = models.BooleanField(_("pide motivo"), default=False)
    pbx_result = models.CharField(
        _("resultado de la central"),
        max_length=16,
        blank=True,
        help_text=_(
            "Lo que dice la central telefónica y hace proponer esta opción: BUSY, NOANSWER, CONGESTION, CHANUNAVAIL"
            " (apagado o fuera de servicio), UNALLOCATED (no existe), MACHINE (contestador), REJECTED."
        ),
    )
    is_active = models.BooleanField(_("activo"), default=True)

    class Meta:
        verbose_name = _("resultado")
        verbose_name_plural = _("resultados")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(is_active=True) & ~Q(key=""), name="disposition_key_used_once"
            ),
            models.CheckConstraint(
                condition=Q(is_final=True, retry_minutes=None) | Q(is_final=False, retry_minutes__isnull=False),
                name="disposition_is_final_or_has_its_delay",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page; what the centre named itself stays as it was written."""
        return gettext(self.name)


class DoNotCallQuerySet(models.QuerySet["DoNotCall"]):
    def visible_to(self, user: User) -> DoNotCallQuerySet:
        """Who asked not to be called is the centre's: an agent is told of a customer of hers, and only that."""
        return self if user.sees_the_centre else self.none()


@audited()
class DoNotCall(models.Model):
    """Somebody who asked not to be called: a contract, or one telephone wherever it stands."""

    contract = models.CharField(_("contrato"), max_length=32, blank=True)
    telephone = models.CharField(_("teléfono"), max_length=16, blank=True, help_text=_("Como +59144251000."))
    reason = models.CharField(_("motivo"), max_length=200)
    since = models.DateTimeField(_("desde"))
    added_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("agregado por"), null=True, blank=True)
    attempt = models.ForeignKey(
        "campaigns.Attempt", models.SET_NULL, null=True, blank=True, db_index=False, editable=False, related_name="+",
        help_text=_("La llamada en que lo pidió."),
    )  # fmt: skip

    objects = DoNotCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("no llamar")
        verbose_name_plural = _("lista de no llamar")
        constraints = [
            models.CheckConstraint(
                condition=(~Q(contract="") & Q(telephone="")) | (Q(contract="") & ~Q(telephone="")),
                name="do_not_call_names_one_thing",
            ),
            models.UniqueConstraint(fields=["contract"], condition=~Q(contract=""), name="do_not_call_contract_once"),
            models.UniqueConstraint(
                fields=["telephone"], condition=~Q(telephone=""), name="do_not_call_telephone_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"  # what the admin keeps of an edit names nobody
