"""Keys of rows and public identifiers."""

import re
import time
import uuid

from portal.web.keys import ulid, uuid7


def test_uuid7_is_version_7_and_strictly_increasing():
    keys = [uuid7() for _ in range(5_000)]
    assert keys == sorted(set(keys))
    assert all((key.version, key.variant) == (7, uuid.RFC_4122) for key in keys)


def test_uuid7_and_ulid_begin_with_the_time_in_milliseconds():
    now = time.time_ns() // 1_000_000
    assert abs((uuid7().int >> 80) - now) < 10_000
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    value = 0
    for character in ulid()[:10]:
        value = value * 32 + alphabet.index(character)
    assert abs(value - now) < 10_000


def test_a_ulid_is_26_characters_and_never_the_same():
    found = {ulid() for _ in range(1_000)}
    assert len(found) == 1_000
    assert all(re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", text) for text in found)
