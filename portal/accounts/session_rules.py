"""How long a session lives and what still has to be done in it: pure functions over the session's own notes.

Times are seconds since 1970 (time.time()), because a session is a technical thing and knows no business time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.accounts.security_models import SignIn

MINUTE: Final = 60
HOUR: Final = 3600
#: domain.md 11.1: idle 15 minutes for staff, 30 for citizens; ASVS 7.3.2: an end whatever one does.
STAFF_IDLE: Final = 15 * MINUTE
CITIZEN_IDLE: Final = 30 * MINUTE
LONGEST: Final = 12 * HOUR
#: How exactly the last use is noted: a session is written at most once in this time.
STEP: Final = 60
#: A proof of identity counts as recent for so long; a form that was opened in time may be sent a little later.
RECENT: Final = 10 * MINUTE
RECENT_FOR_SENDING: Final = 20 * MINUTE

NOTES: Final = "accounts.sign_in"


@dataclass(slots=True)
class Notes:
    """What a session says about its sign-in."""

    sign_in: str
    began: float
    seen: float
    proved: float
    is_staff: bool
    duty: str = ""

    def as_session_data(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def notes_of(session: Mapping[str, Any]) -> Notes | None:
    """The notes of a session that began with a sign-in of ours."""
    found = session.get(NOTES)
    return Notes(**found) if isinstance(found, dict) else None


def idle_limit(*, is_staff: bool) -> int:
    return STAFF_IDLE if is_staff else CITIZEN_IDLE


def life_fault(notes: Notes | None, now: float) -> SignIn.Ending | None:
    """Why a session may not go on; None when it may."""
    if notes is None or now - notes.began >= LONGEST:
        return SignIn.Ending.EXPIRED
    if now - notes.seen >= idle_limit(is_staff=notes.is_staff):
        return SignIn.Ending.IDLE
    return None


def is_recent(notes: Notes | None, now: float, *, sending: bool = False) -> bool:
    """Whether the person has proved lately who they are."""
    return notes is not None and now - notes.proved < (RECENT_FOR_SENDING if sending else RECENT)


def why_ended(ending: str, *, unsaved: bool) -> list[str]:
    """What the sign-in page says about a session that is over."""
    sentence = _WORDS.get(ending, "")
    if not sentence:
        return []
    lost = "刚才提交的内容没有保存。登录后会回到原来的页面，请检查后重新提交。"
    return [sentence, lost if unsaved else "请重新登录，登录后会回到原来的页面。"]


_WORDS: Final[dict[str, str]] = {
    SignIn.Ending.IDLE: (
        f"工作人员超过 {STAFF_IDLE // MINUTE} 分钟、申请人超过 {CITIZEN_IDLE // MINUTE} 分钟没有操作，会自动退出。"
    ),
    SignIn.Ending.EXPIRED: f"登录满 {LONGEST // HOUR} 小时，要重新登录。",
    SignIn.Ending.REPLACED: (
        "您的账号在另一处登录了，这里的登录已经结束。如果不是您本人，请马上修改密码，并告诉安全管理员。"
    ),
    SignIn.Ending.ELSEWHERE: "您在另一台设备上结束了这里的登录。",
    SignIn.Ending.PASSWORD: "密码已经修改，请用新密码登录。",
    SignIn.Ending.ROLES: "您的角色有变化，需要重新登录。",
    SignIn.Ending.FACTOR: "您的动态验证码已经重设，需要重新登录。",
    SignIn.Ending.CLOSED: "这个账号已经停用。",
    SignIn.Ending.SIGNED_OUT: "您已经退出，或者在浏览器的另一个页面退出了。",
}


def device_name(agent: str) -> str:
    """Browser and system in words, from what the browser calls itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "其他浏览器")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser}（{system}）" if system else browser


_BROWSERS: Final = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "火狐"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓"),
    ("iPhone", "苹果手机"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux"),
)
