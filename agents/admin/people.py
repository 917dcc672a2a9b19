"""Agents, teams, skills, reasons of pauses and the policies of the room."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, DataPolicy, PauseReason, Skill, StatePolicy, Team
from agents.shortened_policies import ShortenedInAWeek
from screens.admin_rights import NamesNobodyItHolds, NeverDeleted, OneRow


@admin.register(Agent)
class AgentAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    list_display = ("user", "team", "services", "weight", "extension", "is_on_duty")
    list_filter = ("is_on_duty", "team", "skills")
    list_select_related = ("user", "team")
    search_fields = ("user__username", "user__first_name", "user__last_name", "extension")
    autocomplete_fields = ("user",)
    filter_horizontal = ("skills",)
    ordering = ("user__first_name", "user__last_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return super().get_queryset(request).prefetch_related("skills")

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        waits = ("is_on_duty",) if obj.user.waits_to_be_admitted else ()  # that is for supervision to say
        return ("user", *waits)  # calls, promises and sealed figures of the card are that person's

    @admin.display(description=_("habilidades"))
    def services(self, agent: Agent) -> str:
        return ", ".join(skill.name for skill in agent.skills.all())


@admin.register(Team)
class TeamAdmin(NamesNobodyItHolds, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """A team somebody belongs to cannot be deleted: the database protects it, and the page says what holds it."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Skill)
class SkillAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """The lists of a campaign are assigned by the codes INTERNET and TV: only names may change."""

    list_display = ("code", "name")
    search_fields = ("code", "name")
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Skill | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(PauseReason)
class PauseReasonAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Stretches point at their reason: it is switched off. The code names it for good."""

    list_display = ("name", "key", "limit_minutes", "counts_as", "position", "is_active")
    list_filter = ("counts_as", "is_active")
    search_fields = ("code", "name")
    ordering = ("position", "pk")
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: PauseReason | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(StatePolicy)
class StatePolicyAdmin(OneRow, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    pass


@admin.register(DataPolicy)
class DataPolicyAdmin(ShortenedInAWeek, OneRow, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    months = ("months_of_calls", "months_of_numbers", "months_of_books")
