"""A large file over a bad line: it goes on after a break, and after the page was closed."""

import io
import random
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.e2e import online
from tests.e2e.desks import Inspect

pytestmark = pytest.mark.e2e


def large_jpeg() -> FilePayload:
    """Some two megabytes: four pieces."""
    noise = random.Random(7).randbytes(1400 * 1200 * 3)
    buffer = io.BytesIO()
    Image.frombytes("RGB", (1400, 1200), noise).save(buffer, "JPEG", quality=95)
    return {"name": "大照片.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def test_a_large_file_goes_on_after_a_break_and_after_a_reload(
    new_page: Callable[..., Page], inspect: Inspect
) -> None:
    page = new_page(who="citizen")
    online.begin(page)
    materials = page.url.replace("/conditions/", "/materials/")
    page.goto(materials)
    pieces: list[str] = []
    broken = [True]

    def line(route: Route) -> None:
        """Carries two pieces, then breaks until it is mended."""
        if route.request.method == "PATCH":
            pieces.append(route.request.headers["upload-offset"])
            if broken[0] and len(pieces) > 2:
                route.abort()
                return
        route.continue_()

    page.route("**/files/uploads/**", line)
    page.locator("#file-M02").set_input_files(large_jpeg())
    expect(page.get_by_text("网络断了，正在接着试")).to_be_visible()
    page.goto(materials)
    expect(page.locator("#material-M02 .upload-open")).to_contain_text("已传 53%")
    inspect(page)

    broken[0] = False
    pieces.clear()
    page.locator("#file-M02").set_input_files(large_jpeg())
    page.locator("#material-M02 .upload-row").get_by_role("link", name="查看").wait_for()
    assert pieces[0] == str(2 * 512 * 1024), "what had arrived was not sent again"
    expect(page.locator(".upload-open")).to_have_count(0)

    with page.expect_popup() as opened:
        page.locator("#material-M02").get_by_role("link", name="查看").click()
    reader = opened.value
    picture = reader.get_by_alt_text("大照片.jpg，第 1 页，共 1 页")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 920
    inspect(reader)
    reader.get_by_role("link", name="放大").click()
    inspect(reader)

    page.locator("#material-M02").get_by_role("button", name="删除").click()
    expect(page.locator("#material-M02 .upload-row")).to_have_count(0)
