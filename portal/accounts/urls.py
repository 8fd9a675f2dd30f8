"""Addresses of a person's own page and of the stationing page, in the namespace accounts."""

from django.urls import path

from portal.accounts.views import profile, protection, rights, security, stationing, verification

app_name = "accounts"
urlpatterns = [
    path("my/profile/", profile.profile, name="profile"),
    path("my/profile/phone/", profile.change_phone, name="change_phone"),
    path("my/profile/phone/code/", profile.change_phone_code, name="change_phone_code"),
    path("my/profile/link/", profile.link, name="link"),
    path("my/profile/link/code/", profile.link_code, name="link_code"),
    path("my/profile/legal-persons/add/", profile.add_legal_person, name="add_legal_person"),
    path("my/profile/data/", rights.my_data, name="my_data"),
    path("my/profile/data/copy/", rights.copy, name="data_copy"),
    path("my/profile/data/correction/", rights.ask_correction, name="ask_correction"),
    path("my/profile/data/email/", rights.change_email, name="change_email"),
    path("my/profile/data/email/code/", rights.change_email_code, name="change_email_code"),
    path("my/profile/data/close/", rights.close_account, name="close_account"),
    path("my/profile/data/erase/", rights.ask_erasure, name="ask_erasure"),
    path("desk/protection/", protection.protection, name="protection"),
    path("desk/protection/<uuid:request_id>/", protection.answer_correction, name="answer_correction"),
    path("my/sign-ins/", security.sign_ins, name="sign_ins"),
    path("my/sign-ins/end/", security.sign_ins_end, name="sign_ins_end"),
    path("my/sign-ins/<uuid:pk>/end/", security.sign_in_end, name="sign_in_end"),
    path("my/second-factor/", security.factor, name="second_factor"),
    path("my/second-factor/codes/", security.recovery_codes, name="recovery_codes"),
    path("desk/verification/", verification.find, name="verification"),
    path("desk/verification/persons/<uuid:person_id>/", verification.verify_person, name="verify_person"),
    path("desk/verification/firms/<uuid:legal_person_id>/", verification.verify_firm, name="verify_firm"),
    path("desk/stationing/", stationing.stationing, name="stationing"),
]
