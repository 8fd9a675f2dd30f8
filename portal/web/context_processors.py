"""What every page may know. Nothing here touches the session or the user: public pages stay cookie-free."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Site:
    """The facts of a government site's head and footer (government site guide 2017-47)."""

    name: str = "朔州市政务服务平台"
    domain: str = "zwfw.example.gov.cn"
    id_code: str = "1406000000"
    host: str = "朔州市人民政府办公室"
    operator: str = "朔州市政务服务中心"
    address: str = "朔州市政务服务中心（演示地址）"
    phone: str = "0349-0000100"
    consultation_phone: str = "0349-0000123"
    supervision_phone: str = "0349-0000110"
    hotline: str = "12345"
    email: str = "zwfw@example.gov.cn"
    icp: str = "晋ICP备00000000号"
    police: str = "晋公网安备14060000000000号"
    # Host, ICP and police numbers are invented until the city puts its own here.
    invented: bool = True


SITE = Site()


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates `site`, `demonstration` and `elder`."""
    return {
        "site": SITE,
        "demonstration": bool(getattr(settings, "DEMONSTRATION", False)),
        "elder": bool(getattr(request, "elder", False)),
    }
