"""What the switchboard wrote in `queue_log`, line by line, and the visits to its queues that the lines tell of."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited, facts
from agents.models import User
from telephony.models.switchboards import Switchboard
from telephony.queue_log.addresses import IS_A_TABLE, Table, read_address

LOG_VARIABLE = r"^QUEUE_LOG_[A-Z0-9_]+$"


@facts("switchboard", "at", "call", "ordinal", personal=["text"], inserts=True)
class LoggedLine(models.Model):
    """One line as it was written, once: it is told by its digest, and by which of the same in its second it is.

    The evidence of the figures: never changed, but that the caller's number is forgotten when policy says. `call` is
    QUEUESTART where the switchboard began anew, and empty of what else is of no call. The key is in the order in which
    lines came, and within a file in the order in which they were written.
    """

    switchboard = models.ForeignKey(Switchboard, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    at = models.DateTimeField(_("cuándo"))
    call = models.CharField(_("llamada"), max_length=150, blank=True)
    digest = models.BinaryField(max_length=16)
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("línea"))

    class Meta:
        verbose_name = _("línea de queue_log")
        verbose_name_plural = _("líneas de queue_log")
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "at", "digest", "ordinal"], name="logged_line_once"),
        ]
        indexes = [
            # all lines of a call: its visits are a function of them
            models.Index(fields=["switchboard", "call"], name="logged_line_of_a_call", condition=~Q(call="")),
        ]


@audited()
class LogSource(models.Model):
    """Where the clock looks for the queue_log of a switchboard: a file, or several with `*`, rotated ones too, here or
    on an SFTP server; or a table of a database.
    """

    switchboard = models.ForeignKey(
        Switchboard, models.PROTECT, related_name="log_sources", verbose_name=_("central telefónica")
    )
    path = models.CharField(
        _("archivo o tabla"),
        max_length=300,
        help_text=_(
            "Un archivo (con * son varios: /var/log/asterisk/queue_log*), o una tabla: "
            "mysql://usuario@servidor/asteriskcdrdb/queuelog, postgresql://usuario@servidor/base/tabla. "
            "De otra máquina: sftp://usuario@servidor:22/var/log/asterisk/queue_log*."
        ),
    )
    secret_variable = models.CharField(
        _("variable con la clave"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(
                LOG_VARIABLE, _("El nombre de la variable comienza con QUEUE_LOG_ y sigue con mayúsculas, cifras o _.")
            )
        ],
        help_text=_("De una tabla o de SFTP: la variable de entorno con la contraseña, como QUEUE_LOG_SECRET."),
    )
    tls = models.BooleanField(
        _("con TLS"), default=False, db_default=False, help_text=_("De una tabla: solo si el certificado vale.")
    )
    host_key = models.TextField(
        _("clave del servidor SFTP"), blank=True, db_default="",
        help_text=_("Como «ssh-ed25519 AAAA…»: se rechaza cualquier otra."),
    )  # fmt: skip
    is_on = models.BooleanField(_("se lee"), default=True)

    class Meta:
        verbose_name = _("fuente de queue_log")
        verbose_name_plural = _("fuentes de queue_log")
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "path"], name="log_source_once"),
            # whoever may edit a source must not read another secret of the server out to a host of her own
            models.CheckConstraint(
                condition=Q(secret_variable="") | Q(secret_variable__regex=LOG_VARIABLE),
                name="log_source_names_its_own",
            ),
        ]

    def __str__(self) -> str:
        return self.path

    def clean(self) -> None:
        if self.is_a_table:
            try:
                read_address(self.path)
            except ValidationError as refusal:
                raise ValidationError({"path": refusal.messages}) from refusal

    @property
    def is_afar(self) -> bool:
        return self.path.startswith("sftp://")

    @property
    def is_a_table(self) -> bool:
        return not self.is_afar and IS_A_TABLE.match(self.path) is not None

    @property
    def table(self) -> Table:
        """Raises ValidationError, in words."""
        return read_address(self.path)


class LogLook(models.Model):
    """What the clock found where it looked last. `seen`: when each file was changed and how long it was, by its path;
    of one that could not be read also why, and when it was tried.

    `problem`: why it could not be read; empty when it could. `left_out`: what lies beside it and fits its name, and is
    no file to be taken, in words.
    """

    source = models.OneToOneField(LogSource, models.CASCADE, related_name="look")
    looked_at = models.DateTimeField(_("mirado"))
    took_at = models.DateTimeField(_("líneas nuevas"), null=True)
    seen = models.JSONField(default=dict)
    unreadable = models.PositiveBigIntegerField(_("que no son líneas"), default=0)
    problem = models.TextField(_("problema"), blank=True)
    left_out = models.TextField(_("no se toma"), blank=True, db_default="")

    class Meta:
        verbose_name = _("lectura de queue_log")
        verbose_name_plural = _("lecturas de queue_log")


class LogFile(models.Model):
    """How far a file was read: `offset` bytes of what is in it, up to the first line of the last second that was taken;
    `before` tells what stood before that, for a copy may have had a gap. Of a table `since`: the key of the row from
    which it is read again.

    A file is the same by its first line, whatever it is called since it was rotated, and whether it was compressed; a
    table by its address.
    """

    switchboard = models.ForeignKey(Switchboard, models.CASCADE, db_index=False, related_name="+")
    first_line = models.BinaryField(max_length=16)
    offset = models.PositiveBigIntegerField(default=0)
    before = models.BinaryField(max_length=16, null=True)
    since = models.CharField(max_length=40, blank=True, db_default="")
    read_at = models.DateTimeField(_("leído"))

    class Meta:
        verbose_name = _("archivo de queue_log")
        verbose_name_plural = _("archivos de queue_log")
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "first_line"], name="log_file_once"),
        ]


class ChangedDay(models.Model):
    """A day of La Paz of whose visits something came or changed, until its figures are counted again.

    Whoever takes lines writes it in the same transaction; who counts takes it away in hers. It is written where it
    stands already, too, so that of the two who meet one waits for the other.
    """

    day = models.DateField(unique=True)


class LoggedVisitQuerySet(models.QuerySet["LoggedVisit"]):
    def visible_to(self, user: User) -> LoggedVisitQuerySet:
        """Evidence is the centre's."""
        return self if user.sees_the_centre else self.none()


@facts(
    "switchboard", "call", "queue", "nth", "entered_at", "outcome", "wait", "agent", "answered_at", "talk",
    "ended_at", "ended", "moved_to", personal=["caller"],
)  # fmt: skip
class LoggedVisit(models.Model):
    """One entry of a call into a queue, as its lines tell (`telephony/queue_log/visits.py`, where each field is said).

    `caller` is as it was written, empty where it was withheld or forgotten.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Espera")
        ANSWERED = "answered", _("Atendida")
        HUNG_UP = "hung_up", _("Colgó esperando")
        TIMED_OUT = "timed_out", _("Se agotó la espera")
        OTHER = "other", _("Salió de otra manera")

    switchboard = models.ForeignKey(
        Switchboard, models.PROTECT, db_index=False, related_name="+", verbose_name=_("central telefónica")
    )
    call = models.CharField(_("llamada"), max_length=150)
    queue = models.CharField(_("cola"), max_length=80)
    nth = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField(_("entró"))
    caller = models.CharField(_("de"), max_length=80, blank=True)
    outcome = models.CharField(_("resultado"), max_length=9, choices=Outcome)
    wait = models.PositiveIntegerField(_("espera"), null=True, help_text=_("Segundos; vacío: no se sabe."))
    agent = models.CharField(_("agente"), max_length=80, blank=True, help_text=_("Como lo llama la central."))
    answered_at = models.DateTimeField(_("contestada"), null=True)
    talk = models.PositiveIntegerField(_("conversación"), null=True, help_text=_("Segundos; vacío: no se sabe."))
    ended_at = models.DateTimeField(_("terminada"), null=True)
    ended = models.CharField(_("cómo terminó"), max_length=40, blank=True, help_text=_("La palabra de queue_log."))
    moved_to = models.CharField(_("transferida a"), max_length=80, blank=True)
    tried = models.PositiveSmallIntegerField(_("timbres en vano"), default=0)
    oddities = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("anomalías"))

    objects = LoggedVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrada a una cola")
        verbose_name_plural = _("entradas a las colas")
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "call", "queue", "nth"], name="logged_visit_once"),
            models.CheckConstraint(
                condition=Q(outcome="answered") | Q(answered_at=None), name="logged_visit_answered_says_when"
            ),
        ]
        indexes = [
            # the figures of a day and of a month, of all queues at once
            models.Index(fields=["entered_at"], name="logged_visit_by_time"),
            # the calls behind a figure of a line
            models.Index(fields=["queue", "entered_at"], name="logged_visit_by_queue"),
            # whose number is to be forgotten
            models.Index(fields=["entered_at"], name="logged_visit_with_a_caller", condition=~Q(caller="")),
            # what is open still: ended by a restart, or by nobody
            models.Index(fields=["switchboard"], name="logged_visit_open", condition=Q(ended_at=None)),
            # what is odd, and can be opened down to its lines
            models.Index(fields=["entered_at"], name="logged_visit_odd", condition=~Q(oddities=[])),
        ]
