"""The exchange interface; its description is at /api/openapi.json."""

from ninja import NinjaAPI

api = NinjaAPI(
    title="朔州市政务服务平台 数据交换接口",
    version="1.0.0",
    docs_url=None,
    urls_namespace="api",
)
