"""Addresses of the campaign story."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import campaign, contact_list, sealing, wording

urlpatterns: list[URLPattern | URLResolver] = [
    path("", campaign.campaign_list, name="campaign_list"),
    path("<str:period>/", campaign.campaign, name="campaign"),
    path("<str:period>/figures/", campaign.figures, name="campaign_figures"),
    path("<str:period>/figures/export/", campaign.export, name="campaign_export"),
    path("<str:period>/step/<str:verb>/", campaign.step, name="campaign_step"),
    path("<str:period>/again/<str:kind>/", campaign.errand_again, name="errand_again"),
    path("<str:period>/words/", wording.words, name="words"),
    path("<str:period>/contacts/", contact_list.contact_list, name="contact_list"),
    path("<str:period>/contacts/export/", contact_list.export, name="contact_export"),
    path("<str:period>/seal/", sealing.seal_page, name="seal"),
    path("<str:period>/seal/verify/", sealing.verify, name="seal_verify"),
    path("<str:period>/seal/again/", sealing.reseal, name="reseal"),
    path("<str:period>/seal/<int:revision>/<str:kind>/", sealing.seal_file, name="seal_file"),
]
