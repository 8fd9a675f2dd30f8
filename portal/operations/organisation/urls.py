"""Addresses under operations/, in the namespace operations."""

from django.urls import path

from portal.operations.organisation import calendar, departments, factor_resets, staff

urlpatterns = [
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/add/", staff.staff_add, name="staff_add"),
    path("staff/<uuid:pk>/", staff.staff_page, name="staff"),
    path("staff/<uuid:pk>/end/", staff.staff_end, name="staff_end"),
    path("staff/<uuid:pk>/password/", staff.staff_password, name="staff_password"),
    path("staff/<uuid:pk>/roles/add/", staff.role_add, name="role_add"),
    path("staff/<uuid:pk>/postings/add/", staff.posting_add, name="posting_add"),
    path("staff/<uuid:pk>/factor/", factor_resets.factor_reset_request, name="factor_reset_request"),
    path("staff/<uuid:pk>/factor-code/", factor_resets.factor_code, name="factor_code"),
    path("factor-resets/", factor_resets.factor_resets, name="factor_resets"),
    path("factor-resets/<uuid:pk>/confirm/", factor_resets.factor_reset_confirm, name="factor_reset_confirm"),
    path("factor-resets/<uuid:pk>/refuse/", factor_resets.factor_reset_refuse, name="factor_reset_refuse"),
    path("endings/<uuid:pk>/confirm/", factor_resets.ending_confirm, name="ending_confirm"),
    path("endings/<uuid:pk>/refuse/", factor_resets.ending_refuse, name="ending_refuse"),
    path("roles/<uuid:pk>/end/", staff.role_end, name="role_end"),
    path("postings/<uuid:pk>/end/", staff.posting_end, name="posting_end"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/add/", departments.department_add, name="department_add"),
    path("departments/<uuid:pk>/", departments.department_page, name="department"),
    path("departments/<uuid:pk>/end/", departments.department_end, name="department_end"),
    path("departments/<uuid:pk>/head/", departments.office_head, name="office_head"),
    path("windows/", departments.window_list, name="windows"),
    path("windows/add/", departments.window_add, name="window_add"),
    path("windows/<uuid:pk>/end/", departments.window_end, name="window_end"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/import/", calendar.calendar_import, name="calendar_import"),
]
