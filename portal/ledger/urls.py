"""The public side of the ledger: the page 存证公示 and the addresses of C2SP tlog-tiles."""

from django.urls import path, re_path

from portal.ledger import views

app_name = "ledger"

urlpatterns = [
    path("", views.notice, name="notice"),
    path("heads.txt", views.all_heads, name="all_heads"),
    re_path(r"^heads/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\.txt$", views.day_head, name="day_head"),
    path("verify_log.py", views.program, name="program"),
    path("key", views.key, name="key"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    re_path(r"^tile/entries/(?P<tile>[x0-9/.p]{3,60})$", views.entries, name="entries"),
    re_path(r"^tile/(?P<level>[0-9]|[1-9][0-9])/(?P<tile>[x0-9/.p]{3,60})$", views.tile, name="tile"),
]
