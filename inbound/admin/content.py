"""Django admin of what agents read out."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from inbound.models import Content

BRACED = re.compile(r"\{[^{}]*\}?|\}")


class ContentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is read out as it is written: nothing in it is filled in, as a place in a flow's words is."""

    class Meta:
        model = Content
        fields = ("topic", "name", "other_names", "code", "text", "position", "is_active")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        words = gettext("«%(braced)s» se leería tal cual: aquí nada se llena, escriba el dato mismo.")
        for name in ("name", "other_names", "code", "text"):
            if found := BRACED.search(str(cleaned.get(name, ""))):
                self.add_error(name, ValidationError(words % {"braced": found[0][:40]}))
        return cleaned


@admin.register(Content)
class ContentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ContentForm
    list_display = ("name", "topic", "code", "is_active")
    list_filter = ("topic", "is_active")
    search_fields = ("name", "other_names", "code", "text")
    ordering = ("topic", "position", "name")
