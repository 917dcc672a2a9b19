"""Accounts: who may sign in, as what; what gives power over others waits for another administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import admin as accounts_admin  # noqa: F401  # it registers what is taken away below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as factors_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as sessions_admin  # noqa: F401
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents import people, power
from agents.access import signed_in_user
from agents.accounts import note_written, place_of
from agents.models import FirstEntry, PowerRequest, Role, User
from screens.admin_rights import NeverDeleted

admin.site.unregister(Group)  # a role says what somebody may do; groups would only seem to
admin.site.unregister(EmailAddress)  # the address of an account stands on the account
admin.site.unregister(Authenticator)  # its form shows and takes the secret itself: who sees it can be anybody
admin.site.unregister(UserSession)  # its key opens the session
admin.site.disable_action("delete_selected")  # what may be deleted at all is looked at one by one


class PasswordByAnotherForm(AdminPasswordChangeForm):
    """A password put by an administrator: it opens once; of who has power over others it waits for another one."""

    user: User

    def save(self, commit: bool = True) -> User:
        request, password = self.user.asked_by, str(self.cleaned_data.get("password1") or "")  # type: ignore[attr-defined]
        if not self.cleaned_data.get("set_usable_password", True):
            people.take_password(user=self.user, **_by(request))
            return self.user
        try:
            if asked := power.put_password(user=self.user, password=password, **_by(request)):
                messages.warning(request, waits_for_another(asked))
        except power.PowerRefused as refused:
            messages.warning(request, str(refused))
        return self.user


def waits_for_another(request: PowerRequest) -> str:
    """What a person is told who asked for it."""
    words = _("%(what)s: espera a que otra persona que administra lo confirme, en «%(where)s».")
    what = f"{request.user}, {PowerRequest.Kind(request.kind).label}"
    return words % {"what": what, "where": PowerRequest._meta.verbose_name_plural}


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in_user(request), "now": timezone.now(), "place": place_of(request)}


@admin.register(User)
class PersonAdmin(NeverDeleted, UserAdmin):  # type: ignore[misc,type-arg]
    """Accounts are switched off, never deleted: calls, results and the audit keep their names."""

    list_display = ("username", "first_name", "last_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    actions = ("switch_off", "switch_on", "end_sessions", "unlock", "take_off_second_factor")
    change_password_form = PasswordByAnotherForm
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
                    " nada. Administración: configura en esta página y no ve clientes. Quien se va se desactiva, no se"
                    " borra."
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
                "description": _(
                    "Después de guardar se completan equipo y habilidades en «Agentes»; a quien es agente la pone de"
                    " turno supervisión, y hasta entonces no ve clientes."
                ),
            },
        ),
        (None, {"classes": ("wide",), "fields": ("password1", "password2")}),
    )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.asked_by = request  # type: ignore[attr-defined]  # the form of the password knows nobody else
        return found

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django's page says that the password was changed: of one that waits nobody is told so."""
        user = self.get_object(request, unquote(id))
        if (
            request.method == "POST"
            and user is not None
            and user != request.user
            and power.had_power(user, now=timezone.now())
        ):
            form = self.change_password_form(user, request.POST)
            if self.has_change_permission(request, user) and form.is_valid():
                form.save()
                return redirect("admin:agents_user_change", user.pk)
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        if obj.pk == request.user.pk and change and not (obj.is_active and obj.role == "administrator"):
            obj.is_active, obj.role = True, "administrator"
            messages.warning(request, _("Su propia cuenta sigue activa y con su rol: pida el cambio a otra persona."))
        before = User.objects.filter(pk=obj.pk).first()
        wanted, active = obj.role, obj.is_active
        if before is None:
            waits = power.needs_two(wanted)
            obj.role, obj.is_active = (Role.AGENT, False) if waits else (wanted, active)
            obj.first_entry = FirstEntry.DUE if obj.has_usable_password() else ""
            super().save_model(request, obj, form, change)
            people.give_role(user=obj, role=obj.role)
            people.wait_to_be_admitted(user=obj)
            if waits:
                self._try(request, power.set_role, obj, role=wanted)
            people.ask_to_admit(users=[obj], **_by(request))
            return
        obj.role, obj.is_active = before.role, before.is_active
        super().save_model(request, obj, form, change)
        note_written(before=before, user=obj, fields=form.changed_data, **_by(request))
        done = [name for name in form.changed_data if name not in ("role", "is_active")]
        if wanted != before.role and self._try(request, power.set_role, obj, role=wanted):
            done.append("role")
        if active and not before.is_active and self._try(request, power.switch_on, obj):
            done.append("is_active")
        if before.is_active and not active:
            people.deactivate(user=obj, **_by(request))
            done.append("is_active")
        request.only_waits = bool(form.changed_data) and not done  # type: ignore[attr-defined]

    def message_user(  # type: ignore[override]  # whatever else Django says it with
        self, request: HttpRequest, message: Any, level: int | str = messages.INFO, **more: Any
    ) -> None:
        """Django says that the account was changed: where all of it waits for somebody else, nobody is told so."""
        if not (level == messages.SUCCESS and getattr(request, "only_waits", False)):
            super().message_user(request, message, level, **more)

    def _try(self, request: HttpRequest, verb: Callable[..., bool], user: User, **more: str) -> bool:
        """Do it, or say for whom it waits, or why it does not. Returns whether it is done."""
        try:
            done = verb(user=user, **_by(request), **more)
        except power.PowerRefused as refused:
            messages.warning(request, str(refused))
            return False
        if not done:
            waiting = PowerRequest.objects.waiting().filter(user=user).latest("asked_at")
            messages.warning(request, waits_for_another(waiting))
        return done

    @admin.action(description=_("Desactivar a las personas elegidas"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.deactivate(user=user, **_by(request))
        messages.success(request, _("Personas desactivadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Activar a las personas elegidas"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        off = list(queryset.filter(is_active=False))
        if done := sum(self._try(request, power.switch_on, user) for user in off):
            messages.success(request, _("Personas activadas: %(count)s.") % {"count": done})
        elif not off:
            messages.warning(request, _("Ya estaban activas: no cambió nada."))

    @admin.action(description=_("Cerrar sus sesiones en todos los equipos"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.close_sessions(user=user, **_by(request))
        messages.success(request, _("Personas cuyas sesiones se cerraron: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Desbloquear: olvidar sus intentos de ingreso y de códigos"))
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset)
        for user in chosen:
            people.unlock(user=user, **_by(request))
        messages.success(request, _("Personas desbloqueadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Quitar el segundo factor (perdió el teléfono) y cerrar sus sesiones"))
    def take_off_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        if done := sum(self._try(request, power.take_off_factor, user) for user in chosen):
            messages.success(request, _("Personas sin segundo factor desde ahora: %(count)s.") % {"count": done})
