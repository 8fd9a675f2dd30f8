"""The portal as it serves, without the demonstration; passwords of made-up people need no slow hash."""

from portal.settings.development import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
