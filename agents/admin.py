"""Django admin for people, teams and skills, and the book of personal data that left its page."""

from __future__ import annotations

from typing import Any

from allauth.account import admin as accounts_admin  # noqa: F401  # it registers what is taken away below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as factors_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agents import people
from agents.models import Agent, DataPolicy, Disclosure, PauseReason, Search, Skill, StatePolicy, Team, User
from screens.admin_rights import NeverDeleted, ReadOnly
from screens.templatetags.screens import masked_text

admin.site.unregister(Group)  # a role says what somebody may do; groups would only seem to
admin.site.unregister(EmailAddress)  # the address of an account stands on the account
admin.site.unregister(Authenticator)  # its form shows and takes the secret itself: who sees it can be anybody
admin.site.disable_action("delete_selected")  # what may be deleted at all is looked at one by one


@admin.register(User)
class PersonAdmin(NeverDeleted, UserAdmin):  # type: ignore[misc,type-arg]
    """Accounts are switched off, never deleted: calls, results and the audit keep their names."""

    list_display = ("username", "first_name", "last_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    actions = ("switch_off", "switch_on", "end_sessions", "unlock", "take_off_second_factor")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Persona"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Qué puede hacer"),
            {
                "fields": ("role", "is_active"),
                "description": _(
                    "Agente: ve su propio trabajo. Supervisión: conduce las campañas. Auditoría: lee todo y no cambia"
                    " nada. Administración: además entra a esta página. Quien deja el centro se desactiva, no se borra."
                ),
            },
        ),
        (_("Fechas"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "first_name", "last_name", "email", "role", "usable_password"),
                "description": _("Después de guardar se completan equipo y habilidades en «Agentes»."),
            },
        ),
        (None, {"classes": ("wide",), "fields": ("password1", "password2")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        if obj.pk == request.user.pk and change and not (obj.is_active and obj.role == "administrator"):
            obj.is_active, obj.role = True, "administrator"
            messages.warning(request, _("Su propia cuenta sigue activa y con su rol: pida el cambio a otra persona."))
        super().save_model(request, obj, form, change)
        people.give_role(user=obj, role=obj.role)
        if change and "role" in form.changed_data:
            people.end_sessions(user=obj)  # what was open was open to another role
        if not obj.is_active:
            people.deactivate(user=obj)

    @admin.action(description=_("Desactivar a las personas elegidas"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.deactivate(user=user)
        messages.success(request, _("Personas desactivadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Activar a las personas elegidas"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset)
        for user in chosen:
            people.activate(user=user)
        messages.success(request, _("Personas activadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Cerrar sus sesiones en todos los equipos"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.end_sessions(user=user)
        messages.success(request, _("Personas cuyas sesiones se cerraron: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Desbloquear: olvidar sus intentos de ingreso y de códigos"))
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset)
        for user in chosen:
            people.unlock(user=user)
        messages.success(request, _("Personas desbloqueadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Quitar el segundo factor (perdió el teléfono) y cerrar sus sesiones"))
    def take_off_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.take_off_second_factor(user=user)
        messages.success(request, _("Personas sin segundo factor desde ahora: %(count)s.") % {"count": len(chosen)})


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
        return ("user",) if obj else ()  # calls, promises and sealed figures of the card are that person's

    @admin.display(description=_("habilidades"))
    def services(self, agent: Agent) -> str:
        return ", ".join(skill.name for skill in agent.skills.all())


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A team somebody belongs to cannot be deleted: the database protects it and Django says who holds it."""

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


@admin.register(StatePolicy, DataPolicy)
class PolicyAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """The one row of each: it is changed, never added or deleted."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self.model.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse(f"admin:agents_{self.opts.model_name}_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Search)
class SearchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Who looked for whom. What was asked is personal data: it stands on the page of one row, not in the list."""

    list_display = ("at", "user", "where", "what", "is_refused")
    list_filter = ("is_refused", "where", "at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("at", "user", "where", "what", "masked", "call", "is_refused")

    @admin.display(description=_("qué preguntó"))
    def masked(self, search: Search) -> str:
        return masked_text(search.asked)


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    list_display = ("at", "kind", "user", "subject", "rows", "reason")
    list_filter = ("kind", "at")
    list_select_related = ("user",)
    search_fields = ("user__username", "subject", "reason")
    date_hierarchy = "at"
    ordering = ("-at",)


admin.site.unregister((AccessAttempt, AccessLog, AccessFailureLog))
admin.site.register(AccessAttempt, AccessAttemptAdmin, actions=[delete_selected])  # deleting one is unlocking


@admin.register(AccessLog)
class SignInAdmin(ReadOnly, AccessLogAdmin):  # type: ignore[misc]
    """Who signed in when: a book, as the next one."""


@admin.register(AccessFailureLog)
class FailedSignInAdmin(ReadOnly, AccessFailureLogAdmin):  # type: ignore[misc]
    """Who tried in vain."""
