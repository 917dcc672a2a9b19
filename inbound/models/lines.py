"""The lines the centre answers, and the versions of the flow each is attended by."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited
from agents.models import User
from escalations.models import Kind

# As a flow names it: `line: 101` (inbound/flows/schema.py, LINE).
NUMBER = RegexValidator(r"^[0-9]{3,12}\Z", _("De 3 a 12 cifras: así la nombran los flujos."))


class ServiceLineQuerySet(models.QuerySet["ServiceLine"]):
    def visible_to(self, user: User) -> ServiceLineQuerySet:
        """Which lines there are is no secret in the house; whoever is nobody in it sees none."""
        return self if user.is_active else self.none()

    def in_order(self) -> ServiceLineQuerySet:
        return self.order_by("position", "number")


@audited()
class ServiceLine(models.Model):
    """One number customers dial (línea), with what is said on it."""

    number = models.CharField(_("número"), max_length=12, unique=True, validators=[NUMBER])
    name = models.CharField(_("nombre"), max_length=80)
    queue = models.CharField(_("cola de la central"), max_length=40, blank=True)
    greeting = models.TextField(
        _("saludo de protocolo"), help_text=_("Se dice al contestar. {agente} es el nombre de quien atiende.")
    )
    farewell = models.TextField(_("despedida de protocolo"), help_text=_("Se dice al terminar."))
    is_active = models.BooleanField(_("activa"), default=True)
    position = models.PositiveSmallIntegerField(_("orden"), default=0)

    objects = ServiceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("línea")
        verbose_name_plural = _("líneas")

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def running_version(self) -> FlowVersion | None:
        """The newest published version of its flow; None when it has none yet."""
        newest: FlowVersion | None = self.versions.order_by("-version").first()
        return newest


@append_only(at="published_at")
class FlowVersion(models.Model):
    """A published flow: frozen, whatever walks on it stays on it. The newest `version` of a line is the running one."""

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="versions", verbose_name=_("línea"))
    version = models.PositiveIntegerField(_("versión"))
    source = models.TextField(_("texto"), help_text=_("El flujo en YAML, como se publicó."))
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("qué cambió"), max_length=200, blank=True)
    left_out_because = models.CharField(_("por qué deja pasos del procedimiento"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("publicada"))
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("por"),
        help_text=_("Vacío: la que trae el programa."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("versión de un flujo")
        verbose_name_plural = _("versiones de flujos")
        constraints = [models.UniqueConstraint(fields=["line", "version"], name="flow_version_once")]

    def __str__(self) -> str:
        return f"{self.line.number} v{self.version}"


class FlowKind(models.Model):
    """A kind that a published version hands over. No version is ever deleted, so neither can the kind be."""

    version = models.ForeignKey(FlowVersion, models.PROTECT, related_name="hands_over", db_index=False)
    kind = models.ForeignKey(Kind, models.PROTECT, to_field="code", db_column="kind", related_name="+")

    class Meta:
        verbose_name = _("versión de un flujo que lo deriva")
        verbose_name_plural = _("versiones de flujos que lo derivan")
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="flow_kind_once")]

    def __str__(self) -> str:
        return str(self.version)


@audited()
class FlowDraft(models.Model):
    """A line's next flow while an administrator writes it; publishing makes a version of it and deletes the row."""

    line = models.OneToOneField(ServiceLine, models.CASCADE, related_name="draft", verbose_name=_("línea"))
    source = models.TextField(_("texto"))
    note = models.CharField(_("qué cambia"), max_length=200, blank=True)
    left_out_because = models.CharField(
        _("por qué deja pasos del procedimiento"), max_length=300, blank=True,
        help_text=_("Se pide cuando el borrador deja un paso que la versión que corre tiene. Queda con la versión."),
    )  # fmt: skip
    saved_at = models.DateTimeField(_("guardado"))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"))

    class Meta:
        verbose_name = _("borrador de un flujo")
        verbose_name_plural = _("borradores de flujos")
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="flow_draft_says_something")]

    def __str__(self) -> str:
        return str(self.line)
