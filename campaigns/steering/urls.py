"""Addresses of what a running month is steered by."""

from django.urls import URLPattern, URLResolver, path

from campaigns.steering import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:period>/plan/", views.plan, name="plan"),
    path("<str:period>/plan/goals/", views.goals, name="plan_goals"),
    path("<str:period>/plan/take-over/", views.take_over, name="plan_take_over"),
]
