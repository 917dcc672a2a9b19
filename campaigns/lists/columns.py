"""Columns that more than one list of contacts has."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from campaigns.models.contacts import CallList

WHOLE = {"td": {"class": "nowrap"}}


class ListColumn(tables.Column):
    """The call list of a contact or of its entry, in one word: a long list must not grow by two lines a row."""

    def __init__(self, **more: Any) -> None:
        super().__init__(verbose_name=gettext_lazy("Lista"), attrs=WHOLE, **more)

    def render(self, record: Any) -> str:
        return CallList(record.call_list).short


class StateColumn(tables.Column):
    """The state in words, on one line."""

    def __init__(self, **more: Any) -> None:
        super().__init__(verbose_name=gettext_lazy("Estado"), attrs=WHOLE, **more)
