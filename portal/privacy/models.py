"""The tables of this room: the keys of persons, and what persons ask about their data."""

from portal.privacy.person_keys import ErasedKey, PersonKey, wrapping_context
from portal.privacy.requests import DataRequest

__all__ = ["DataRequest", "ErasedKey", "PersonKey", "wrapping_context"]
