"""Addresses of the people's pages."""

from django.urls import URLPattern, path

from agents.views import books
from agents.views import people as views

app_name = "agents"

urlpatterns: list[URLPattern] = [
    path("", views.people, name="people"),
    path("books/", books.books, name="books"),
    path("<int:pk>/duty/", views.change_duty, name="change_duty"),
    path("<int:pk>/shift/", views.shift, name="shift"),
    path("shift/", views.my_shift, name="my_shift"),
    path("shift/<int:pk>/question/", views.question, name="question"),
    path("ready/", views.ready, name="ready"),
    path("messages/<int:pk>/seen/", views.message_seen, name="message_seen"),
    path("questions/<int:pk>/seen/", views.question_seen, name="question_seen"),
]
