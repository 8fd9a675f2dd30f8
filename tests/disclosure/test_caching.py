from types import SimpleNamespace

import pytest

from disclosure import caching


def test_a_kept_page_does_not_outlive_the_assets_that_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    releases = set()
    for manifest in ("before", "after"):
        monkeypatch.setattr(caching, "staticfiles_storage", SimpleNamespace(manifest_hash=manifest))
        caching.release.cache_clear()
        releases.add(caching.release())
    caching.release.cache_clear()
    assert len(releases) == 2
