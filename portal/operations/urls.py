"""Addresses of operations."""

from django.urls import include, path

from portal.operations import reports, views
from portal.operations.watch import pages
from portal.settings.security import POLICY_REPORTS

app_name = "operations"
urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", pages.metrics_page, name="metrics"),
    path(POLICY_REPORTS.lstrip("/"), reports.policy_report, name="policy_reports"),
    path(".well-known/security.txt", views.security_contact, name="security_contact"),
    path("operations/", pages.overview, name="overview"),
    path("operations/queue/", pages.job_list, name="queue"),
    path("operations/queue/again/", pages.jobs_again, name="jobs_again"),
    path("operations/queue/<uuid:pk>/again/", pages.job_again, name="job_again"),
    path("operations/queue/<uuid:pk>/give-up/", pages.job_give_up, name="job_give_up"),
    path("operations/", include("portal.operations.organisation.urls")),
]
