"""Django admin of the room, by story."""

from inbound.admin import content as content
from inbound.admin import drafts as drafts
from inbound.admin import flows as flows
from inbound.admin import limits as limits
from inbound.admin import outside as outside
from inbound.admin import people as people
