"""Images are drawn anew: pixels only, upright; no location, no comment, no profile, nothing behind the end."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from portal.files.cleaning.faults import Unclean

_FORMAT = {"jpg": "JPEG", "png": "PNG"}
_END = {"jpg": b"\xff\xd9", "png": b"IEND\xaeB`\x82"}
_MODES = {"jpg": ("L", "RGB"), "png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")}
_LOCATION = 0x8825  # EXIF's pointer to GPS data


def cleaned(content: bytes, kind: str, limits: dict[str, int]) -> tuple[bytes, int, list[str]]:
    """The image encoded anew. Raises Unclean."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of metadata are no fault
            Image.MAX_IMAGE_PIXELS = None  # our own limit speaks, before anything is decoded
            with Image.open(io.BytesIO(content), formats=[_FORMAT[kind]]) as image:
                width, height = image.size
                if width * height > limits["pixels"]:
                    raise Unclean("image_too_large", width=width, height=height, most=limits["pixels"] // 10_000)
                image.load()
                removed = _told(image, content, kind)
                upright = ImageOps.exif_transpose(image)
    except Unclean:
        raise
    except Exception as error:  # a parser of foreign bytes may fail in any way; all of them mean one thing
        raise Unclean("image_broken") from error
    if upright.mode not in _MODES[kind]:
        upright = upright.convert("RGB" if kind == "jpg" or "A" not in upright.getbands() else "RGBA")
    plain = upright.copy()
    transparency = upright.info.get("transparency")
    plain.info = {} if transparency is None or kind == "jpg" else {"transparency": transparency}
    target = io.BytesIO()
    if kind == "jpg":
        plain.save(target, "JPEG", quality=90, exif=b"", icc_profile=None)
    else:
        plain.save(target, "PNG", exif=b"", icc_profile=None)
    return target.getvalue(), 1, removed


def _told(image: Image.Image, content: bytes, kind: str) -> list[str]:
    """What is lost on the way that people may want to know of."""
    found = []
    exif = image.getexif()
    if exif.get_ifd(_LOCATION):
        found.append("拍摄地点")
    if content.rstrip(b"\0").rpartition(_END[kind])[2]:
        found.append("图片后面附带的内容")
    return found
