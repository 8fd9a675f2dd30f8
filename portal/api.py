"""The exchange interface; its description is at /api/openapi.json."""

from ninja import NinjaAPI

from portal.web.access import PUBLIC, mark_url

api = NinjaAPI(
    title="朔州市政务服务平台 数据交换接口",
    version="1.0.0",
    docs_url=None,
    urls_namespace="api",
)

# The description is public; each operation authenticates its caller by itself.
mark_url("api:openapi-json", PUBLIC)
mark_url("api:api-root", PUBLIC)
