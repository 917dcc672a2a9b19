"""Addresses of signing in: of allauth's many only the ones the centre uses, under the names allauth knows them by.

Accounts are made in the admin and a forgotten password is set there: no sign-up, no e-mail links, no social accounts.
"""

from allauth.account import views
from django.urls import include, path

from agents.own_account import SessionsView, events_seen
from agents.second_factor import SetUpView
from agents.signing_in import SignOutView

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", SignOutView.as_view(), name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/totp/activate/", SetUpView.as_view(), name="mfa_activate_totp"),
    path("sessions/", SessionsView.as_view(), name="usersessions_list"),
    path("seen/", events_seen, name="account_seen"),
    path("2fa/", include("allauth.mfa.urls")),
]
