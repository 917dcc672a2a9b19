"""`/`: each role's first page of the day."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from agents.access import signed_in_user

AGENT_STARTS_AT = "campaigns:desk"
CENTRE_STARTS_AT = "campaigns:campaign_list"


def home(request: HttpRequest) -> HttpResponseBase:
    """An agent starts at the desk, everybody else at the campaigns."""
    return redirect(CENTRE_STARTS_AT if signed_in_user(request).sees_the_centre else AGENT_STARTS_AT)
