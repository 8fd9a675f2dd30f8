"""Addresses under desk/catalogue/, in the namespace catalogue."""

from django.urls import path

from catalog.views import change, lists, meetings, section

app_name = "catalogue"

urlpatterns = [
    path("", lists.home, name="home"),
    path("items/", lists.item_list, name="items"),
    path("changes/", lists.change_list, name="changes"),
    path("changes/begin/", lists.begin, name="begin"),
    path("changes/<uuid:pk>/", change.change_page, name="change"),
    path("changes/<uuid:pk>/frame/", change.frame, name="frame"),
    path("changes/<uuid:pk>/merged/", change.merged, name="merged"),
    path("changes/<uuid:pk>/sections/<slug:code>/", section.section, name="section"),
    path("changes/<uuid:pk>/act/<slug:action>/", change.act, name="act"),
    path("changes/<uuid:pk>/remarks/add/", change.remark, name="remark"),
    path("changes/<uuid:pk>/remarks/<uuid:remark_id>/drop/", change.drop_remark, name="drop_remark"),
    path("changes/<uuid:pk>/remarks/<uuid:remark_id>/answer/", change.answer, name="answer_remark"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/add/", meetings.meeting_add, name="meeting_add"),
    path("meetings/<uuid:pk>/", meetings.meeting, name="meeting"),
]
