"""What the admin may not do to rows of a kind, whichever room they are of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


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
