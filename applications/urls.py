"""Pages of the applicant and of progress; the public list of cases has its address in disclosure."""

from django.urls import include, path

from applications.views import apply, apply_steps, evidence, mine, mine_supply, progress

app_name = "applications"

urlpatterns = [
    path("", include("applications.desk_urls")),
    path("apply/<str:code>/", apply.begin, name="apply_begin"),
    path("my/", mine.my_cases, name="my_cases"),
    path("my/drafts/", apply.drafts, name="drafts"),
    path("my/drafts/<uuid:draft_id>/done/", apply.done, name="draft_done"),
    path("my/drafts/<uuid:draft_id>/discard/", apply.discard, name="draft_discard"),
    path("my/drafts/<uuid:draft_id>/<slug:step>/", apply_steps.draft_step, name="draft_step"),
    path("my/cases/<uuid:case_id>/", mine.my_case, name="my_case"),
    path("my/cases/<uuid:case_id>/proof.json", evidence.my_case_proof, name="my_case_proof"),
    path("my/cases/<uuid:case_id>/why/", mine.my_case_why, name="my_case_why"),
    path("my/cases/<uuid:case_id>/supply/", mine_supply.supply, name="supply"),
    path("my/cases/<uuid:case_id>/withdraw/", mine.withdraw, name="withdraw"),
    path("progress/", progress.progress_form, name="progress_form"),
    path("progress/<str:token>/", progress.progress, name="progress"),
    path("progress/<str:token>/proof.json", evidence.progress_proof, name="progress_proof"),
    path("progress/<str:token>/why/", progress.progress_why, name="progress_why"),
]
