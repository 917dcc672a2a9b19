"""`/`: each role's first page of the day."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from agents.access import signed_in_user
from callcenter.first_day import steps

AGENT_STARTS_AT = "campaigns:desk"
CENTRE_STARTS_AT = "campaigns:campaign_list"
WHO_CONFIGURES_STARTS_AT = "owed_work"
FIRST_DAY = "setup"


def home(request: HttpRequest) -> HttpResponseBase:
    """An agent starts at the desk, who reads the centre at the campaigns, who configures at what the house owes; at
    the first day's steps until a month was launched.
    """
    user = signed_in_user(request)
    if user.configures:
        return redirect(WHO_CONFIGURES_STARTS_AT if steps.is_over(now=timezone.now()) else FIRST_DAY)
    return redirect(CENTRE_STARTS_AT if user.sees_the_centre else AGENT_STARTS_AT)
