"""Addresses of what is owed to other systems."""

from django.urls import path

from inbound.views import writes

urlpatterns = [
    path("writes/", writes.write_list, name="write_list"),
    path("writes/day/", writes.write_day, name="write_day"),
    path("writes/day/export/", writes.write_day_export, name="write_day_export"),
    path("writes/again/", writes.writes_try_again, name="writes_try_again"),
    path("writes/<int:pk>/", writes.write, name="write"),
    path("writes/<int:pk>/reveal/", writes.write_reveal, name="write_reveal"),
    path("writes/<int:pk>/settle/", writes.write_settle, name="write_settle"),
    path("writes/<int:pk>/by-hand/", writes.write_by_hand, name="write_by_hand"),
    path("writes/<int:pk>/give-up/", writes.write_give_up, name="write_give_up"),
    path("writes/<int:pk>/again/", writes.write_try_again, name="write_try_again"),
]
