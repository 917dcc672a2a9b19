"""What one administrator asked for and another confirms."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents import power
from agents.access import signed_in_user
from agents.accounts import place_of
from agents.models import PowerRequest
from screens.admin_rights import ReadOnly


@admin.register(PowerRequest)
class PowerRequestAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """What waits for the word of another administrator."""

    list_display = ("asked_at", "kind", "user", "role", "asked_by", "outcome", "decided_by", "decided_at")
    list_filter = ("outcome", "kind")
    list_select_related = ("user", "asked_by", "decided_by")
    ordering = ("-asked_at",)
    fields = ("kind", "user", "role", "asked_by", "asked_at", "outcome", "decided_by", "decided_at")
    actions = ("confirm", "refuse")

    @admin.action(description=_("Confirmar lo que pidió otra persona"))
    def confirm(self, request: HttpRequest, queryset: QuerySet[PowerRequest]) -> None:
        self._decide(request, queryset, power.confirm, _("Confirmados: %(count)s."))

    @admin.action(description=_("Rechazar, o retirar lo propio"))
    def refuse(self, request: HttpRequest, queryset: QuerySet[PowerRequest]) -> None:
        self._decide(request, queryset, power.refuse, _("Rechazados: %(count)s."))

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[PowerRequest], decide: Callable[..., None], words: Promise
    ) -> None:
        done = 0
        for one in queryset.order_by("asked_at"):
            try:
                decide(request=one, by=signed_in_user(request), now=timezone.now(), place=place_of(request))
            except power.PowerRefused as refused:
                messages.error(request, f"{one}: {refused}")
            else:
                done += 1
        if done:
            messages.success(request, str(words) % {"count": done})
