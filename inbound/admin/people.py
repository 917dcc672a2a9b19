"""Django admin of the people in charge: one row a charge, changed and never deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext

from inbound.models import PersonInCharge
from telephony import phone_numbers


class PersonInChargeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A telephone as people write it, kept in E.164."""

    class Meta:
        model = PersonInCharge
        fields = ("name", "telephone")

    def clean_telephone(self) -> str:
        written = str(self.cleaned_data["telephone"]).strip()
        found = phone_numbers.parse(written) if written else ""
        if found is None:
            raise ValidationError(gettext("Ese teléfono no existe: escriba 7 u 8 cifras."))
        return found


@admin.register(PersonInCharge)
class PersonInChargeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = PersonInChargeForm
    list_display = ("charge", "name", "telephone")
    ordering = ("charge",)
    actions = None
    fields = ("charge", "name", "telephone")
    readonly_fields = ("charge",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
