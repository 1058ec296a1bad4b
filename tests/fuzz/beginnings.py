"""What the fuzzer starts from: small inputs made here for each target, and words of each format that it may put in."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pikepdf

import letter_examples
import make
from evalpanel.domain.feedback import compose
from evalpanel.domain.tender import BidderCode, LotCode, PriceKind, PriceLine
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.formats.price_schedule import write_price_schedule
from evalpanel.formats.xlsx import read_xlsx
from evalpanel.sealing.certificates import new_signing_certificate
from evalpanel.sealing.letter_signer import LetterSigner
from fuzz.parcels import book_parts, parcel, sheet_xml, zipped
from specimens.archives.raw_zip import Member, raw_zip
from specimens.bags.raw_bag import TarMember, bag, pax, raw_tar

_LOT = LotCode("L1")

SPECIMENS = Path(__file__).resolve().parents[1] / "specimens"


@cache
def sheets_of_a_pack() -> dict[str, bytes]:
    """The sheets of a small sound tender as grids."""
    signs = {"number": "#", "date": "@", "true or false": "?", "text": "'"}
    grids = {}
    for sheet in read_xlsx(make.workbook(), "t.xlsx")[0]:
        lines = [
            "\t".join(
                f"{signs[cells[n].kind.value]}{cells[n].text}".replace("\n", " ") if n in cells else ""
                for n in range(1, max(cells) + 1)
            )
            for cells in sheet.rows.values()
        ]
        if sheet.title != "Read me":
            grids[sheet.title] = "\n".join(lines).encode()
    return grids


def xlsx_seeds() -> Iterator[bytes]:
    lines = ["lot\ttitle", "'L1\t~1", "#1.50\t@45000.5", "%0.35\t=A1+1", "?1\t!#REF!"]
    parts = book_parts(["Lots", "Bids"]) | {
        "xl/worksheets/sheet1.xml": sheet_xml(lines),
        "xl/worksheets/sheet2.xml": b'<worksheet><cols><col min="1" max="3" hidden="1"/></cols><sheetData><row r="2" hidden="1">'
        b'<c r="B2" t="d"><v>2026-01-01</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>',
    }
    yield parcel(parts)
    yield parcel(parts | {"xl/vbaProject.bin": b"x"})
    styles = b'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-809]dd mmmm yyyy"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>'
    yield parcel(parts | {"xl/styles.xml": styles})


SCORES_CSV = (
    "bid,criterion,status,score,rationale,improvements,working_note\n"
    'B01,1.1,scored,3,"Clear, page 4",More dates,\nB02,1.1,n/a,,Not asked,,"two\nlines"\nB03,1.1,recused,,,,\n'
)


MODERATED_CSV = (
    "bid;criterion;score;reasons;not_higher;present;dissent\n"
    "B01;1.1;3;Clear on page 4;No dates;CH1 PM1;\nB02;1.1;2.5;'=thin;;CH1;PM1 would give 3\n"
)


MAPPING_CSV = (
    "path,bidder,lot,criterion,envelope,title\nbids/B01/a.pdf,B01,L1,'1.10,quality,Answer\nnotes.txt,,,,common,\n"
)


PRICES_CSV = "bidder,lot,kind,item,amount,year,quantity,unit_price\nB01,L1,price,Service,1200,1,12,100\n"


CSV_WORDS = (
    ",",
    ";",
    "\t",
    "sep=;\n",
    "\r\n",
    '""',
    "\ufeff",
    "'",
    "=1+1",
    "#REF!",
    "1.10",
    "lot",
    "\xe9".encode("cp1252"),
)


def grids(csv: str, title: str) -> Iterator[bytes]:
    yield csv.encode()
    yield csv.encode("utf-16")
    yield csv.replace(",", "\t").encode("cp1252")
    lines = csv.replace(";", ",").replace(",", "\t")
    yield f"==> {title}\n{lines}".encode()


def schedule_seeds() -> Iterator[bytes]:
    line = PriceLine(BidderCode("B01"), _LOT, PriceKind.PRICE, "Service", make.scale().levels[1].value)
    yield write_price_schedule([line, *make.prices()])


def zip_seeds() -> Iterator[bytes]:
    yield raw_zip(
        [Member(b"tender.xlsx", b"PK"), Member(b"bids/B01/a.txt", b"words " * 40, 8), Member(b"bids/", mode=0o40755)]
    )
    yield raw_zip([Member("bids/ä.txt".encode(), b"x", flags=8), Member(b"b\\c.txt", b"y", made_on=0)], comment=b"why")


ZIP_WORDS = (
    b"PK\1\2",
    b"PK\3\4",
    b"PK\5\6",
    b"PK\6\6",
    b"PK\6\7",
    b"\xff\xff\xff\xff",
    b"\xff\xff",
    b"\1\0\x10\0",
    b"/",
    b"\\",
    b"../",
)


def lies_seeds() -> Iterator[bytes]:
    yield parcel({"bids/a.txt|method=8": b"words " * 30, "b.txt|flags=8": b"x", "c/|mode=16877": b""})
    yield parcel({"a.txt|size=4294967295|extra=01000800ffffffffffffff7f": b"x", "b|offset=0|crc=1": b"y"})


def tar_seeds() -> Iterator[bytes]:
    members = [
        TarMember(b"bids/", kind=b"5"),
        TarMember(b"bids/a.txt", b"words"),
        TarMember(b"x", pax(path="ä.txt"), b"x"),
    ]
    yield raw_tar([*members, TarMember(b"ae.txt", b"y")])
    yield raw_tar([TarMember(b"././@LongLink", b"n" * 120 + b"\0", b"L"), TarMember(b"n", b"z", b"7")])
    yield raw_tar(
        [TarMember(b"s", b"1", b"S", at_482=b"\1"), TarMember(b"l", kind=b"2"), TarMember(b"g", pax(comment="c"), b"g")]
    )


def gz_seeds() -> Iterator[bytes]:
    for one in tar_seeds():
        yield one
        yield gzip.compress(one, mtime=0)
        yield gzip.compress(one[:512], mtime=0) + gzip.compress(one[512:], mtime=0)


def bag_seeds() -> Iterator[bytes]:
    payload = {"tender.xlsx": b"PK", "bids/B01/a.txt": b"words"}
    yield parcel(bag(payload))
    yield parcel(bag(payload, algorithms=("sha256", "md5")))
    yield parcel({f"top/{name}": data for name, data in bag(payload, {"bag-info.txt": b"A: b\n  c\nD: e\n"}).items()})


def tag_seeds() -> Iterator[bytes]:
    yield from (data for name, data in bag({"a%0Ab.txt": b"x", "*c": b"y"}).items() if not name.startswith("data/"))
    yield b"279164409.1198"


def pack_seeds() -> Iterator[bytes]:
    yield from zip_seeds()
    yield from gz_seeds()
    yield zipped([(name.encode(), data) for name, data in bag({"tender.xlsx": b"PK"}).items()])


def ocds_seeds() -> Iterator[bytes]:
    for path in sorted((SPECIMENS / "ocds").rglob("*.json")):
        held = json.loads(path.read_bytes())
        if path.stat().st_size < 50_000:
            yield json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()


OCDS_WORDS = (
    '"tender":{', '"lots":[', '"items":[', '"awardCriteria":', '"criteria":[', '"requirementGroups":[', '"bids":{"details":[',
    '"releases":[', '"records":[', '"compiledRelease":{', '"versionedRelease":{', '"ocid":"', '"date":"', '"id":"', '"relatedLot":"',
    '"parties":[', '"weight":', "null", "1e99", "-0", '"\\ud800"', "[]", "{}", '"features":[', '"enum":[', '"tenderID":"',
    '"amount":', '"currency":"', '"2026-01-01T00:00:00Z"', '"9999-12-31T23:59:59-12:00"', '"enquiries":[', '"documents":[',
)  # fmt: skip


@cache
def signed() -> bytes:
    by = new_signing_certificate("A. Officer", "Exbourne", "tenders@exbourne.example", letter_examples.MADE_AT)
    pdf = render(compose(letter_examples.inputs("B05")), made_at=letter_examples.MADE_AT).data
    seen = signature_appearance(("Signed",), (260.0, 62.0))
    at = letter_examples.MADE_AT
    return LetterSigner(by).sign(pdf, appearance=seen, reason="r", location="l", name="n", at=at)


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_seeds() -> Iterator[bytes]:
    body = (
        '<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Title</w:t></w:r></w:p>'
        '<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>a</w:t><w:tab/><w:br/></w:r>'
        '<w:del><w:r><w:delText>b</w:delText></w:r></w:del><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        "<w:tbl><w:tr><w:sdt><w:sdtContent><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:sdtContent></w:sdt></w:tr></w:tbl>"
        "<w:p><w:r><w:drawing><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:drawing></w:r></w:p>"
    )
    styles = '<w:styles><w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style></w:styles>'
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="2"><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnote></w:footnotes>'
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = {"word/document.xml": document, "word/styles.xml": styles, "word/footnotes.xml": notes}
    yield parcel({name: text.encode() for name, text in parts.items()})


RELS = (
    '<Relationships><Relationship Id="r" Type="x/attachedTemplate" Target="https://e.example/t" TargetMode="External"/>'
    '<Relationship Id="s" Type="x/hyperlink" Target="https://e.example" TargetMode="External"/></Relationships>'
)


def document_seeds() -> Iterator[bytes]:
    office = {
        "[Content_Types].xml": b"<Types>macroEnabled</Types>",
        "word/_rels/document.xml.rels": RELS.encode(),
        "word/document.xml": b'<w:instrText xml:space="preserve"> DDEAUTO c </w:instrText>',
        "word/vbaProject.bin": b"x",
        "word/embeddings/a.bin": b"y",
    }
    yield parcel(office)
    yield b"a.docx\n" + zipped([(name.encode(), data) for name, data in office.items()])
    odt = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": b'<draw:image xlink:href="https://e.example/a.png"/>',
        "META-INF/manifest.xml": b"<manifest/>",
        "Basic/a.xml": b"",
    }
    yield parcel(odt)
    yield b"a.doc\n\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage\0_VBA_PROJECT\0".encode("utf-16-le")
    yield b"a.rtf\n{\\rtf1 \\object\\objdata 0 {\\*\\template http://e.example} INCLUDEPICTURE}"
    yield b'a.svg\n<svg onload="x"><image href="//e.example/a"/></svg>'
    yield b"a.pdf\n<!doctype html><script>"
    yield b"a.txt\nMZ"


def hidden_seeds() -> Iterator[bytes]:
    parts = {
        "docProps/core.xml": b"<cp:coreProperties><dc:creator>Jo</dc:creator><cp:lastModifiedBy>Sam</cp:lastModifiedBy></cp:coreProperties>",
        "docProps/custom.xml": b"<Properties><property name='a'><vt:lpwstr>b</vt:lpwstr></property></Properties>",
        "word/header1.xml": b"<w:hdr><w:p><w:r><w:t>Head &amp; foot</w:t></w:r></w:p></w:hdr>",
        "word/comments.xml": b'<w:comments><w:comment w:author="Lee" w:initials="L"><w:t>why</w:t></w:comment></w:comments>',
        "word/_rels/document.xml.rels": RELS.encode(),
        "xl/workbook.xml": b'<workbook><sheets><sheet name="One" sheetId="1"/></sheets></workbook>',
        "ppt/slides/slide1.xml": b"<p:sld><a:t>Slide</a:t></p:sld>",
        "word/media/a.png": b"x",
    }
    yield parcel(parts)
    yield b"a.pdf\n" + signed()
    yield from (b"a.pdf\n" + one for one in pdf_seeds())
    yield from document_seeds()


def pdf_seeds() -> Iterator[bytes]:
    objects = zlib.compress(b"7 0 << /S /Launch /F (calc.exe) >>")
    yield (
        b"%%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction 7 0 R /AA << /WC << /S /URI /URI (https://e.example) >> >> "
        b"/AcroForm << /XFA [] >> /Names << /J#61vaScript 3 0 R /EmbeddedFiles 4 0 R >> >>\nendobj\n"
        b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>stream\n%s\nendstream\nendobj\n"
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 8 /Root 1 0 R >>\nstartxref\n330\n%%%%EOF\n"
    ) % (len(objects), objects)
    yield (
        b"%PDF-1.7\n4 0 obj\n<< /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O ("
        + b"o" * 48
        + b") /U <"
        + b"61" * 48
        + b">"
        b" /OE ("
        + b"e" * 32
        + b") /UE ("
        + b"u" * 32
        + b") /Perms ("
        + b"p" * 16
        + b") /StmF /StdCF /StrF /StdCF /CF << /StdCF"
        b" << /CFM /AESV3 /Length 32 >> >> >>\nendobj\ntrailer\n<< /Encrypt 4 0 R /ID [<6161> <6161>] >>\nstartxref\n9\n%%EOF"
    )


PDF_WORDS = ("/JavaScript", "/JS", "/Launch", "/ObjStm", "/Encrypt 4 0 R", "/OpenAction 7 0 R", "/AA<<", "/S/URI", "/Subtype/3D",
              ">>stream\n", "endstream", " 0 obj\n", "endobj", "startxref\n9\n%%EOF", "%PDF-", "/Filter/FlateDecode", "/ID[<", "#4a")  # fmt: skip


def letter_seeds() -> Iterator[bytes]:
    place = signed().rfind(b"/ByteRange")
    yield b"@%d\n/ByteRange [0 1 2 3]" % place
    yield b"@%d\n1 0 obj\n<< /Type /Catalog >>" % signed().find(b"1 0 obj")
    yield b"@%d\nstartxref\n" % signed().rfind(b"startxref")
    yield (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] /SigFlags 3 >> >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n3 0 obj\n<< /FT /Sig /T (Signature) /V 4 0 R >>\nendobj\n"
        b"4 0 obj\n<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 10 20 30] /Contents <3000> >>\nendobj\n"
        b"xref\n0 5\n0000000000 65535 f \n0000000009 00000 n \n0000000101 00000 n \n0000000152 00000 n \n0000000213 00000 n \n"
        b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n328\n%%EOF\n"
    )
    packed = zlib.compress(b"\1\0\t\0" * 4)
    yield (
        b"%%PDF-1.7\n9 0 obj\n<< /Type /XRef /Size 4 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\n"
        b"endobj\nstartxref\n9\n%%%%EOF\n"
    ) % (len(packed), packed)


def key_seeds() -> Iterator[bytes]:
    wrapped = "QUFB" * 20
    slot = {"kind": "keyring", "name": "0f" * 16, "wrapped": wrapped}
    words = {"kind": "passphrase", "kdf": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 4, "salt": "QUFB" * 4}
    yield json.dumps(
        {"v": 1, "id": "a", "check": "QUFBQUFBQUFBQUFBQUFBQQ==", "slots": [slot, words | {"wrapped": wrapped}]}
    ).encode()
    yield json.dumps({"v": 2, "slots": [{"kind": "later"}]}).encode()


XML_WORDS = (
    '<?xml version="1.0" encoding="',
    "utf-16",
    "utf-7",
    "cp037",
    "<!DOCTYPE x [",
    "<!ENTITY",
    "&amp;",
    "&#0;",
    "<![CDATA[",
    "xmlns:w=",
    "/>",
    "\n==> ",
)


XLSX_WORDS = (
    *XML_WORDS, "<row", ' r="', '<c t="', "<v>", "<f>", "<is><t>", "<rPh>", "<si>", "<xf numFmtId=", "formatCode=", "<mergeCell ref=",
    'hidden="1"', "_x0000_", "_xD83D_", "1e308", 'date1904="1"', "worksheet", "xl/macrosheets/a", "sharedStrings", "mimetype",
)  # fmt: skip


GRID_WORDS = (
    *(f"\n==> {title}\n" for title in ("Tender", "Lots", "Criteria", "Scale", "Bidders", "Bids", "Prices", "Panel", "Documents")),
    "\t#", "\t@", "\t%", "\t=", "\t!#REF!", "\t?1", "\t'", "field\tvalue", "quality_weighting", "price_formula", "places", "yes", "all",
    "2026-09-18 12:00", "18/09/2026", "0.333333333333333", "999999999999999999", "B01 B02", "bid", "bidder", "criterion", "parent",
)  # fmt: skip


DOCX_WORDS = (*XML_WORDS, "<w:p>", "<w:tbl>", "<w:tr>", "<w:tc>", "<w:r>", "<w:t>", "<w:footnoteReference w:id=", "<w:sdt>",
               "<w:txbxContent>", "<w:vanish/>", "<w:outlineLvl w:val=", 'w:styleId="', '<w:name w:val="heading 1"', "mc:Fallback")  # fmt: skip


def form_seeds() -> Iterator[bytes]:
    """A filled form as small as one can be, with its fields in plain sight and in a packed stream."""
    for packed in (False, True):
        pdf = pikepdf.new()
        pdf.add_blank_page()
        fields = [pikepdf.Dictionary(T="found", V=pikepdf.Name("/2")), pikepdf.Dictionary(T="keep", V="Plain words")]
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(one) for one in fields]))
        out = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        pdf.save(out, object_stream_mode=mode, static_id=True)
        yield out.getvalue()
