"""Addresses of what is owed to other systems."""

from django.urls import path

from inbound.writes import views

urlpatterns = [
    path("writes/", views.write_list, name="write_list"),
    path("writes/day/", views.write_day, name="write_day"),
    path("writes/day/export/", views.write_day_export, name="write_day_export"),
    path("writes/again/", views.writes_try_again, name="writes_try_again"),
    path("writes/<int:pk>/", views.write, name="write"),
    path("writes/<int:pk>/reveal/", views.write_reveal, name="write_reveal"),
    path("writes/<int:pk>/settle/", views.write_settle, name="write_settle"),
    path("writes/<int:pk>/question/", views.write_question, name="write_question"),
    path("writes/<int:pk>/by-hand/", views.write_by_hand, name="write_by_hand"),
    path("writes/<int:pk>/give-up/", views.write_give_up, name="write_give_up"),
    path("writes/<int:pk>/approve/", views.write_approve, name="write_approve"),
    path("writes/<int:pk>/decline/", views.write_decline, name="write_decline"),
    path("writes/<int:pk>/give-back/", views.write_give_back, name="write_give_back"),
    path("writes/<int:pk>/again/", views.write_try_again, name="write_try_again"),
]
