"""Addresses of 谁看过我的材料, and of the officer's desk."""

from django.urls import path

from portal.readings.views import desk, mine

app_name = "readings"
urlpatterns = [
    path("my/readings/", mine.mine, name="mine"),
    path("my/readings/<uuid:reading_id>/", mine.ask, name="ask"),
    path("desk/protection/questions/", desk.questions, name="questions"),
    path("desk/protection/questions/<uuid:question_id>/", desk.question, name="question"),
]
