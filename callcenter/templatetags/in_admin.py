"""What the pages of the admin ask of it."""

from __future__ import annotations

from typing import Any

from django import template

from callcenter.administration import ABOUT, Words

register = template.Library()


@register.filter
def about(options: Any) -> Words:
    """The sentence above a list, by the `_meta` of its model; empty where nobody wrote one."""
    return ABOUT.get(options.label_lower, "")
