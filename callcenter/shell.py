"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame around every page."""
    return {}
