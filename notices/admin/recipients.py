"""Django admin for who is told of what. What was mailed may be about a customer: it stands in «Correo»."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.access import signed_in_user
from agents.accounts import place_of, tell_supervision
from agents.models import AccountEvent
from notices.models import TO_ONE_PERSON, Recipient


@admin.register(Recipient)
class RecipientAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Without anybody named for a kind of notice, every active supervisor with an address is told."""

    list_display = ("kind", "name", "email", "is_active")
    list_display_links = ("name",)
    list_editable = ("is_active",)
    list_filter = ("kind", "is_active")
    search_fields = ("name", "email")
    ordering = ("kind", "name")
    actions = None  # what changes is told one by one

    def save_model(self, request: HttpRequest, obj: Recipient, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or form.changed_data:
            was = form.initial.get("email", "") if "email" in form.changed_data else ""
            self._tell(request, obj, ("" if obj.is_active else _("ya no")) or (f"← {was}" if was else ""))

    def delete_model(self, request: HttpRequest, obj: Recipient) -> None:
        super().delete_model(request, obj)
        self._tell(request, obj, _("ya no"))

    def _tell(self, request: HttpRequest, recipient: Recipient, what: Any) -> None:
        """Who is named receives it instead of supervision, which hears so before the next one is sent."""
        words = " · ".join(filter(None, [recipient.email[:60], str(what)[:64], recipient.get_kind_display()]))
        tell_supervision(
            kind=AccountEvent.Kind.ADDRESSES, words=words, by=signed_in_user(request),
            now=timezone.now(), place=place_of(request),
        )  # fmt: skip

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        """A letter goes to whom it names: nobody is told of it besides."""
        more["choices"] = [choice for choice in db_field.get_choices() if choice[0] not in TO_ONE_PERSON]
        return super().formfield_for_choice_field(db_field, request, **more)

    fieldsets = (
        (
            None,
            {
                "fields": ("kind", "name", "email", "is_active"),
                "description": _(
                    "Si nadie está nombrado para un aviso, lo reciben todas las personas activas con rol de "
                    "supervisión que tengan correo. Si hay alguien nombrado, lo recibe solo quien esté nombrado."
                ),
            },
        ),
    )
