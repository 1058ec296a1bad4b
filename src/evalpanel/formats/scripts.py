"""Scripts that take more than one sign after another: which characters they are, which font has them, where lines break.

Blocks are Unicode's, names of scripts ISO 15924's. Letters whose font is one of the letter's own (Latin, Greek,
Cyrillic, Armenian, Georgian) are not here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

JOINERS = "\u200c\u200d"
"""Characters that print nothing and still say how the letters beside them join (zero width non-joiner and joiner)."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script: its code (`Deva`), the file that has it, and how large it is set beside Latin letters."""

    code: str
    file: str
    scale: float = 1.0


def _noto(code: str, name: str, scale: float = 1.0) -> Script:
    return Script(code, f"NotoSans{name}-Regular.ttf", scale)


_HAN = "wqy-microhei.ttf"
_ARAB, _HEBR, _DEVA = _noto("Arab", "Arabic"), _noto("Hebr", "Hebrew"), _noto("Deva", "Devanagari")
_MYMR, _ETHI, _CANS = _noto("Mymr", "Myanmar", 0.9), _noto("Ethi", "Ethiopic"), _noto("Cans", "CanadianAboriginal")
_HANI, _HANG = Script("Hani", _HAN), Script("Hang", _HAN)
_KANA, _BOPO, _WIDE = Script("Jpan", _HAN), Script("Bopo", _HAN), Script("Zyyy", _HAN)
_SYRC, _CHER, _MTEI = _noto("Syrc", "Syriac"), _noto("Cher", "Cherokee"), _noto("Mtei", "MeeteiMayek")
_MONG, _SUND, _KHMR = _noto("Mong", "Mongolian"), _noto("Sund", "Sundanese"), _noto("Khmr", "Khmer", 0.9)

_BLOCKS: tuple[tuple[int, int, Script], ...] = (
    (0x0590, 0x05FF, _HEBR),
    (0x0600, 0x06FF, _ARAB),
    (0x0700, 0x074F, _SYRC),
    (0x0750, 0x077F, _ARAB),
    (0x0780, 0x07BF, _noto("Thaa", "Thaana")),
    (0x07C0, 0x07FF, _noto("Nkoo", "NKo")),
    (0x0840, 0x085F, _noto("Mand", "Mandaic")),
    (0x0860, 0x086F, _SYRC),
    (0x0870, 0x08FF, _ARAB),
    (0x0900, 0x097F, _DEVA),
    (0x0980, 0x09FF, _noto("Beng", "Bengali")),
    (0x0A00, 0x0A7F, _noto("Guru", "Gurmukhi")),
    (0x0A80, 0x0AFF, _noto("Gujr", "Gujarati")),
    (0x0B00, 0x0B7F, _noto("Orya", "Oriya")),
    (0x0B80, 0x0BFF, _noto("Taml", "Tamil")),
    (0x0C00, 0x0C7F, _noto("Telu", "Telugu")),
    (0x0C80, 0x0CFF, _noto("Knda", "Kannada")),
    (0x0D00, 0x0D7F, _noto("Mlym", "Malayalam")),
    (0x0D80, 0x0DFF, _noto("Sinh", "Sinhala")),
    (0x0E00, 0x0E7F, _noto("Thai", "Thai")),
    (0x0E80, 0x0EFF, _noto("Laoo", "Lao")),
    (0x0F00, 0x0FFF, Script("Tibt", "NotoSerifTibetan-Regular.ttf", 0.9)),
    (0x1000, 0x109F, _MYMR),
    (0x1100, 0x11FF, _HANG),
    (0x1200, 0x139F, _ETHI),
    (0x13A0, 0x13FF, _CHER),
    (0x1400, 0x167F, _CANS),
    (0x1780, 0x17FF, _KHMR),
    (0x1800, 0x18AF, _MONG),
    (0x18B0, 0x18FF, _CANS),
    (0x1900, 0x194F, _noto("Limb", "Limbu")),
    (0x1950, 0x197F, _noto("Tale", "TaiLe")),
    (0x1980, 0x19DF, _noto("Talu", "NewTaiLue")),
    (0x19E0, 0x19FF, _KHMR),
    (0x1A20, 0x1AAF, _noto("Lana", "TaiTham", 0.9)),
    (0x1B00, 0x1B7F, _noto("Bali", "Balinese", 0.9)),
    (0x1B80, 0x1BBF, _SUND),
    (0x1BC0, 0x1BFF, _noto("Batk", "Batak")),
    (0x1C00, 0x1C4F, _noto("Lepc", "Lepcha")),
    (0x1C50, 0x1C7F, _noto("Olck", "OlChiki")),
    (0x1CC0, 0x1CCF, _SUND),
    (0x1CD0, 0x1CFF, _DEVA),
    (0x2D30, 0x2D7F, _noto("Tfng", "Tifinagh")),
    (0x2D80, 0x2DDF, _ETHI),
    (0x2E80, 0x2FDF, _HANI),
    (0x3000, 0x303F, _WIDE),
    (0x3040, 0x30FF, _KANA),
    (0x3100, 0x312F, _BOPO),
    (0x3130, 0x318F, _HANG),
    (0x3190, 0x319F, _HANI),
    (0x31A0, 0x31BF, _BOPO),
    (0x31C0, 0x31EF, _HANI),
    (0x31F0, 0x31FF, _KANA),
    (0x3200, 0x33FF, _WIDE),
    (0x3400, 0x4DBF, _HANI),
    (0x4E00, 0x9FFF, _HANI),
    (0xA000, 0xA4CF, _noto("Yiii", "Yi")),
    (0xA4D0, 0xA4FF, _noto("Lisu", "Lisu")),
    (0xA500, 0xA63F, _noto("Vaii", "Vai")),
    (0xA800, 0xA82F, _noto("Sylo", "SylotiNagri")),
    (0xA880, 0xA8DF, _noto("Saur", "Saurashtra")),
    (0xA8E0, 0xA8FF, _DEVA),
    (0xA900, 0xA92F, _noto("Kali", "KayahLi")),
    (0xA980, 0xA9DF, _noto("Java", "Javanese", 0.9)),
    (0xA9E0, 0xA9FF, _MYMR),
    (0xAA00, 0xAA5F, _noto("Cham", "Cham")),
    (0xAA60, 0xAA7F, _MYMR),
    (0xAA80, 0xAADF, _noto("Tavt", "TaiViet")),
    (0xAAE0, 0xAAFF, _MTEI),
    (0xAB00, 0xAB2F, _ETHI),
    (0xAB70, 0xABBF, _CHER),
    (0xABC0, 0xABFF, _MTEI),
    (0xAC00, 0xD7FF, _HANG),
    (0xF900, 0xFAFF, _HANI),
    (0xFB1D, 0xFB4F, _HEBR),
    (0xFB50, 0xFDFF, _ARAB),
    (0xFE30, 0xFE4F, _WIDE),
    (0xFE70, 0xFEFF, _ARAB),
    (0xFF00, 0xFFEF, _WIDE),
    (0x104B0, 0x104FF, _noto("Osge", "Osage")),
    (0x10D00, 0x10D3F, _noto("Rohg", "HanifiRohingya")),
    (0x11100, 0x1114F, _noto("Cakm", "Chakma")),
    (0x11400, 0x1147F, _noto("Newa", "Newa")),
    (0x16F00, 0x16F9F, _noto("Plrd", "Miao")),
    (0x1E100, 0x1E14F, Script("Hmnp", "NotoSerifNyiakengPuachueHmong-Regular.ttf")),
    (0x1E2C0, 0x1E2FF, _noto("Wcho", "Wancho")),
    (0x1E900, 0x1E95F, _noto("Adlm", "Adlam")),
    (0x20000, 0x3FFFF, _HANI),
)
_FIRSTS = [first for first, _, _ in _BLOCKS]

_LEADING = frozenset("เแโใไເແໂໃໄ")  # vowels of Thai and Lao that are written before the consonant they follow
_OPENING = frozenset("（「『【《〈〔〖〘〚［｛")
_CLOSING = frozenset(
    "、。，．・：；？！゛゜ー）」』】》〉〕〗〙〛］｝々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…"
)
_ENDS = frozenset(
    "\u0f0b\u1361"
)  # what stands between words of Tibetan and of Ethiopic, and stays with the word before
_WIDE_SCRIPTS = frozenset(("Hani", "Jpan", "Bopo", "Zyyy", "Yiii"))


def script_of(char: str) -> Script | None:
    """The script of a character, or None where it is one of the letter's own fonts' or belongs to no script."""
    code = ord(char)
    if code < _FIRSTS[0]:
        return None
    at = bisect_right(_FIRSTS, code) - 1
    return _BLOCKS[at][2] if code <= _BLOCKS[at][1] else None


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two groups of letters that no space parts (both hold something).

    Chinese and Japanese break between any two signs, but not before what closes or after what opens; Thai and Lao
    before a vowel that begins a syllable. All others break at spaces (UAX #14, in part).
    """
    if before[-1] in _ENDS:
        return not after[0].isspace()
    if after[0] in _LEADING:
        return before[-1] not in _LEADING and not before[-1].isspace()
    one, other = script_of(before[0]), script_of(after[0])
    if one is None or other is None or one.code not in _WIDE_SCRIPTS or other.code not in _WIDE_SCRIPTS:
        return False
    return before[-1] not in _OPENING and after[0] not in _CLOSING


def ends_syllable(group: str) -> bool:
    """Whether a group closes the syllable before it: in Burmese a consonant without its vowel; signs that close."""
    return "\u103a" in group[1:3] or group[0] in _CLOSING
