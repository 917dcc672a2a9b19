"""Django admin of the room: its limits, one row a kind, and the televisions with their links."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from control_room.models import AlertLimit, Wallboard
from control_room.wallboard.links import make_link
from screens.admin_rights import NeverDeleted


@admin.register(AlertLimit)
class AlertLimitAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("kind", "limit", "is_on", "is_mailed")
    readonly_fields = ("kind",)
    ordering = ("kind",)

    def has_add_permission(self, request: object) -> bool:
        return False  # there is a row for each kind the room knows


@admin.register(Wallboard)
class WallboardAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Its link is told once, when it is made: nobody can read it again."""

    list_display = ("name", "is_on", "linked_at", "seen_at")
    fields = ("name", "is_on", "linked_at", "seen_at")
    readonly_fields = ("linked_at", "seen_at")
    ordering = ("name",)
    actions = ("link_anew",)

    def save_model(self, request: HttpRequest, obj: Wallboard, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            self._tell_link(request, obj)

    @admin.action(description=gettext_lazy("Hacer un enlace nuevo (el de antes deja de abrir)"), permissions=["change"])
    def link_anew(self, request: HttpRequest, queryset: QuerySet[Wallboard]) -> None:
        for board in queryset.order_by("name"):
            self._tell_link(request, board)

    def _tell_link(self, request: HttpRequest, board: Wallboard) -> None:
        token = make_link(board, now=timezone.now())
        link = request.build_absolute_uri(reverse("wallboard:wallboard", args=[token]))
        words = _("El enlace de «%(name)s», que no se muestra otra vez: ábralo en su televisor.") % {"name": board.name}
        messages.warning(request, format_html('{} <a href="{}">{}</a>', words, link, link))
