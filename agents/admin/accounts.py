"""Accounts: who may sign in, as what; what gives power over others waits for another administrator."""

from __future__ import annotations

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
from agents.accounts import Kind, note, place_of
from agents.models import AccountEvent, FirstEntry, PowerRequest, Role, User
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
        by, now = signed_in_user(request), timezone.now()
        if not self.cleaned_data.get("set_usable_password", True):
            self.user.set_unusable_password()
            self.user.save(update_fields=["password"])
            note(user=self.user, kind=Kind.PASSWORD_RESET, now=now, by=by, place=place_of(request))
            return self.user
        if self.user != by and power.needs_two(self.user.role):
            ask(request, PowerRequest.Kind.PASSWORD, self.user, password=password)
            return self.user
        if self.user == by:
            self.user.set_password(password)
            self.user.first_entry = ""
            self.user.save(update_fields=["password", "first_entry"])
            note(user=self.user, kind=Kind.PASSWORD_CHANGED, now=now, by=by, place=place_of(request))
            return self.user
        people.put_initial_password(user=self.user, password=password)
        note(user=self.user, kind=Kind.PASSWORD_RESET, now=now, by=by, place=place_of(request))
        return self.user


def ask(request: HttpRequest, kind: PowerRequest.Kind, user: User, **more: str) -> None:
    """Ask another administrator, and say so."""
    try:
        power.ask(kind=kind, user=user, by=signed_in_user(request), now=timezone.now(), **more)
    except power.PowerRefused as refused:
        messages.warning(request, str(refused))
    else:
        words = _("%(what)s: espera a que otra persona que administra lo confirme, en «%(where)s».")
        what, where = f"{user}, {PowerRequest.Kind(kind).label}", PowerRequest._meta.verbose_name_plural
        messages.warning(request, words % {"what": what, "where": where})


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
                "description": _("Después de guardar se completan equipo y habilidades en «Agentes»."),
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
        if request.method == "POST" and user is not None and user != request.user and power.needs_two(user.role):
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
        wanted, was_active = obj.role, before.is_active if before else True
        is_another = before is None or before.role != wanted
        if is_another and power.needs_two(wanted):
            obj.role, obj.is_active = (before.role, obj.is_active) if before else (Role.AUDITOR, False)
        if before is None:
            obj.first_entry = FirstEntry.DUE if obj.has_usable_password() else ""
        super().save_model(request, obj, form, change)
        people.give_role(user=obj, role=obj.role)
        if is_another and obj.role != wanted:
            ask(request, PowerRequest.Kind.ROLE, obj, role=wanted)
        elif before is not None and is_another:
            people.end_sessions(user=obj)  # what was open was open to another role
            self._note(request, obj, Kind.ROLE_GIVEN, words=str(Role(wanted).label))
        if not obj.is_active:
            people.deactivate(user=obj)
        if before is not None and was_active != obj.is_active:
            self._note(request, obj, Kind.ACTIVATED if obj.is_active else Kind.DEACTIVATED)

    def _note(self, request: HttpRequest, user: User, kind: AccountEvent.Kind, words: str = "") -> None:
        by, now = signed_in_user(request), timezone.now()
        note(user=user, kind=kind, now=now, by=by, place=place_of(request), words=words)

    @admin.action(description=_("Desactivar a las personas elegidas"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.deactivate(user=user)
            self._note(request, user, Kind.DEACTIVATED)
        messages.success(request, _("Personas desactivadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Activar a las personas elegidas"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset)
        for user in chosen:
            people.activate(user=user)
            self._note(request, user, Kind.ACTIVATED)
        messages.success(request, _("Personas activadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Cerrar sus sesiones en todos los equipos"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        for user in chosen:
            people.end_sessions(user=user)
            self._note(request, user, Kind.SESSIONS_ENDED)
        messages.success(request, _("Personas cuyas sesiones se cerraron: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Desbloquear: olvidar sus intentos de ingreso y de códigos"))
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset)
        for user in chosen:
            people.unlock(user=user)
            self._note(request, user, Kind.UNLOCKED)
        messages.success(request, _("Personas desbloqueadas: %(count)s.") % {"count": len(chosen)})

    @admin.action(description=_("Quitar el segundo factor (perdió el teléfono) y cerrar sus sesiones"))
    def take_off_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.exclude(pk=request.user.pk or 0))
        powerful = [user for user in chosen if power.needs_two(user.role)]
        for user in powerful:
            ask(request, PowerRequest.Kind.FACTOR, user)
        others = [user for user in chosen if user not in powerful]
        for user in others:
            people.take_off_second_factor(user=user)
            self._note(request, user, Kind.FACTOR_REMOVED)
        if others:
            messages.success(request, _("Personas sin segundo factor desde ahora: %(count)s.") % {"count": len(others)})
