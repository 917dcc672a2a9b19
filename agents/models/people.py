"""People of the centre: who signs in, with which role, and who works which calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited


class Role(models.TextChoices):
    """What a person may see: an agent own work, a supervisor the centre; an auditor reads it; an administrator sets the
    house up, and sees no customer.
    """

    AGENT = "agent", _("Agente")
    SUPERVISOR = "supervisor", _("Supervisión")
    AUDITOR = "auditor", _("Auditoría")
    ADMINISTRATOR = "administrator", _("Administración")


class PeopleManager(UserManager["User"]):
    """Who is made at the server with all rights administers: what gives power over others begins with two of them."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> User:
        """Raises ValidationError at a password that a page would not take."""
        if password is not None:
            validate_password(password, self.model(username=username))
        return super().create_superuser(username, email, password, **{"role": Role.ADMINISTRATOR, **more})


class FirstEntry(models.TextChoices):
    """What became of the one sign-in that a password put by somebody else is good for; empty of one's own."""

    DUE = "due", _("pendiente")
    SPENT = "spent", _("usado")


@audited(exclude=["password", "last_login"])
class User(AbstractUser):
    """Somebody who signs in. Only an administrator reaches the admin site (`is_staff`)."""

    # Who is taken out and put in again, or moved, is somebody else: she would be told of strangers last, or not at all.
    refuses_strangers = "DELETE OR UPDATE OF id"

    role = models.CharField(_("rol"), max_length=16, choices=Role, default=Role.AGENT)
    language = models.CharField(
        _("idioma"), max_length=8, blank=True, help_text=_("El que eligió en la pantalla; vacío, el del navegador.")
    )
    sessions_ended = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Cuántas veces se cerraron todas sus sesiones.")
    )

    first_entry = models.CharField(
        max_length=5, blank=True, editable=False, choices=FirstEntry,
        help_text=_("De la contraseña que otra persona le puso: sirve para un ingreso, y ahí la cambia."),
    )  # fmt: skip
    is_admitted = models.BooleanField(
        _("admitida"), default=True, db_default=True, editable=False,
        help_text=_("De quien es agente: supervisión la puso de turno desde que otra persona abrió su cuenta."),
    )  # fmt: skip

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_short_name(self) -> str:
        """As the head of every page names her: «Ana Q.»."""
        initial = f"{self.last_name[:1]}." if self.last_name else ""
        return f"{self.first_name} {initial}".strip() if self.first_name else str(self)

    def get_session_auth_hash(self) -> str:
        """What a session must carry: another password ends it, and so does ending all sessions."""
        return self._of_this_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under secrets used before."""
        return map(self._of_this_round, super().get_session_auth_fallback_hash())

    def _of_this_round(self, hashed: str) -> str:
        return f"{hashed}.{self.sessions_ended}" if self.sessions_ended else hashed

    @property
    def sees_the_centre(self) -> bool:
        """Whether this person reads everybody's work (supervisor, auditor)."""
        return self.role in (Role.SUPERVISOR, Role.AUDITOR)

    @property
    def steers_campaigns(self) -> bool:
        """Whether this person may launch, assign and close (supervisor)."""
        return self.role == Role.SUPERVISOR

    @property
    def configures(self) -> bool:
        """Whether this person sets the house up and keeps it running (administrator)."""
        return self.role == Role.ADMINISTRATOR

    @property
    def knows_customers(self) -> bool:
        """Whether her work is with customers, her own or everybody's: who configures needs none of them, and an agent
        nobody of supervision has seen yet may be nobody.
        """
        return not self.configures and not self.waits_to_be_admitted

    @property
    def waits_to_be_admitted(self) -> bool:
        """Whether supervision has still to put her on duty for the first time."""
        return self.role == Role.AGENT and not self.is_admitted

    @property
    def reads_masked(self) -> bool:
        """Whether numbers, cards and addresses are hidden in others' work: who only reads has nobody to call."""
        return self.sees_the_centre and not self.steers_campaigns


class CodeTries(models.Model):
    """Codes of the second factor that somebody has tried since the last right one; a right one deletes the row."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="code_tries")
    tries = models.PositiveIntegerField()
    last_at = models.DateTimeField(help_text=_("El último intento que contó: desde él corre el bloqueo."))


class Team(models.Model):
    """A group of agents; call-backs past their time go to the team of their agent."""

    name = models.CharField(_("nombre"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("equipo")
        verbose_name_plural = _("equipos")

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """A service an agent can talk about (INTERNET, TV); call lists are assigned by it."""

    code = models.CharField(_("código"), max_length=16, unique=True)
    name = models.CharField(_("nombre"), max_length=80)

    class Meta:
        verbose_name = _("habilidad")
        verbose_name_plural = _("habilidades")

    def __str__(self) -> str:
        return self.name


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, user: User) -> AgentQuerySet:
        return self if user.sees_the_centre or user.configures else self.filter(user=user)

    def on_duty(self) -> AgentQuerySet:
        return self.filter(is_on_duty=True, user__is_active=True)

    def names(self) -> dict[int, str]:
        """How each is written, by key: without making two objects of each of two hundred."""
        rows = self.values_list("pk", "user__first_name", "user__last_name", "user__username")
        return {pk: f"{first} {last}".strip() or username for pk, first, last, username in rows}

    def named_like(self, words: str) -> AgentQuerySet:
        """Whose name, user name, team or extension holds each of the words."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__username__icontains=word)
                | Q(team__name__icontains=word)
                | Q(extension=word)
            )
        return found

    def with_what_a_list_shows(self) -> AgentQuerySet:
        return self.select_related("user", "team").prefetch_related("skills")


@audited()
class Agent(models.Model):
    """Somebody who works call lists (Agente Centro de Llamadas)."""

    user = models.OneToOneField(User, models.CASCADE, verbose_name=_("persona"), related_name="agent")
    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("equipo"), null=True, blank=True)
    skills = models.ManyToManyField(Skill, verbose_name=_("habilidades"), blank=True)
    weight = models.DecimalField(
        _("peso"),
        max_digits=4,
        decimal_places=2,
        default=1,
        help_text=_("Parte del trabajo que recibe: 1 es jornada completa, 0,5 es media."),
    )
    extension = models.CharField(_("interno"), max_length=16, blank=True)
    is_on_duty = models.BooleanField(
        _("de turno"), default=True, help_text=_("Solo quienes están de turno reciben contactos.")
    )

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agente")
        verbose_name_plural = _("agentes")
        constraints = [
            models.CheckConstraint(condition=Q(weight__gt=0) & Q(weight__lte=10), name="agent_weight_is_positive"),
        ]

    def __str__(self) -> str:
        return str(self.user)
