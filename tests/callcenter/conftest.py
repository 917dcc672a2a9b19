"""The month of the campaigns' tests, for pages that need something to show."""

from tests.callcenter.world import world
from tests.campaigns.conftest import december, house_rules, make_contact, result

__all__ = ["december", "house_rules", "make_contact", "result", "world"]
