"""Django admin of what the centre tells people and programs outside."""

from notices.admin import recipients, webhooks

__all__ = ["recipients", "webhooks"]
