"""`/<system>/<operation>`, and what only a sandbox has: its book, its knobs, its admin."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from sandbox import views
from sandbox.operations import OPERATIONS

WRITTEN_TO = sorted({one.system for one in OPERATIONS if one.writes})

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("_live", views.live),
    path("_book", views.read_book),
    path("_knobs", views.read_knobs),
    path("_knobs/<str:system>", views.turn_knob),
    *(path(f"{system}/operations/<str:key>", views.was_done, {"system": system}) for system in WRITTEN_TO),
    *(path(f"{one.system}/{one.verb}", views.operate, {"operation": one}) for one in OPERATIONS),
]
