"""Attended calls and worked cards: a walk through a version of a flow, one footstep a step, nothing ever erased."""

from __future__ import annotations

import uuid
from typing import cast

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models import Agent, Role, User
from escalations.models import Escalation
from inbound.models.lines import FlowVersion, ServiceLine
from telephony.models import QueueCall


class WalkQuerySet(models.QuerySet["Walk"]):
    @leads_to_customers
    def visible_to(self, user: User) -> WalkQuerySet:
        """An agent sees own walks; the centre all."""
        return self if user.sees_the_centre else self.filter(agent__user=user)

    @leads_to_customers
    def walked_by(self, user: User) -> WalkQuerySet:
        """Those a person may answer: an agent her own calls, a supervisor the lanes of the cards she has. Whoever has
        another role by now, none of what was hers.
        """
        if user.role == Role.AGENT:
            return self.filter(agent__user=user)
        return self.filter(escalation__owner=user) if user.steers_campaigns else self.none()

    def calls(self) -> WalkQuerySet:
        """Without the lanes walked from cards, which are nobody's call."""
        return self.filter(escalation__isnull=True)

    def under_way(self) -> WalkQuerySet:
        return self.filter(ended_at__isnull=True)

    def with_who_asks(self) -> WalkQuerySet:
        """With `asks`: who said on a step that she asks for it; None where nobody did."""
        said = Footstep.objects.filter(walk=OuterRef("pk"), answer__has_key="requester_name").order_by("-position")
        name = said.annotate(who=KeyTextTransform("requester_name", "answer")).values("who")
        return self.annotate(asks=Subquery(name[:1]))


@facts(
    "line", "version", "agent", "escalation", "walked_by", "call", "began_at", "ended_at", "result", "result_label",
    at="ended_at", personal=["caller_number", "caller_name", "contract", "customer_name"],
)  # fmt: skip
class Walk(models.Model):
    """One attended call, or one card worked by its lane of the flow, which then has `escalation` and no agent.

    `position` is the number of its newest footstep: what answers an older one comes too late.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="walks", verbose_name=_("línea"))
    version = models.ForeignKey(FlowVersion, models.PROTECT, related_name="+", verbose_name=_("flujo"))
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="walks", verbose_name=_("agente")
    )
    escalation = models.OneToOneField(
        Escalation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("derivación"),
        help_text=_("La tarjeta que se atiende con el carril de supervisión."),
    )  # fmt: skip
    walked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("quien atiende"),
        help_text=_("De una tarjeta: quien respondió su último paso."),
    )  # fmt: skip
    call = models.ForeignKey(
        QueueCall, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("llamada de la central"), help_text=_("Vacío: la atendió sin que la central la anunciara."),
    )  # fmt: skip
    brought = models.JSONField(
        default=dict,
        help_text=_(
            "Lo que se sabía al empezar: de una tarjeta, lo que sabía su llamada; de una transferida, quién llama."
        ),
    )
    caller_number = models.CharField(
        _("número que llama"), max_length=16, blank=True, help_text=_("E.164, si la central lo da.")
    )
    caller_name = models.CharField(_("quien llama"), max_length=120, blank=True)
    contract = models.CharField(_("contrato"), max_length=24, blank=True)
    customer_name = models.CharField(_("cliente"), max_length=120, blank=True)
    position = models.PositiveIntegerField(default=0)
    draft = models.JSONField(default=dict, help_text=_("Lo que se escribió en el paso y todavía no se envió."))
    began_at = models.DateTimeField(_("comenzó"))
    last_sign_at = models.DateTimeField(
        _("último movimiento"),
        null=True,
        blank=True,
        help_text=_("Cuando se entró a un paso o se escribió en él."),
    )
    ended_at = models.DateTimeField(_("terminó"), null=True, blank=True)
    result = models.CharField(_("resultado"), max_length=40, blank=True)
    result_label = models.CharField(_("cómo terminó"), max_length=120, blank=True)
    anonymised_at = models.DateTimeField(_("sin datos personales desde"), null=True, blank=True)

    objects = WalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("atención")
        verbose_name_plural = _("atenciones")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, result="") | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="walk_ends_with_a_result",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="walk_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(agent__isnull=False, escalation=None, walked_by=None)
                | Q(agent=None, escalation__isnull=False, walked_by__isnull=False),
                name="walk_is_of_an_agent_or_of_a_card",
            ),
            models.UniqueConstraint(
                fields=["call", "agent"], condition=Q(call__isnull=False), name="walk_once_a_call_and_agent"
            ),
        ]
        indexes = [
            # the flow an agent has open for a call at her telephone
            models.Index(fields=["call"], name="walk_of_a_call", condition=Q(call__isnull=False)),
            # what an agent has open: asked with every page of the lines
            models.Index(fields=["agent"], name="walk_under_way", condition=Q(ended_at__isnull=True)),
            # the supervisors' lists and figures: a line's, an agent's, by day
            models.Index(fields=["-began_at"], name="walk_newest_first"),
            models.Index(fields=["agent", "-began_at"], name="walk_of_an_agent"),
            # all of a customer on one page
            models.Index(fields=["contract"], name="walk_of_a_contract", condition=~Q(contract="")),
            # whose personal data are still there, oldest first: asked by the clock
            models.Index(fields=["began_at"], name="walk_with_personal_data", condition=Q(anonymised_at__isnull=True)),
        ]

    def is_answered_by(self, user: User) -> bool:
        """Whether this person may answer its steps: `walked_by` of one row."""
        if user.role == Role.AGENT:
            return self.agent is not None and self.agent.user_id == user.pk
        return user.steers_campaigns and self.escalation is not None and self.escalation.owner_id == user.pk

    @property
    def was_transferred(self) -> bool:
        """Whether the switchboard says that she handed the caller over."""
        return self.call is not None and self.call.outcome == QueueCall.Outcome.TRANSFERRED

    def __str__(self) -> str:
        return f"{self.line.number} {self.began_at:%Y-%m-%d %H:%M}"

    @property
    def by(self) -> User:
        """Who walks it: the agent of a call, of a card whoever has it."""
        return self.agent.user if self.agent else cast(User, self.walked_by)  # one of them is there: a constraint


@facts(
    "walk", "position", "version", "step", "kind", "entered_at", "left_at", "by_hand", "proposed", "chosen",
    "write", "escalation", at="left_at", personal=["answer", "found", "reason", "trouble"],
)  # fmt: skip
class Footstep(models.Model):
    """One step of a walk, from the moment it was on the screen until it was answered.

    Going back adds a footstep on the earlier step (`returns_to` its position) and leaves the others as they are; what
    is known then is what the footsteps before that one brought. A walk that goes on as another line goes on in that
    line's version, so each footstep says which it is of. What it left elsewhere it points at: `write`, `escalation`;
    passed again, a step leaves the same.
    """

    walk = models.ForeignKey(Walk, models.CASCADE, related_name="footsteps")
    position = models.PositiveIntegerField()
    version = models.ForeignKey(FlowVersion, models.PROTECT, related_name="+")
    step = models.CharField(max_length=40)
    kind = models.CharField(max_length=9)
    returns_to = models.PositiveIntegerField(null=True, blank=True)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(default=dict, help_text=_("Lo que se escribió, por campo."))
    found = models.JSONField(null=True, blank=True, help_text=_("Lo que dijo el otro sistema."))
    by_hand = models.BooleanField(default=False, help_text=_("El agente escribió lo que vio en la otra pantalla."))
    trouble = models.CharField(max_length=200, blank=True, help_text=_("Por qué el otro sistema no respondió."))
    proposed = models.CharField(max_length=40, blank=True)
    chosen = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text=_("Por qué se eligió otra rama que la propuesta."))
    write = models.ForeignKey(
        "inbound.OutsideWrite", models.SET_NULL, null=True, blank=True, db_index=False, related_name="+",
        help_text=_("La operación que el paso dejó pedida, o la que ya estaba."),
    )  # fmt: skip
    # where a card comes from: asked for with each card that is opened
    escalation = models.ForeignKey(
        Escalation, models.PROTECT, null=True, blank=True, related_name="+",
        help_text=_("La tarjeta que el paso dejó a supervisión."),
    )  # fmt: skip

    @property
    def answered_itself(self) -> bool:
        """Whether nobody had to answer it: going back to it would only bring one here again."""
        return (self.kind == "look_up" and not self.by_hand) or (self.kind == "choose" and not self.chosen)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["walk", "position"], name="footstep_once_a_position"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")), name="footstep_left_after_entered"
            ),
        ]
        indexes = [
            # time a step, over the days of a report
            models.Index(fields=["version", "step", "entered_at"], name="footstep_of_a_step"),
        ]
