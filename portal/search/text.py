"""How Chinese text becomes findable: normal form, words, pairs of characters, pinyin and initials. Pure functions.

Words are cut by `jieba` in its search mode, pinyin comes from `pypinyin`; both are loaded at first use.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

#: Letters, digits and Han characters; everything else separates.
_SEPARATORS = re.compile(r"[^\w㐀-鿿𠀀-𯿿]+")
_HAN_RUN = re.compile(r"[㐀-鿿𠀀-𯿿]+")
_LATIN_RUN = re.compile(r"[a-z0-9]+")
#: 施工许可证 and 施工许可 are one thing to a citizen.
_SUFFIXES = ("证书", "证", "书")
#: Words of the field that the general dictionary cuts apart.
_FIELD_WORDS = (
    "营业执照", "个体户", "个体工商户", "施工许可", "食品经营", "排污许可", "取水许可", "道路运输",
    "卫生许可", "教师资格", "社会团体", "民办非企业", "公积金", "低保", "竣工验收", "消防验收",
    "消防设计", "预售许可", "环评", "不动产", "网吧", "药店", "烟花爆竹", "危险化学品",
    "危化品", "劳务派遣", "特种设备", "医疗机构", "公共场所",
)  # fmt: skip


def normalise(text: str) -> str:
    """Full width to half width (NFKC), lower case, separators to single spaces."""
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).lower()).replace("_", " ").strip()


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba
    from django.conf import settings

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    # jieba reads its cache with marshal: never from a folder that others may write to.
    cache = settings.DATA_DIR / "run"
    cache.mkdir(parents=True, exist_ok=True)
    tokenizer.tmp_dir = str(cache)
    tokenizer.initialize()
    for word in _FIELD_WORDS:
        tokenizer.add_word(word)
    return tokenizer


@lru_cache(maxsize=16_384)
def _tokens(normal: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for run in normal.split():
        for word in _jieba().cut_for_search(run):
            if not word.strip():
                continue
            found[word] = None
            for suffix in _SUFFIXES:
                if word.endswith(suffix) and len(word) - len(suffix) >= 2:
                    found[word[: -len(suffix)]] = None
                    break
    return tuple(found)


def tokens(text: str) -> list[str]:
    """The distinct words of a text in reading order; a word that ends in 证 or 书 also without it."""
    return list(_tokens(normalise(text)))


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring characters of each run of Han characters, or of letters and digits; a single one stays."""
    pairs: dict[str, None] = {}
    for run in normalise(text).split():
        for part in [*_HAN_RUN.findall(run), *_LATIN_RUN.findall(run)]:
            if len(part) == 1:
                pairs[part] = None
            for i in range(len(part) - 1):
                pairs[part[i : i + 2]] = None
    return list(pairs)


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin

    return [s.lower() for s in lazy_pinyin(normalise(text).replace(" ", "")) if s.strip()]


def pinyin_full(text: str) -> str:
    """The pinyin of a text without tones and spaces: 食品经营 → shipinjingying."""
    return "".join(_syllables(text))


def pinyin_initials(text: str) -> str:
    """The first letters of the syllables: 食品经营 → spjy; letters and digits stay whole."""
    return "".join(s[0] if s.isalpha() and s.isascii() else s for s in _syllables(text))


def pinyin_key(text: str) -> str:
    """A key that sorts Chinese names as a dictionary does: syllables apart, the text itself last."""
    return " ".join([*_syllables(text), text])


def letters(words: Iterable[str]) -> list[str]:
    """What people type for words on a Latin keyboard: of each its pinyin and, from two characters on, its initials."""
    found: dict[str, None] = {}
    for word in words:
        for spelled in (pinyin_full(word), pinyin_initials(word)):
            if len(spelled) > 1:
                found[spelled] = None
    return list(found)
