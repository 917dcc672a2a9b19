"""Admin of the lines and of the versions of their flows: drawn, compared, and gone back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.access import signed_in_user
from inbound.flows.diagram import svg
from inbound.flows.publishing import (
    PublishingRefused,
    difference,
    draft_of,
    lines_without_a_flow,
)
from inbound.flows.schema import FlowErrors, parse_flow
from inbound.models import FlowDraft, FlowVersion, ServiceLine

NOTHING = "—"
BETWEEN = 10  # places between a line and the next, where another may be put


def drawn(source: str, *, current: str = "", opens: Callable[[str], str] | None = None) -> SafeString | str:
    """The diagram of a text, as far as it is a flow."""
    try:
        picture = svg(parse_flow(source, name="flow"), current=current, opens=opens)
    except FlowErrors:
        return NOTHING
    # every word of the flow was escaped where the picture was made, and nothing else is in it
    frame = '<div class="flow-frame" tabindex="0" role="region" aria-label="{}">{}</div>'
    return format_html(frame, gettext("Diagrama del flujo"), mark_safe(picture))  # noqa: S308


def compared(before: str, after: str) -> SafeString | str:
    """What changes, line by line."""
    kinds = {"+": "is-added", "-": "is-removed", "@": "is-place"}
    lines = [(kinds.get(line[:1], ""), line) for line in difference(before=before, after=after)]
    if not lines:
        return gettext("Sin cambios.")
    return format_html('<pre class="flow-diff">{}</pre>', format_html_join("\n", '<span class="{}">{}</span>', lines))


class WithFlows:
    """Pages that show a flow."""

    class Media:
        css = {"all": ["inbound/css/flow.css"]}
        js = [forms.Script("inbound/js/flow-frame.js", defer=True)]


@admin.register(ServiceLine)
class ServiceLineAdmin(WithFlows, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Lines are switched off, never deleted: calls, versions and the indicator keep theirs."""

    list_display = ("number", "name", "queue", "is_active", "running", "position")
    list_editable = ("position",)
    list_filter = ("is_active",)
    search_fields = ("number", "name", "queue")
    ordering = ("position", "number")
    actions = None
    fieldsets = (
        (None, {"fields": ("number", "name", "is_active", "position")}),
        (_("Protocolo"), {"fields": ("greeting", "farewell")}),
        (_("Central"), {"fields": ("queue",)}),
        (_("Flujo que corre"), {"fields": ("running", "change_flow", "diagram")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceLine | None = None) -> tuple[str, ...]:
        return (*(("number",) if obj else ()), "running", "change_flow", "diagram")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new line is the last, so that the others keep their keys."""
        last = ServiceLine.objects.in_order().last()
        place = {"position": last.position + BETWEEN} if last else {}
        return place | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: ServiceLine, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if lines_without_a_flow().filter(pk=obj.pk).exists():
            told = gettext("La línea %(line)s todavía no se puede atender: falta publicar su flujo, desde un borrador.")
            messages.warning(request, told % {"line": obj.number})

    @admin.display(description=_("versión"))
    def running(self, line: ServiceLine) -> str:
        version = line.running_version() if line.pk else None
        if version is None:
            return gettext("sin flujo")
        address = reverse("admin:inbound_flowversion_change", args=[version.pk])
        return format_html('<a href="{}">v{}</a>', address, version.version)

    @admin.display(description=_("cambiarlo"))
    def change_flow(self, line: ServiceLine) -> str:
        if not line.pk:
            return NOTHING
        draft = FlowDraft.objects.filter(line=line).first()
        if draft:
            address = reverse("admin:inbound_flowdraft_change", args=[draft.pk])
            return format_html('<a href="{}">{}</a>', address, gettext("Seguir con su borrador"))
        address = f"{reverse('admin:inbound_flowdraft_add')}?{urlencode({'line': line.pk})}"
        return format_html('<a href="{}">{}</a>', address, gettext("Escribir un borrador"))

    @admin.display(description=_("diagrama"))
    def diagram(self, line: ServiceLine) -> str:
        version = line.running_version() if line.pk else None
        return drawn(version.source) if version else NOTHING


@admin.register(FlowVersion)
class FlowVersionAdmin(WithFlows, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Published versions are frozen: looked at, compared with the one before, never changed."""

    list_display = ("line", "version", "published_at", "who", "note")
    list_filter = ("line",)
    list_select_related = ("line", "published_by")
    search_fields = ("line__number", "line__name", "note")
    date_hierarchy = "published_at"
    ordering = ("-published_at", "line__position")
    actions = None
    fields = (
        *(
            "line",
            "version",
            "published_at",
            "who",
            "note",
            "left_out_because",
            "go_back",
            "changes",
            "diagram",
            "text",
        ),
        "sha256",
    )
    readonly_fields = ("who", "go_back", "changes", "diagram", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("por"))
    def who(self, version: FlowVersion) -> str:
        return str(version.published_by) if version.published_by else gettext("el programa")

    def get_urls(self) -> list[URLPattern]:
        back = path("<int:pk>/back/", self.admin_site.admin_view(self.back), name="inbound_flowversion_back")
        return [back, *super().get_urls()]

    def back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a draft of an earlier version: it is looked at, checked and published as any other."""
        if not request.user.has_perm("inbound.add_flowdraft"):
            raise PermissionDenied
        version = get_object_or_404(FlowVersion.objects.select_related("line"), pk=pk)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:inbound_flowversion_change", args=[pk]))
        try:
            draft = draft_of(version=version, by=signed_in_user(request), now=timezone.now())
        except PublishingRefused as refused:
            messages.warning(request, str(refused))
            return HttpResponseRedirect(reverse("admin:inbound_flowversion_change", args=[pk]))
        told = gettext("Borrador hecho de la versión %(version)d. Nada cambia para los agentes hasta que se publique.")
        messages.success(request, told % {"version": version.version})
        return HttpResponseRedirect(reverse("admin:inbound_flowdraft_change", args=[draft.pk]))

    @admin.display(description=_("volver a ella"))
    def go_back(self, version: FlowVersion) -> str:
        running = version.line.running_version()
        if running and running.sha256 == version.sha256:
            return gettext("Es la que corre.")
        address = reverse("admin:inbound_flowversion_back", args=[version.pk])
        button = '<button type="submit" class="button" form="go-back" formaction="{}">{}</button>'
        return format_html(button, address, gettext("Hacer un borrador de esta versión"))

    @admin.display(description=_("qué cambió"))
    def changes(self, version: FlowVersion) -> str:
        before = FlowVersion.objects.filter(line=version.line_id, version__lt=version.version).order_by("-version")
        previous = before.first()
        return compared(previous.source, version.source) if previous else gettext("Es la primera versión.")

    @admin.display(description=_("diagrama"))
    def diagram(self, version: FlowVersion) -> str:
        return drawn(version.source)

    @admin.display(description=_("texto"))
    def text(self, version: FlowVersion) -> str:
        return format_html('<pre class="flow-diff">{}</pre>', version.source)
