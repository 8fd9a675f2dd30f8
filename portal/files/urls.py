"""Stored files, their pages, and uploads in pieces."""

from django.urls import path

from portal.files import resumable, views

app_name = "files"
urlpatterns = [
    path("files/uploads/", resumable.create, name="uploads"),
    path("files/uploads/<uuid:pk>/", resumable.upload, name="upload"),
    path("files/<uuid:pk>/", views.download, name="download"),
    path("files/<uuid:pk>/preview/", views.preview, name="preview"),
    path("files/<uuid:pk>/pages/<int:number>/", views.page, name="page"),
]
