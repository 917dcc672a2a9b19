"""The living page of the components."""

from django.urls import path

from screens import views

app_name = "screens"

urlpatterns = [
    path("", views.components, name="components"),
    path("fragment/", views.fragment, name="fragment"),
]
