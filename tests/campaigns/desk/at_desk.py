"""The desk as an agent sees it a moment after she opened it: it has asked for the next contact by itself."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse


def at_desk(client: Client) -> Any:
    """The answer of the whole page."""
    return client.post(reverse("campaigns:desk_next"), follow=True)
