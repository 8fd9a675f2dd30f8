"""The tables of this room: the keys of persons, and what persons ask about their data."""

from portal.privacy.person_keys import WRAPPING, ErasedKey, PersonKey, wrapping_context
from portal.privacy.requests import DataRequest

__all__ = ["WRAPPING", "DataRequest", "ErasedKey", "PersonKey", "wrapping_context"]
