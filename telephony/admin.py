"""Django admin of switchboards and their telephones; links and calls are only looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from screens.admin_rights import LeadsToCustomers, NeverDeleted, ReadOnly
from telephony.devices import with_what_is_told
from telephony.models import (
    CallOrder,
    Extension,
    Listening,
    LogSource,
    Monitoring,
    OutgoingCall,
    QueueCall,
    Switchboard,
    Trunk,
)
from telephony.queue_log.copies import check_board, check_source


class SwitchboardForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any] | None:
        """Where it is looked at when somebody writes it: one that is in use goes on."""
        told = super().clean()
        if told and {"host", "port"} <= told.keys() and {"host", "port"} & {*self.changed_data}:
            check_board(host=told["host"], port=told["port"])
        return told


@admin.register(Switchboard)
class SwitchboardAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[type-arg]
    form = SwitchboardForm
    list_display = ("name", "host", "port", "technology", "is_on")
    search_fields = ("name", "host")
    ordering = ("name",)


@admin.register(Extension)
class ExtensionAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "switchboard", "place", "who", "is_active")
    list_filter = ("switchboard", "is_active")
    search_fields = ("number", "place")
    list_select_related = ("switchboard", "seat__agent__user", "supervisor_seat__user")
    ordering = ("switchboard", "number")

    @admin.display(description=_("quién está"))
    def who(self, extension: Extension) -> str:
        seat = getattr(extension, "seat", None)  # nobody has to sit there
        listens = getattr(extension, "supervisor_seat", None)
        return str(seat.agent) if seat else str(listens.user) if listens else "—"


@admin.register(Trunk)
class TrunkAdmin(NeverDeleted, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "switchboard", "leads_to", "reached", "is_active")
    list_filter = ("switchboard", "is_active")
    search_fields = ("name", "leads_to")
    list_select_related = ("switchboard",)
    ordering = ("switchboard", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trunk]:
        return with_what_is_told(super().get_queryset(request), now=timezone.now())

    @admin.display(description=_("se alcanza"), boolean=True)
    def reached(self, trunk: Trunk) -> bool | None:
        return trunk.is_there  # type: ignore[attr-defined,no-any-return]


class LogSourceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        widgets: ClassVar = {
            "path": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "host_key": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 2}),
        }

    def clean(self) -> dict[str, Any] | None:
        told = super().clean()
        source = LogSource(
            **{name: told[name] for name in ("path", "host_key", "secret_variable") if told and name in told}
        )
        if "path" not in self.errors and source.path:
            check_source(source)
        return told


@admin.register(LogSource)
class LogSourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = LogSourceForm
    list_display = ("path", "switchboard", "is_on", "looked", "took", "problem")
    list_select_related = ("switchboard", "look")
    readonly_fields = ("looked", "took", "unreadable", "problem", "left_out")
    ordering = ("switchboard", "path")
    actions = None

    @admin.display(description=_("mirado"))
    def looked(self, source: LogSource) -> str:
        return _moment(_of_look(source, "looked_at"))

    @admin.display(description=_("últimas líneas nuevas"))
    def took(self, source: LogSource) -> str:
        return _moment(_of_look(source, "took_at"))

    @admin.display(description=_("que no son líneas"))
    def unreadable(self, source: LogSource) -> str:
        found = _of_look(source, "unreadable")
        return "—" if found is None else str(found)

    @admin.display(description=_("problema"))
    def problem(self, source: LogSource) -> str:
        return _of_look(source, "problem") or "—"

    @admin.display(description=_("no se toma"))
    def left_out(self, source: LogSource) -> str:
        return _of_look(source, "left_out") or "—"


def _of_look(source: LogSource, name: str) -> Any:
    """Of the last look at it; None before the first."""
    return getattr(getattr(source, "look", None), name, None)


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else "—"


@admin.register(Listening)
class ListeningAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("switchboard", "connected_at", "lost_at", "version", "heard", "last_error", "holder")
    list_select_related = ("switchboard",)
    ordering = ("switchboard",)


@admin.register(OutgoingCall)
class OutgoingCallAdmin(LeadsToCustomers, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """How the switchboard did what it was asked; whom it called stands in the work the call is of."""

    list_display = ("asked_at", "agent", "state", "outcome", "answered_at", "ended_at")
    list_filter = ("switchboard", "state", "outcome")
    list_select_related = ("agent__user",)
    fields = ("agent", "telephone", "state", "outcome", "asked_at", "sent_at", "answered_at", "ended_at")
    ordering = ("-asked_at",)


@admin.register(QueueCall)
class QueueCallAdmin(LeadsToCustomers, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    list_display = ("joined_at", "queue", "agent", "state", "outcome", "answered_at", "ended_at")
    list_filter = ("switchboard", "queue", "state", "outcome")
    list_select_related = ("agent__user",)
    fields = ("queue", "agent", "telephone", "state", "outcome", "joined_at", "answered_at", "ended_at")
    ordering = ("-joined_at",)


@admin.register(CallOrder)
class CallOrderAdmin(LeadsToCustomers, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Where a caller was handed over to may be anybody's number, and the switchboard says it back (`said`)."""

    list_display = ("asked_at", "agent", "kind", "state", "why", "ended_at")
    list_filter = ("kind", "state", "why")
    list_select_related = ("agent__user",)
    fields = ("agent", "kind", "state", "why", "asked_at", "sent_at", "ended_at")
    ordering = ("-pk",)


@admin.register(Monitoring)
class MonitoringAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("asked_at", "by", "agent", "kind", "state", "began_at", "ended_at", "outcome", "is_announced")
    list_filter = ("switchboard", "kind", "outcome")
    list_select_related = ("by", "agent__user")
    fields = (
        *("by", "agent", "kind", "telephone", "is_announced", "state", "outcome", "said"),
        *("asked_at", "began_at", "ended_at"),
    )
    ordering = ("-asked_at",)
