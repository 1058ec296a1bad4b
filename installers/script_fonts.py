"""Makes resources/fonts/scripts: fonts for scripts that the letter's own fonts lack, from the files that Debian packages.

.venv/bin/python installers/script_fonts.py FOLDER    a folder with the files below (or folders that hold them)

What only screens need is left out (hinting, names of glyphs); shapes, and what puts them together, stay as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

OUT = Path(__file__).resolve().parent.parent / "resources" / "fonts" / "scripts"
NOTO = (
    "Adlam", "Arabic", "Balinese", "Batak", "Bengali", "CanadianAboriginal", "Chakma", "Cham", "Cherokee", "Devanagari",
    "Ethiopic", "Gujarati", "Gurmukhi", "HanifiRohingya", "Hebrew", "Javanese", "Kannada", "KayahLi", "Khmer", "Lao",
    "Lepcha", "Limbu", "Lisu", "Malayalam", "Mandaic", "MeeteiMayek", "Miao", "Mongolian", "Myanmar", "NKo", "NewTaiLue",
    "Newa", "OlChiki", "Oriya", "Osage", "Saurashtra", "Sinhala", "Sundanese", "SylotiNagri", "Syriac", "TaiLe",
    "TaiTham", "TaiViet", "Tamil", "Telugu", "Thaana", "Thai", "Tifinagh", "Vai", "Wancho", "Yi",
)  # fmt: skip
FILES = (
    *(f"NotoSans{name}-Regular.ttf" for name in NOTO),
    "NotoSerifTibetan-Regular.ttf",
    "NotoSerifNyiakengPuachueHmong-Regular.ttf",
    "wqy-microhei.ttc",
)


def main(source: Path) -> None:
    """Write each file anew, slimmer."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        found = next(source.rglob(name), None)
        if found is None:
            sys.exit(f"{name} is not in {source}")
        options = Options(
            font_number=0,
            hinting=False, glyph_names=False, legacy_kern=False, layout_features=["*"], notdef_outline=True,
            name_IDs=["*"], name_languages=["*"], recalc_timestamp=False, drop_tables=["VDMX", "hdmx", "vmtx", "vhea", "FFTM", "DSIG", "TSI0", "TSI1", "TSI2", "TSI3", "TSI5"],
        )  # fmt: skip
        font = load_font(str(found), options, dontLoadGlyphNames=True)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=set(font.getBestCmap()))
        subsetter.subset(font)
        save_font(font, str((OUT / name).with_suffix(".ttf")), options)
    print(f"{sum(file.stat().st_size for file in OUT.glob('*.ttf')):,} bytes in {len(FILES)} files")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
