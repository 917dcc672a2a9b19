"""Programs that are told what happened, and the book of what was sent to each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.models import Delivery, EventKind, Webhook
from notices.programs import delivering
from notices.programs.secret_keys import give_secret
from screens.admin_rights import NeverDeleted, ReadOnly


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    kinds = forms.MultipleChoiceField(
        label=_("De qué se le avisa"), widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(kind.value, f"{kind.label} ({kind.value})") for kind in EventKind if kind != EventKind.TEST],
    )  # fmt: skip

    class Meta:
        model = Webhook
        fields = ("name", "url", "kinds", "is_active")

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            delivering.check_url(url)
        except delivering.WebhookRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return url


@admin.register(Webhook)
class WebhookAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[type-arg]
    """Switched off instead of deleted: of what happens meanwhile it is not told."""

    form = WebhookForm
    list_display = ("name", "where", "kinds", "is_active", "secret_since")
    ordering = ("name",)
    actions = ("send_test", "change_secret")

    @admin.display(description=_("dirección"))
    def where(self, webhook: Webhook) -> str:
        """Without what stands behind a `?`, which may be a key of theirs."""
        return webhook.url.partition("?")[0]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One at a time: its secret is on the page that answers."""
        alone = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **alone})

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            # for the page that answers, and nowhere else
            request.secret = give_secret(obj, now=timezone.now())  # type: ignore[attr-defined]
        if "is_active" in form.changed_data:
            obj.away_since = None  # nobody knocks at one that is off
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None) -> HttpResponse:
        return self._shown(request, obj, request.secret)  # type: ignore[attr-defined]

    @admin.action(description=_("Enviar una prueba"), permissions=["change"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        chosen = list(queryset.filter(is_active=True))
        for webhook in chosen:
            delivering.send_test(webhook, now=timezone.now())
        if chosen:
            messages.success(request, _("Pruebas por enviar: %(count)s. Vea los envíos.") % {"count": len(chosen)})
        else:
            messages.warning(request, _("A lo que está apagado no se le envía nada."))

    @admin.action(description=_("Cambiar su clave: la de antes vale un día más"), permissions=["change"])
    def change_secret(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse | None:
        chosen = list(queryset)
        if len(chosen) != 1:
            messages.warning(request, _("Elija uno: su clave se muestra una sola vez."))
            return None
        secret = give_secret(chosen[0], now=timezone.now())
        chosen[0].save(update_fields=["secret", "previous_secret", "secret_since"])
        return self._shown(request, chosen[0], secret)

    def _shown(self, request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "title": _("Clave del aviso"), "opts": self.opts,
            "webhook": webhook, "secret": secret,
        }  # fmt: skip
        return TemplateResponse(request, "notices/webhook_secret.html", context)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """What was sent to whom, when it arrived, and why it did not."""

    list_display = ("created_at", "webhook", "kind", "subject", "state", "attempts", "sent_at", "last_error")
    list_filter = ("state", "webhook", "event__kind")
    list_select_related = ("webhook", "event")
    search_fields = ("subject",)
    ordering = ("-pk",)
    date_hierarchy = "created_at"
    fields = (
        *("webhook", "kind", "subject", "message", "said", "state", "attempts", "created_at", "not_before", "sent_at"),
        "milliseconds",
        "last_error",
    )
    actions = ("send_again", "let_be")

    @admin.display(description=_("qué"))
    def kind(self, delivery: Delivery) -> str:
        return str(delivery.event.kind)

    @admin.display(description=_("nombre del mensaje"))
    def message(self, delivery: Delivery) -> str:
        return str(delivery.event_id)

    @admin.display(description=_("lo que dice"))
    def said(self, delivery: Delivery) -> str:
        return json.dumps(json.loads(delivering.body_of(delivery.event)), ensure_ascii=False, indent=2)

    @admin.action(description=_("Enviar otra vez"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, delivering.send_again, _("Por enviar otra vez: %(count)s."))

    @admin.action(description=_("No enviarlo: siguen los de después"))
    def let_be(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, delivering.let_be, _("Ya no se envían: %(count)s."))

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Delivery], verb: Callable[..., object], words: Promise
    ) -> None:
        done = 0
        for delivery in queryset.order_by("pk"):
            try:
                verb(delivery, now=timezone.now())
            except delivering.WebhookRefused as refused:
                messages.warning(request, f"{delivery}: {refused}")
            else:
                done += 1
        if done:
            messages.success(request, str(words) % {"count": done})
