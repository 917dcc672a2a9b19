"""Django admin of the room, by story."""

from campaigns.admin import reports as reports
