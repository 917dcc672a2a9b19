"""Django admin of the room, by story."""

from agents.admin import accounts as accounts
from agents.admin import books as books
from agents.admin import keeping as keeping
from agents.admin import people as people
from agents.admin import power as power
