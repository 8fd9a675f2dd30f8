"""Addresses under accounts/ with the names that allauth knows; what it offers beyond them is not served."""

from django.urls import path

from portal.accounts.views import security, signing_in

urlpatterns = [
    path("login/", signing_in.SignIn.as_view(), name="account_login"),
    path("code/", security.SecondStep.as_view(), name="mfa_authenticate"),
    path("confirm/", security.prove, name="account_reauthenticate"),
    path("logout/", signing_in.SignOut.as_view(), name="account_logout"),
    path("inactive/", signing_in.inactive, name="account_inactive"),
    path("password/change/", signing_in.ChangePassword.as_view(), name="account_change_password"),
    path("password/reset/", signing_in.reset, name="account_reset_password"),
    path("password/reset/code/", signing_in.reset_code, name="account_reset_password_code"),
    path("signup/", signing_in.register, name="account_signup"),
    path("signup/code/", signing_in.register_code, name="account_register_code"),
]
