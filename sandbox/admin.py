"""The admin: what the systems know may be changed, what was done only read."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from sandbox import models

admin.site.site_header = admin.site.site_title = "Sistemas de práctica"
admin.site.index_title = "Lo que saben y lo que se hizo"


@admin.register(models.Deed)
class DeedAdmin(admin.ModelAdmin):
    list_display = ["at", "system", "verb", "reference", "payload", "asked_by", "key"]
    list_filter = ["system", "verb"]
    search_fields = ["key", "reference"]
    ordering = ["-pk"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Deed | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Deed | None = None) -> bool:
        return False


@admin.register(models.Knob)
class KnobAdmin(admin.ModelAdmin):
    list_display = ["system", "mode", "latency_ms"]
    list_editable = ["mode", "latency_ms"]


def show(model: type, columns: str, searched: str, filters: str = "") -> None:
    """An admin of a table: its columns, what is searched (exactly, so that a million rows are no matter), filters."""
    options = {"list_display": columns.split(), "list_filter": filters.split(), "show_full_result_count": False}
    options["search_fields"] = [f"={column}" for column in searched.split()]
    admin.site.register(model, type(f"{model.__name__}Admin", (admin.ModelAdmin,), options))


show(models.Customer, "contract name identity_card segment zone", "contract card_digits", "segment")
show(
    models.Product,
    "service_number service plan state suspended_for contract",
    "service_number contract",
    "service state",
)
show(
    models.Damage,
    "number state has_service registered_at reiterations contract",
    "number contract",
    "state has_service",
)
show(models.WorkOrder, "number kind state sold_on has_service annulled_for contract", "number contract", "kind state")
show(models.Invoice, "number amount due_on paid_on contract", "number contract")
show(models.Certificate, "number amount paid contract", "number contract")
show(models.FijacomLine, "number holder plan balance", "number", "plan")
show(models.MioLine, "number holder plan state balance", "number", "plan state")
show(models.LongDistanceCustomer, "number name kind error_62 balance", "number card_digits", "kind error_62")
show(models.DialCode, "origin destination reach code words", "code")
show(models.DirectoryEntry, "number name address is_reserved", "number", "is_reserved")
show(models.CommercialEntry, "name address number", "number")
show(models.Employee, "name unit extension", "extension", "unit")
