"""Tokens: made here, shown once, confirmed by another, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.access import signed_in_user
from agents.accounts import place_of
from agents.models import Role, User
from api import tokens
from api.models import Scope, Token
from screens.admin_rights import NeverDeleted

USUAL = timedelta(days=90)


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        label=_("Alcances"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Solo lo que su trabajo necesita. Lo que la persona no puede, ningún alcance lo permite."),
    )  # fmt: skip

    class Meta:
        model = Token
        fields = ("name", "user", "scopes", "expires_at", "requests_a_minute")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        people: Any = self.fields.get("user")
        if people is None:  # one that is there is only looked at
            return
        people.queryset = User.objects.filter(is_active=True).exclude(role=Role.ADMINISTRATOR).order_by("username")
        self.fields["expires_at"].initial = timezone.now() + USUAL

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                tokens.check_token(
                    user=told["user"], scopes=told["scopes"], expires_at=told["expires_at"], now=timezone.now()
                )
            except tokens.TokenRefused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return told


@admin.register(Token)
class TokenAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Never changed: another scope is another token. One that is not needed any more is revoked, not deleted."""

    form = TokenForm
    list_display = ("name", "user", "scopes", "expires_at", "confirmed_at", "revoked_at", "last_used_at")
    list_filter = ("role", "expires_at")
    list_select_related = ("user",)
    ordering = ("-made_at",)
    fields = (
        *("name", "user", "role", "scopes", "expires_at", "requests_a_minute", "begins_with", "made_by", "made_at"),
        *("confirmed_by", "confirmed_at", "revoked_by", "revoked_at", "last_used_at", "last_address"),
    )
    actions = ("confirm", "revoke")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One at a time: its secret is on the page that answers."""
        alone = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **alone})

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> Any:
        return TokenForm.Meta.fields if obj is None else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        told = {name: form.cleaned_data[name] for name in TokenForm.Meta.fields}
        made, secret = tokens.make_token(
            **told, by=signed_in_user(request), now=timezone.now(), place=place_of(request)
        )
        obj.__dict__.update(made.__dict__)
        request.secret = secret  # type: ignore[attr-defined]  # for the page that answers, and nowhere else

    def response_add(self, request: HttpRequest, obj: Token, post_url_continue: str | None = None) -> HttpResponse:
        """The secret is shown on the page that answers: no message carries it, and no address leads there again."""
        context = {
            **self.admin_site.each_context(request), "title": _("Token hecho"), "opts": self.opts, "token": obj,
            "secret": request.secret,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "api/token_made.html", context)

    @admin.action(description=_("Confirmar los que hizo otra persona"))
    def confirm(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        done = 0
        for token in queryset.order_by("made_at"):
            try:
                tokens.confirm_token(
                    token=token, by=signed_in_user(request), now=timezone.now(), place=place_of(request)
                )
            except tokens.TokenRefused as refused:
                messages.error(request, f"{token}: {refused}")
            else:
                done += 1
        if done:
            messages.success(request, _("Tokens que desde ahora funcionan: %(count)s.") % {"count": done})

    @admin.action(description=_("Anular: no funcionan más"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        by, place = signed_in_user(request), place_of(request)
        done = sum(tokens.revoke_token(token=token, by=by, now=timezone.now(), place=place) for token in queryset)
        messages.success(request, _("Tokens anulados: %(count)s.") % {"count": done})
