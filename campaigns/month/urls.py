"""Addresses of a campaign."""

from django.urls import URLPattern, URLResolver, path

from campaigns.models import ErrandKind
from campaigns.month.views import campaign, closing, wording

urlpatterns: list[URLPattern | URLResolver] = [
    path("", campaign.campaign_list, name="campaign_list"),
    path("<str:period>/", campaign.campaign, name="campaign"),
    path("<str:period>/figures/", campaign.figures, name="campaign_figures"),
    path("<str:period>/figures/export/", campaign.export, name="campaign_export"),
    path("<str:period>/step/<str:verb>/", campaign.step, name="campaign_step"),
    path("<str:period>/close/", closing.close, name="close"),
    path("<str:period>/again/deal/", campaign.errand_again, {"kind": ErrandKind.ASSIGNMENT}, name="errand_again"),
    path("<str:period>/again/seal/", campaign.errand_again, {"kind": ErrandKind.SEAL}, name="errand_again"),
    path("<str:period>/words/", wording.words, name="words"),
]
