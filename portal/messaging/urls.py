"""The inbox, once for citizens and once for staff."""

from django.urls import path

from portal.messaging.views import inbox

app_name = "messaging"
urlpatterns = [
    path("my/inbox/", inbox.inbox, {"place": "my"}, name="inbox"),
    path("my/inbox/read/", inbox.read_all, {"place": "my"}, name="read_all"),
    path("my/inbox/<uuid:pk>/", inbox.MessageView.as_view(), {"place": "my"}, name="message"),
    path("desk/inbox/", inbox.inbox, {"place": "desk"}, name="desk_inbox"),
    path("desk/inbox/read/", inbox.read_all, {"place": "desk"}, name="desk_read_all"),
    path("desk/inbox/<uuid:pk>/", inbox.MessageView.as_view(), {"place": "desk"}, name="desk_message"),
]
