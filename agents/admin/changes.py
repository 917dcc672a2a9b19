"""«Cambios»: the history of what is configured here. That of a customer's rows is read on no page of the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from pghistory import config, core
from pghistory.admin import EventsAdmin
from pghistory.admin.core import BackFilter, EventModelFilter, LabelFilter, ObjFilter, _get_obj


def kept_events() -> dict[str, Any]:
    """The events of what the admin has a page of or shows on another's, by label; whatever else is kept is not here,
    nor is what its page masks (`history_is_shown`).
    """
    shown: set[Any] = set()
    for model, its_admin in admin.site._registry.items():
        if getattr(its_admin, "history_is_shown", True):
            shown |= {model, *(inline.model for inline in its_admin.inlines)}
    events: list[Any] = core.event_models()
    return {event._meta.label_lower: event for event in events if event.pgh_tracked_model in shown}


class ShownModelFilter(EventModelFilter):  # type: ignore[misc]  # the library is not typed
    """Of which model. The library's own takes whichever is named."""

    title = _("de qué")  # type: ignore[assignment]  # the library's is in English

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        named = [(label, event.pgh_tracked_model._meta.verbose_name) for label, event in kept_events().items()]
        return sorted(named, key=lambda one: str(one[1]))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.across(_event_named(chosen)) if chosen else queryset


class RowFilter(ObjFilter):  # type: ignore[misc]
    """Of which row: what it was itself. The library also looks for what points at it, and breaks on keys of letters."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        row = _get_obj(self.value())
        return queryset.tracks(row) if row else queryset


class MethodFilter(BackFilter):  # type: ignore[misc]
    """The library's links say `tracks`, which is all there is."""

    parameter_name = "method"


OF_ONE = (MethodFilter, RowFilter, BackFilter)  # of one row


class ChangesAdmin(EventsAdmin):  # type: ignore[misc]
    """A registered model is what somebody decided an administrator may look at: so may its history be, and no other."""

    list_filter = (LabelFilter, ShownModelFilter, *OF_ONE)
    show_facets = admin.ShowFacets.NEVER  # the library's list cannot count them

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Its head names the object that is asked for, whatever it is: of what is not configured here there is none."""
        for asked in (request.GET.get("obj", "").partition(":")[0], request.GET.get("model", "")):
            if asked:
                _event_of(asked)
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [LabelFilter, ShownModelFilter, *(OF_ONE if "obj" in request.GET else ())]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        matched = request.resolver_match
        asked = unquote(matched.kwargs.get("object_id", "")).partition(":")[0] if matched else ""
        shown = [_event_named(asked)] if asked else list(kept_events().values())
        every: Any = config.admin_queryset()
        found: QuerySet[Any] = every.across(*shown)
        return found


def _event_named(label: str) -> Any:
    try:
        return kept_events()[label.lower()]
    except KeyError as unknown:
        raise Http404 from unknown


def _event_of(label: str) -> Any:
    for event in kept_events().values():
        if event.pgh_tracked_model._meta.label_lower == label.lower():
            return event
    raise Http404
