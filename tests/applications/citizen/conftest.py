"""A signed-in citizen, and files that pass the checks."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portal.accounts.models import User
from tests import factories as make


def png(shade: int = 0, name: str = "图.png") -> SimpleUploadedFile:
    """A picture of a few pixels; another shade is another content."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), (shade, 0, 0)).save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


@pytest.fixture
def citizen(db: None) -> User:
    return make.citizen("李芳芳")


@pytest.fixture
def signed_in(citizen: User) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


@pytest.fixture
def sign_in(db: None) -> Callable[[User], Client]:
    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter
