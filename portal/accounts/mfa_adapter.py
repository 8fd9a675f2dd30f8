"""How allauth keeps secrets of second factors, and what an authenticator calls us (settings.MFA_ADAPTER)."""

from __future__ import annotations

import base64
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter

from portal.privacy import cipher
from portal.web.context_processors import SITE

_CONTEXT: Final = b"accounts.second_factor"


class SealedSecrets(DefaultMFAAdapter):
    """allauth's secrets, sealed with the master key while they lie in the database."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(cipher.seal_by_master(text.encode(), _CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher.unseal_by_master(base64.b64decode(encrypted_text), _CONTEXT).decode()

    def get_totp_issuer(self) -> str:
        return SITE.name
