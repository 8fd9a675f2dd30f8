"""Addresses of the workbenches; included by applications.urls, in its namespace."""

from django.urls import path

from applications.views.desk import acts, case, home, intake, intake_new, intake_search, reason, unmask, worklist

urlpatterns = [
    path("desk/", home.desk_home, name="desk_home"),
    path("desk/intake/", intake.intake_queue, name="intake_queue"),
    path("desk/intake/new/", intake_new.intake_new, name="intake_new"),
    path("desk/intake/new/person/", intake_new.intake_person, name="intake_person"),
    path("desk/intake/new/firm/", intake_new.intake_firm, name="intake_firm"),
    path("desk/intake/new/item/", intake_new.intake_item, name="intake_item"),
    path("desk/intake/new/form/", intake_new.intake_form, name="intake_form"),
    path("desk/intake/correction/", intake.intake_correction, name="intake_correction"),
    path("desk/intake/handover/", intake.intake_handover, name="intake_handover"),
    path("desk/intake/today/", intake.intake_today, name="intake_today"),
    path("desk/intake/search/", intake_search.intake_search, name="intake_search"),
    path("desk/intake/search/person/", intake_search.intake_search_person, name="intake_search_person"),
    path("desk/intake/<uuid:case_id>/", intake.intake_case, name="intake_case"),
    path("desk/intake/<uuid:case_id>/receipt/", intake.intake_receipt, name="intake_receipt"),
    path("desk/cases/", worklist.work_list, name="work_list"),
    path("desk/cases/claim/", worklist.claim_selected, name="claim_selected"),
    path("desk/cases/<uuid:case_id>/", case.desk_case, name="desk_case"),
    path("desk/cases/<uuid:case_id>/why/", case.desk_case_why, name="desk_case_why"),
    path("desk/cases/<uuid:case_id>/print/", case.desk_case_print, name="desk_case_print"),
    path("desk/cases/<uuid:case_id>/reason/", reason.state_reason, name="state_reason"),
    path("desk/cases/<uuid:case_id>/unmask/", unmask.unmask, name="unmask"),
    path("desk/cases/<uuid:case_id>/claim/", worklist.claim, name="claim"),
    path("desk/cases/<uuid:case_id>/release/", worklist.release, name="release"),
    path("desk/cases/<uuid:case_id>/materials/<uuid:material_id>/seen/", case.mark_seen, name="mark_seen"),
    path("desk/cases/<uuid:case_id>/act/<slug:action>/", acts.act, name="act"),
]
