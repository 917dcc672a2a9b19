"""Admin of the lines and their flows: a draft is drawn, checked and compared before it is published."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.access import signed_in_user
from inbound.flows.diagram import svg
from inbound.flows.publishing import (
    PublishingRefused,
    check_flow,
    difference,
    file_of,
    lanes_left_out,
    lines_without_a_flow,
    publish_draft,
)
from inbound.flows.schema import FlowErrors, parse_flow
from inbound.models import FlowDraft, FlowVersion, ServiceLine

NOTHING = "—"
BETWEEN = 10  # places between a line and the next, where another may be put
PUBLISH = "_publish"  # the button beside «save»


def drawn(source: str) -> SafeString | str:
    """The diagram of a text, as far as it is a flow."""
    try:
        picture = svg(parse_flow(source, name="flow"))
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


@admin.register(ServiceLine)
class ServiceLineAdmin(WithFlows, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """Lines are switched off, never deleted: calls, versions and the indicator keep theirs."""

    list_display = ("number", "name", "queue", "counts_for_att", "is_active", "running", "position")
    list_editable = ("position",)
    list_filter = ("is_active", "counts_for_att")
    search_fields = ("number", "name", "queue")
    ordering = ("position", "number")
    actions = None
    fieldsets = (
        (None, {"fields": ("number", "name", "is_active", "position")}),
        (_("Protocolo"), {"fields": ("greeting", "farewell")}),
        (_("Central e indicador"), {"fields": ("queue", "counts_for_att")}),
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
    fields = ("line", "version", "published_at", "who", "note", "changes", "diagram", "text", "sha256")
    readonly_fields = ("who", "changes", "diagram", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("por"))
    def who(self, version: FlowVersion) -> str:
        return str(version.published_by) if version.published_by else gettext("el programa")

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


class FlowDraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new draft begins with the text that is running; one that is empty would say nothing."""

    class Meta:
        model = FlowDraft
        fields = ("line", "source", "note")
        widgets = {"source": forms.Textarea(attrs={"class": "flow-source", "rows": 40, "spellcheck": "false"})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        source = self.fields.get("source")
        if isinstance(source, forms.CharField):
            source.required, source.strip = False, False
            source.help_text = _("El flujo en YAML. Si lo deja vacío, el borrador comienza con la versión que corre.")

    def clean_source(self) -> str:
        source = str(self.cleaned_data["source"]).replace("\r\n", "\n")
        line = self.cleaned_data.get("line") or getattr(self.instance, "line", None)
        if not source.strip():
            running = line.running_version() if isinstance(line, ServiceLine) else None
            source = running.source if running else ""
        if not source.strip():
            raise ValidationError(gettext("Esa línea todavía no tiene un flujo del que partir: escriba el suyo."))
        return source


@admin.register(FlowDraft)
class FlowDraftAdmin(WithFlows, admin.ModelAdmin):  # type: ignore[misc,type-arg]
    """A draft may be wrong for as long as it is a draft; it is published when nothing is."""

    form = FlowDraftForm
    list_display = ("line", "note", "saved_at", "saved_by")
    list_select_related = ("line", "saved_by")
    ordering = ("line__position",)
    actions = None
    readonly_fields = ("problems", "changes", "diagram")

    def get_fieldsets(self, request: HttpRequest, obj: FlowDraft | None = None) -> Any:
        text = (None, {"fields": ("line", "note", "source")})
        if obj is None:
            return [text]
        return [(_("Antes de publicar"), {"fields": ("problems", "changes", "diagram")}), text]

    def get_readonly_fields(self, request: HttpRequest, obj: FlowDraft | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "line") if obj else tuple(self.readonly_fields)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The first draft of a line shows the program's file, where there is one: nobody needs a terminal for it."""
        asked: dict[str, Any] = super().get_changeform_initial_data(request)
        pk = str(asked.get("line", ""))
        line = ServiceLine.objects.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
        if line is None or line.running_version() is not None:
            return asked
        return {"source": file_of(line.number)} | asked

    def get_queryset(self, request: HttpRequest) -> QuerySet[FlowDraft]:
        return super().get_queryset(request).select_related("line")

    def save_model(self, request: HttpRequest, obj: FlowDraft, form: Any, change: bool) -> None:
        obj.saved_at, obj.saved_by = timezone.now(), signed_in_user(request)
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **more: Any
    ) -> HttpResponse:
        return super().render_change_form(
            request, context | {"show_save_and_add_another": False, "show_save_and_continue": False}, *args, **more
        )

    def response_add(self, request: HttpRequest, obj: FlowDraft, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the draft, where its picture and its faults are."""
        messages.success(request, gettext("Borrador guardado. Nada cambia para los agentes hasta que se publique."))
        return HttpResponseRedirect(reverse("admin:inbound_flowdraft_change", args=[obj.pk]))

    def response_change(self, request: HttpRequest, obj: FlowDraft) -> HttpResponse:
        if PUBLISH not in request.POST:
            messages.success(request, gettext("Borrador guardado. Nada cambia para los agentes hasta que se publique."))
            return HttpResponseRedirect(request.path)
        try:
            version = publish_draft(line=obj.line, by=signed_in_user(request), now=timezone.now())
        except FlowErrors as refused:
            faults = gettext("No se publicó: faltan corregir %(n)d cosas.") % {"n": len(refused.errors)}
            messages.error(request, faults)
            return HttpResponseRedirect(request.path)
        except PublishingRefused as nothing:
            messages.warning(request, str(nothing))
            return HttpResponseRedirect(reverse("admin:inbound_flowdraft_changelist"))
        told = gettext("Publicada la versión %(version)d de %(line)s: vale desde la próxima llamada.")
        messages.success(request, told % {"version": version.version, "line": obj.line})
        return HttpResponseRedirect(reverse("admin:inbound_flowversion_change", args=[version.pk]))

    @admin.display(description=_("por corregir"))
    def problems(self, draft: FlowDraft) -> str:
        try:
            flow = check_flow(source=draft.source, name=f"{draft.line.number}.yaml")
        except FlowErrors as refused:
            faults = format_html_join("", "<li>{}</li>", ((str(error),) for error in refused.errors))
            return format_html('<ul class="flow-faults">{}</ul>', faults)
        ready = gettext("Nada: se puede publicar.")
        warnings = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in lanes_left_out(flow)))
        return format_html('{}<ul class="flow-warnings">{}</ul>', ready, warnings) if warnings else ready

    @admin.display(description=_("qué cambia en la versión que corre"))
    def changes(self, draft: FlowDraft) -> str:
        running = draft.line.running_version()
        return compared(running.source, draft.source) if running else gettext("Será la primera versión.")

    @admin.display(description=_("diagrama"))
    def diagram(self, draft: FlowDraft) -> str:
        return drawn(draft.source)
