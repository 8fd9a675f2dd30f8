"""One page as a picture, for people who read in the browser."""

from __future__ import annotations

import io

from PIL import Image

from portal.files.cleaning.faults import Unclean

#: A page that is much longer than wide is drawn narrower, so that no picture is larger than this.
MAX_PIXELS = 12_000_000


def drawn(content: bytes, kind: str, page: int, width: int) -> bytes:
    """A JPEG of that width. Raises Unclean."""
    picture = _of_pdf(content, page, width) if kind == "pdf" else _of_image(content, width)
    target = io.BytesIO()
    picture.convert("RGB").save(target, "JPEG", quality=85)
    return target.getvalue()


def _of_pdf(content: bytes, number: int, width: int) -> Image.Image:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        if document.get_formtype():
            document.init_forms()  # without it what was filled in is not drawn
        page = document[number - 1]
        across, down = page.get_size()
        scale = min(width / max(across, 1), (MAX_PIXELS / max(across * down, 1)) ** 0.5)
        picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil()
        return picture
    except Exception as error:
        raise Unclean("page_not_drawn") from error


def _of_image(content: bytes, width: int) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (width, width * 4))  # a JPEG decoder can shrink on the way
        across, down = image.size
        scale = min(width / across, (MAX_PIXELS / (across * down)) ** 0.5, 1.0)
        size = max(1, round(across * scale)), max(1, round(down * scale))
        has_alpha = "A" in image.getbands() or "transparency" in image.info
        picture = image.convert("RGBA" if has_alpha else "RGB").resize(size, Image.Resampling.LANCZOS)
    if not has_alpha:
        return picture
    ground = Image.new("RGBA", size, "white")
    return Image.alpha_composite(ground, picture)
