"""What the admin may not do to rows of a kind, whichever room they are of."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from django.contrib.admin.utils import NestedObjects, model_ngettext
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

# What Django's own filters and its hierarchy of dates add to a field's name.
FILTERED_BY = {"exact", "isnull", "in", "gte", "lt", "year", "month", "day", "id__exact", "code__exact"}


class NeverDeleted:
    """For rows other rows point at: they are switched off instead."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NeverDeleted):
    """For books that are only written by the application."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OneRow(NeverDeleted):
    """The one row of a policy (`pk` 1), with its defaults while nobody has saved one: changed, never added."""

    model: ClassVar[Any]
    opts: ClassVar[Any]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", 1)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return self.model.objects.in_force() if object_id == "1" else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class AskedForWhatItShows:
    """An address filters by the filters of the list and by nothing else: each list of the admin (`CentreAdmin`).

    Django takes every field of a model for a filter, shown or not: whoever tries letter by letter reads what is hidden;
    and behind a relation stands the whole house: of a filter only what it sends itself is taken.
    """

    list_filter: ClassVar[Any]
    date_hierarchy: ClassVar[Any] = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        if lookup in {getattr(one, "parameter_name", None) for one in self.list_filter}:
            return True  # a filter that is a class says itself what it asks
        named = [one[0] if isinstance(one, tuple) else one for one in self.list_filter if isinstance(one, (tuple, str))]
        return any(
            lookup == name or lookup.removeprefix(f"{name}__") in FILTERED_BY and lookup.startswith(f"{name}__")
            for name in (*named, self.date_hierarchy)
            if name
        )


class LeadsToCustomers(ReadOnly):
    """For a book whose rows lead to customers: it shows the `fields` that do not."""


class NamesNobodyItHolds:
    """For what customers' rows may point at: the page that says why it is not deleted counts them, and names none."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, dict[str, int], set[str], list[Any]]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        if not protected:
            return deleted, counts, lacking, protected
        collector = NestedObjects(using=DEFAULT_DB_ALIAS)
        collector.collect(objs)
        held = Counter(type(one) for one in collector.protected)
        return [], {}, lacking, [f"{model_ngettext(model._meta, n)}: {n}" for model, n in held.items()]
