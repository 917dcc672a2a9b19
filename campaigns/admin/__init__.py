"""Django admin of the room, by story."""

from campaigns.admin import campaign as campaign
from campaigns.admin import policy as policy
from campaigns.admin import reports as reports
