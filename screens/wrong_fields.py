"""A form that was refused: the focus on its first wrong field, and what is wrong in a sentence a field."""

from __future__ import annotations

from collections.abc import Iterable

from django.forms import BaseForm

TOLD = 4  # sentences above the page; beside its field stands each


def point_out(forms: Iterable[BaseForm]) -> str:
    """Of forms in the order of their page, each asked already whether it is valid; '' where nothing is wrong."""
    wrong = [(form[name], errors) for form in forms for name, errors in form.errors.items() if name in form.fields]
    if wrong:
        wrong[0][0].field.widget.attrs["autofocus"] = True
    named = (field.field.widget.attrs.get("aria-label") or field.label for field, _errors in wrong[:TOLD])
    return " ".join(f"{name}: {errors[0]}" for name, (_field, errors) in zip(named, wrong, strict=False))
