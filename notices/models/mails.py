"""Mail as rows: what is owed, to whom, and whether it went out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited, facts
from agents.models import User
from work.models import OwedWork


class NoticeKind(models.TextChoices):
    REPORT_LATE = "report_late", _("Reporte atrasado")
    REPORT_MISSING = "report_missing", _("Mes sin reporte")
    REPORT_HELD = "report_held", _("Reporte que espera decisión")
    REPORT_FAILED = "report_failed", _("Reporte que no se pudo tomar")
    CAMPAIGN_SEALED = "campaign_sealed", _("Informe de cierre")
    ESCALATION_LETTER = "escalation_letter", _("Correo a una unidad")
    ESCALATION_DIGEST = "escalation_digest", _("Derivaciones vencidas")
    ROOM_ALERTS = "room_alerts", _("Avisos de la sala de control")
    ACCOUNT = "account", _("Suceso de una cuenta")
    TRIAL = "trial", _("Prueba del correo")


# Their text is about a customer, and they go to whom it concerns: nobody is named for them besides.
ABOUT_A_CUSTOMER = (NoticeKind.ESCALATION_LETTER,)
TO_ONE_PERSON = (*ABOUT_A_CUSTOMER, NoticeKind.ACCOUNT, NoticeKind.TRIAL)  # nobody else is named for them


@audited()
class Recipient(models.Model):
    """Who is told of a kind of notice; supervisors are told of all when nobody is named."""

    kind = models.CharField(_("aviso"), max_length=24, choices=NoticeKind)
    name = models.CharField(_("nombre"), max_length=80)
    email = models.EmailField(_("correo"))
    is_active = models.BooleanField(_("activo"), default=True)

    class Meta:
        verbose_name = _("destinatario")
        verbose_name_plural = _("destinatarios")
        constraints = [models.UniqueConstraint(fields=["kind", "email"], name="recipient_once_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.email}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """Notices speak of the whole centre: an agent sees none."""
        return self if user.sees_the_centre else self.none()


@facts("key", "kind", "to", "state", "created_at", "sent_at", at="created_at", personal=["subject", "body"])
class Notice(OwedWork):
    """One mail in the outbox. `key` makes it unique: the same event never mails twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Por enviar")
        SENT = "sent", _("Enviado")
        PARKED = "parked", _("Detenido tras varios intentos")
        DROPPED = "dropped", _("Ya no se envía")  # what it told was taken away before it went out

    refuses_strangers = True  # what tells of them

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("aviso"), max_length=24, choices=NoticeKind)
    to = ArrayField(models.EmailField(), verbose_name=_("para"))
    reached = ArrayField(models.EmailField(), default=list, verbose_name=_("ya lo recibieron"))
    subject = models.CharField(_("asunto"), max_length=200)
    body = models.TextField(_("texto"))
    state = models.CharField(_("estado"), max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("creado"))
    sent_at = models.DateTimeField(_("enviado"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("aviso")
        verbose_name_plural = _("avisos")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="notice_sent_has_its_time"
            ),
        ]
        indexes = [
            # the delivery sweep: what waits, oldest first
            models.Index(fields=["not_before"], name="notice_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.subject


class Attachment(models.Model):
    """A file that goes with a notice; the bytes are kept beside the other files of the centre."""

    refuses_strangers = True  # one that is not there keeps its mail from going out, and any other would go with it

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=120)
    file = models.FileField(upload_to="notices/%Y/%m")
