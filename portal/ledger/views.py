"""What anyone may see of the ledger. No cookie, no user: all of it may be kept by caches."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.ledger import tiles
from portal.ledger.models import TreeHead
from portal.ledger.queries import daily_head, daily_heads, latest_head
from portal.ledger.signing import signer
from portal.web.access import public

SHOWN_DAYS: Final = 30
FOR_EVER: Final = "public, max-age=31536000, immutable"
SHORTLY: Final = "public, max-age=0, s-maxage=10"
PROGRAM: Final = Path(__file__).parent / "standalone" / "verify_log.py"
TEXT: Final = "text/plain; charset=utf-8"


@public
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """存证公示: what the ledger is, how to check it, the heads of the last days."""
    context = {
        "head": latest_head(),
        "days": list(daily_heads()[:SHOWN_DAYS]),
        "shown_days": SHOWN_DAYS,
        "key": str(signer().key),
        "nav": "publicity",
    }
    response = render(request, "ledger/notice.html", context)
    response["Cache-Control"] = SHORTLY
    return response


@public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest head as a signed note."""
    response = HttpResponse(_newest().note, content_type=TEXT)
    response["Cache-Control"] = SHORTLY
    return response


@public
@require_safe
def tile(request: HttpRequest, level: str, tile: str) -> HttpResponse:
    """Hashes of a tile; its bytes never change."""
    address = _address(tile)
    return _bytes(tiles.hash_tile(int(level), address, _newest().size))


@public
@require_safe
def entries(request: HttpRequest, tile: str) -> HttpResponse:
    """The entries below a tile of level 0; they never change."""
    return _bytes(tiles.entry_bundle(_address(tile), _newest().size))


@public
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The verifier keys, the present one first."""
    response = HttpResponse("".join(f"{known}\n" for known in signer().known_keys), content_type=TEXT)
    response["Cache-Control"] = SHORTLY
    return response


@public
@require_safe
def all_heads(request: HttpRequest) -> HttpResponse:
    """Every head that is kept for a day, oldest first, for whoever keeps them outside."""
    text = "\n".join(f"# {kept.day.isoformat()}\n{kept.head.note}" for kept in daily_heads().order_by("day"))
    return _download(text, "heads.txt", TEXT)


@public
@require_safe
def day_head(request: HttpRequest, day: str) -> HttpResponse:
    """The signed head of one day."""
    try:
        kept = daily_head(dt.date.fromisoformat(day))
    except ValueError:
        kept = None
    if kept is None:
        raise Http404
    return _download(kept.head.note, f"head-{day}.txt", TEXT)


@public
@require_safe
def program(request: HttpRequest) -> HttpResponse:
    """The program for outsiders, as it stands in the source."""
    return _download(PROGRAM.read_text("utf-8"), PROGRAM.name, "text/x-python; charset=utf-8")


def _newest() -> TreeHead:
    head = latest_head()
    if head is None:
        raise Http404
    return head


def _address(path: str) -> tiles.TileAddress:
    address = tiles.TileAddress.parse(path)
    if address is None:
        raise Http404
    return address


def _bytes(content: bytes | None) -> HttpResponse:
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = FOR_EVER
    return response


def _download(text: str, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = SHORTLY
    return response
