"""Admin of a flow's draft: as its steps or as a text, drawn, checked and compared before it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agents.access import signed_in_user
from inbound.admin.flow_steps import StepForm, rows_of, title_of
from inbound.admin.flows import WithFlows, compared, drawn
from inbound.admin.trials import trial_page
from inbound.flows.editing import EditRefused, lines_of
from inbound.flows.publishing import (
    PublishingRefused,
    change_step,
    check_draft,
    file_of,
    fingerprint,
    lanes_left_out,
    publish_draft,
)
from inbound.flows.schema import Flow, FlowError, FlowErrors
from inbound.flows.text import FlowTextRefused, plain
from inbound.models import FlowDraft, ServiceLine

PUBLISH = "_publish"  # the button beside «save»


def steps_of(source: str) -> tuple[dict[str, Any], str]:
    """The steps as the text has them, right or wrong; and why there are none."""
    try:
        found = plain(source)
    except FlowTextRefused as refused:
        return {}, str(refused)
    steps = found.get("steps") if isinstance(found, dict) else None
    if not isinstance(steps, dict):
        return {}, gettext("El texto no tiene pasos («steps»).")
    return {name: step for name, step in steps.items() if isinstance(step, dict)}, ""


def checked(draft: FlowDraft) -> tuple[Flow | None, tuple[FlowError, ...]]:
    """The flow of a draft, or what keeps it from being published."""
    try:
        return check_draft(draft), ()
    except FlowErrors as refused:
        return None, refused.errors


class FlowDraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new draft begins with the text that is running; one that is empty would say nothing."""

    class Meta:
        model = FlowDraft
        fields = ("line", "source", "note", "left_out_because")
        widgets = {"source": forms.Textarea(attrs={"class": "flow-source", "rows": 40, "spellcheck": "false"})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        source = self.fields.get("source")
        if isinstance(source, forms.CharField):
            source.required, source.strip = False, False
            source.help_text = _("El flujo en YAML. Si lo deja vacío, el borrador comienza con la versión que corre.")

    def clean(self) -> dict[str, Any]:
        """Who looked at an older text does not write over what was saved since; what she wrote stays on the page."""
        told = super().clean() or {}
        there = FlowDraft.objects.filter(pk=self.instance.pk).values_list("source", flat=True).first()
        if there is not None and self.data.get("seen", "") not in ("", fingerprint(there)):
            raise ValidationError(
                gettext(
                    "Alguien guardó el borrador mientras usted lo miraba: no se guardó nada. Copie lo suyo y recargue."
                )
            )
        return told

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
    readonly_fields = ("by_steps", "problems", "changes", "diagram")

    def get_fieldsets(self, request: HttpRequest, obj: FlowDraft | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("line", "note", "source")})]
        text = (_("El texto"), {"fields": ("line", "note", "left_out_because", "source")})
        return [(_("Antes de publicar"), {"fields": ("by_steps", "problems", "changes", "diagram")}), text]

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
        draft = context.get("original")
        seen = request.POST.get("seen", fingerprint(draft.source)) if draft else ""
        return super().render_change_form(
            request,
            context | {"seen": seen, "show_save_and_add_another": False, "show_save_and_continue": False},
            *args,
            **more,
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
            faults = ngettext(
                "No se publicó: falta corregir %(n)d cosa.",
                "No se publicó: faltan corregir %(n)d cosas.",
                len(refused.errors),
            ) % {"n": len(refused.errors)}
            messages.error(request, faults)
            return HttpResponseRedirect(request.path)
        except PublishingRefused as nothing:
            messages.warning(request, str(nothing))
            return HttpResponseRedirect(reverse("admin:inbound_flowdraft_changelist"))
        told = gettext("Publicada la versión %(version)d de %(line)s: vale desde la próxima llamada.")
        messages.success(request, told % {"version": version.version, "line": obj.line})
        return HttpResponseRedirect(reverse("admin:inbound_flowversion_change", args=[version.pk]))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.steps)
        return [
            path("<int:pk>/try/", self.admin_site.admin_view(self.trial), name="inbound_flowdraft_try"),
            path("<int:pk>/steps/", view, name="inbound_flowdraft_steps"),
            path("<int:pk>/steps/<path:name>/", view, name="inbound_flowdraft_step"),
            *super().get_urls(),
        ]

    def steps(self, request: HttpRequest, pk: int, name: str = "") -> HttpResponse:
        """A draft as its steps; one of them in a form."""
        draft = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, draft):
            raise PermissionDenied
        steps, unreadable = steps_of(draft.source)
        form = None
        if name in steps:
            told = request.POST if request.method == "POST" else None
            seen = {"seen": fingerprint(draft.source)}
            form = StepForm(told, name=name, steps=steps, line=draft.line.number, initial=seen)
            if form.is_valid() and not (refusal := self._keep(request, draft, name, form)):
                return HttpResponseRedirect(request.path)
            if form.is_valid():
                draft.refresh_from_db()
                steps, unreadable = steps_of(draft.source)
                form = self._shown_again(request, draft, name, steps, refusal)
        elif name and not unreadable:
            raise Http404
        flow, faults = checked(draft)
        context = {
            **self.admin_site.each_context(request), "title": gettext("Pasos de %(line)s") % {"line": draft.line},
            "opts": self.opts, "draft": draft, "name": name, "unreadable": unreadable, "form": form,
            "heading": title_of(name, steps[name]) if form else "", "rows": list(rows_of(form)) if form else [],
            "steps": self._listed(draft, steps, faults), "problems": self._told(draft, flow, faults),
            "changes": self.changes(draft),
            "diagram": drawn(draft.source, current=name, opens=partial(self._page_of, draft)),
        }  # fmt: skip
        return TemplateResponse(request, "admin/inbound/flowdraft/steps.html", context)

    def trial(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A draft tried as a call; one that is wrong has its faults mended first."""
        draft = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, draft):
            raise PermissionDenied
        if checked(draft)[0] is None:
            messages.error(
                request, gettext("Corrija primero lo que falta: así como está, el borrador no se puede probar.")
            )
            return HttpResponseRedirect(reverse("admin:inbound_flowdraft_steps", args=[draft.pk]))
        return trial_page(request, draft, {})

    @staticmethod
    def _shown_again(
        request: HttpRequest, draft: FlowDraft, name: str, steps: Mapping[str, Any], refusal: str
    ) -> StepForm | None:
        """What was typed, beside the draft as it is now: it can be saved over it once it was looked at."""
        if name not in steps:
            messages.error(request, refusal)
            return None
        told = request.POST.copy()
        told["seen"] = fingerprint(draft.source)
        form = StepForm(told, name=name, steps=steps, line=draft.line.number)
        form.add_error(None, refusal)
        return form

    def _keep(self, request: HttpRequest, draft: FlowDraft, name: str, form: StepForm) -> str:
        """Save what was changed; else the sentence why not."""
        try:
            change_step(
                draft_id=draft.pk, step=name, changes=form.changes, seen=form.cleaned_data["seen"],
                by=signed_in_user(request), now=timezone.now(),
            )  # fmt: skip
        except EditRefused as refused:
            return str(refused)
        messages.success(request, gettext("Paso guardado. Nada cambia para los agentes hasta que se publique."))
        return ""

    def _listed(self, draft: FlowDraft, steps: Mapping[str, Any], faults: Sequence[FlowError]) -> list[dict[str, Any]]:
        by_step = Counter(error.step for error in faults)
        return [
            {
                "name": name,
                "ref": str(step.get("ref") or ""),
                "words": title_of(name, {**step, "ref": ""}),
                "faults": by_step[name],
                "href": self._page_of(draft, name),
            }
            for name, step in steps.items()
        ]

    @staticmethod
    def _page_of(draft: FlowDraft, name: str) -> str:
        try:
            return reverse("admin:inbound_flowdraft_step", args=[draft.pk, name])
        except NoReverseMatch:  # a draft may be wrong: this name stands in no address
            return reverse("admin:inbound_flowdraft_steps", args=[draft.pk])

    @admin.display(description=_("paso por paso"))
    def by_steps(self, draft: FlowDraft) -> str:
        address = reverse("admin:inbound_flowdraft_steps", args=[draft.pk])
        tries = reverse("admin:inbound_flowdraft_try", args=[draft.pk])
        links = '<a class="button" href="{}">{}</a> <a class="button" href="{}">{}</a>'
        return format_html(links, address, gettext("Editar paso por paso"), tries, gettext("Probar"))

    @admin.display(description=_("por corregir"))
    def problems(self, draft: FlowDraft) -> str:
        return self._told(draft, *checked(draft))

    def _told(self, draft: FlowDraft, flow: Flow | None, faults: Sequence[FlowError]) -> str:
        if flow is None:
            lines = lines_of(draft.source)
            items = ((self._fault(draft, error, lines.get(error.step)),) for error in faults)
            return format_html('<ul class="flow-faults">{}</ul>', format_html_join("", "<li>{}</li>", items))
        ready = gettext("Nada: se puede publicar.")
        warnings = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in lanes_left_out(flow)))
        return format_html('{}<ul class="flow-warnings">{}</ul>', ready, warnings) if warnings else ready

    def _fault(self, draft: FlowDraft, error: FlowError, line: int | None) -> SafeString | str:
        """A fault with its line of the text, which leads to the step where there is one."""
        if line is None:  # of the flow itself: it is mended on the page of the text, where the reason is given too
            text = reverse("admin:inbound_flowdraft_change", args=[draft.pk])
            return format_html('<a href="{}#id_left_out_because">{}</a>', text, str(error))
        words = gettext("%(fault)s (línea %(n)d)") % {"n": line, "fault": error}
        return format_html('<a href="{}">{}</a>', self._page_of(draft, error.step), words)

    @admin.display(description=_("qué cambia en la versión que corre"))
    def changes(self, draft: FlowDraft) -> str:
        running = draft.line.running_version()
        return compared(running.source, draft.source) if running else gettext("Será la primera versión.")

    @admin.display(description=_("diagrama"))
    def diagram(self, draft: FlowDraft) -> str:
        return drawn(draft.source)
