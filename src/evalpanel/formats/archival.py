"""A laid-out PDF becomes an accessible and archival one: its structure, its description and its colours are written in.

PDF/UA-1 (ISO 14289-1) for people who hear it, PDF/A-2a (ISO 19005-2) for those who keep it; with attachments PDF/A-3a
(ISO 19005-3). The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from evalpanel.formats import srgb
from evalpanel.formats.structure_tree import StructureTree

if TYPE_CHECKING:
    from evalpanel.formats.form_fields import Form
    from evalpanel.formats.paper import Particulars
    from evalpanel.formats.tagging import Structure

PRODUCER = "evalpanel"
_CODE = re.compile(rb"<([0-9A-F]{2})> <([0-9A-F]{4,8})>")


@dataclass(frozen=True, slots=True)
class SignatureField:
    """Where a signature will stand: its name, what is heard of it, its page (from 1) and left, bottom, right, top."""

    name: str
    words: str
    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file: its name, what it is in words, its kind (`application/json`), its bytes."""

    name: str
    words: str
    kind: str
    data: bytes


def archived(
    laid_out: bytes,
    structure: Structure,
    about: Particulars,
    made_at: datetime,
    *,
    signature: SignatureField | None = None,
    attachments: Sequence[Attachment] = (),
    form: Form | None = None,
) -> bytes:
    """The file with everything that makes it last and be heard. `made_at` is the time (UTC) that it says it was made."""
    with pikepdf.open(BytesIO(laid_out)) as pdf:
        root = pdf.Root
        if form is not None and signature is not None:
            raise AssertionError("a form is filled in after it was made, so it is not signed")
        widget = _signature_widget(pdf, signature) if signature else None
        StructureTree(pdf, widget, fields=_form_widgets(pdf, form)).write(structure)
        root.MarkInfo = Dictionary(Marked=True)
        root.Lang = String(about.language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.OutputIntents = Array([_output_intent(pdf)])
        _mend_character_maps(pdf)
        for attachment in attachments:
            _attach(pdf, attachment, made_at)
        _describe(pdf, about, made_at.astimezone(UTC), part=3 if attachments else 2)
        return _saved(pdf)


def mended(drawn: bytes) -> bytes:
    """A page that will be drawn into another file (the appearance of a signature), fit for an archival one."""
    with pikepdf.open(BytesIO(drawn)) as pdf:
        _mend_character_maps(pdf)
        return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    """The file, with every stream compressed by us.

    Compressed bytes that end like a line leave a reader in doubt whether that end belongs to them, so a strict one finds
    the length of the stream wrong (ISO 19005-2, 6.1.7.1). Those few streams are written in letters (ASCII85).
    """
    for held in pdf.objects:
        if not isinstance(held, pikepdf.Stream) or held.get("/Type") == Name.Metadata:
            continue
        if "/Filter" not in held:
            held.write(zlib.compress(held.read_raw_bytes()), filter=Name.FlateDecode)
        raw = held.read_raw_bytes()
        if raw[-1:] in (b"\r", b"\n"):
            filters = held.Filter if isinstance(held.Filter, Array) else Array([held.Filter])
            held.write(
                base64.a85encode(raw) + b"~>",
                filter=Array([Name.ASCII85Decode, *filters]),
                decode_parms=_parameters(held, len(filters)),
            )
    out = BytesIO()
    pdf.save(
        out,
        min_version="1.7",
        deterministic_id=True,
        fix_metadata_version=False,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    return out.getvalue()


def _parameters(stream: pikepdf.Object, filters: int) -> Array | None:
    """What the filters of a stream are told, with nothing for one more before them."""
    held = stream.get("/DecodeParms")
    if held is None:
        return None
    return Array([Dictionary(), *(held if isinstance(held, Array) else [held] * filters)])


def _form_widgets(pdf: pikepdf.Pdf, form: Form | None) -> list[pikepdf.Object]:
    if form is None:
        return []
    from evalpanel.formats.form_fields import widgets  # it brings reportlab and the fonts, which few documents need

    return widgets(pdf, form)


def _signature_widget(pdf: pikepdf.Pdf, signature: SignatureField) -> pikepdf.Object:
    """The empty field that the signature goes into, where its outline was drawn."""
    page = pdf.pages[signature.page - 1].obj
    left, bottom, right, top = signature.box
    nothing = pdf.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, right - left, top - bottom]),
        Resources=Dictionary(),
    )
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(signature.name),
            TU=String(signature.words),
            Rect=Array(list(signature.box)),
            F=132,  # printed, and its place locked
            P=page,
            AP=Dictionary(N=nothing),
        )
    )
    page.Annots = pdf.make_indirect(Array([*page.get("/Annots", []), widget]))
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([widget]), SigFlags=0))
    return widget


def _mend_character_maps(pdf: pikepdf.Pdf) -> None:
    """Say which characters a font's codes stand for, and nothing of codes that stand for none.

    Reportlab maps unused codes to U+0000, which both standards forbid, and writes more than the 100 of a block (ISO
    32000-1, 9.10.3, with Adobe's technical note 5411).
    """
    for font in pdf.objects:
        if not isinstance(font, Dictionary) or font.get("/Type") != Name.Font or "/ToUnicode" not in font:
            continue
        if font.get("/Subtype") == Name.Type0:  # made by us, and right
            continue
        stream = font.ToUnicode
        head, _, rest = stream.read_bytes().partition(b"endcodespacerange\n")
        codes = [found for found in _CODE.findall(rest) if found[1] != b"0000"]
        blocks = []
        for first in range(0, len(codes), 100):
            part = codes[first : first + 100]
            lines = b"".join(b"<%s> <%s>\n" % code for code in part)
            blocks.append(b"%d beginbfchar\n%sendbfchar\n" % (len(part), lines))
        end = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
        stream.write(head + b"endcodespacerange\n" + b"".join(blocks) + end)


def _output_intent(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """In which colours the file's red, green and blue are meant."""
    return pdf.make_indirect(
        Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String(srgb.NAME),
            Info=String(srgb.NAME),
            RegistryName=String("http://www.color.org"),
            DestOutputProfile=pdf.make_stream(srgb.profile(), N=3),
        )
    )


def _attach(pdf: pikepdf.Pdf, attachment: Attachment, made_at: datetime) -> None:
    """Put a file in, as data that the document was made from."""
    stamp = _stamp(made_at.astimezone(UTC))
    pdf.attachments[attachment.name] = pikepdf.AttachedFileSpec(  # type: ignore[call-arg]  # its stub lacks the relationship
        pdf,
        attachment.data,
        filename=attachment.name,
        mime_type=attachment.kind,
        description=attachment.words,
        relationship=Name.Data,
        creation_date=stamp,
        mod_date=stamp,
    )
    pdf.Root.AF = Array([*pdf.Root.get("/AF", []), pdf.attachments[attachment.name].obj])


def _stamp(at: datetime) -> str:
    return at.strftime("D:%Y%m%d%H%M%SZ")


def _describe(pdf: pikepdf.Pdf, about: Particulars, at: datetime, part: int) -> None:
    """What the file says of itself, in the two places that have to agree."""
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    held = {"/Title": about.title, "/Author": about.author, "/Subject": about.reference}
    for key, text in held.items():
        if text:
            pdf.docinfo[key] = String(text)
    pdf.docinfo["/Creator"] = pdf.docinfo["/Producer"] = String(PRODUCER)
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = String(_stamp(at))
    pdf.Root.Metadata = pdf.make_stream(_xmp(about, at, part).encode(), Type=Name.Metadata, Subtype=Name.XML)


def _xmp(about: Particulars, at: datetime, part: int) -> str:
    """The description as XMP, with the schema of PDF/UA that PDF/A asks for (ISO 19005-2, 6.6.2.3)."""
    title, author, reference = (_xml(text) for text in (about.title, about.author, about.reference))
    when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = (
        f"<dc:title>{_alt(title)}</dc:title>",
        f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>" if author else "",
        f"<dc:description>{_alt(reference)}</dc:description>" if reference else "",
        f"<dc:language><rdf:Bag><rdf:li>{_xml(about.language)}</rdf:li></rdf:Bag></dc:language>",
        "<dc:format>application/pdf</dc:format>",
        f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool><pdf:Producer>{PRODUCER}</pdf:Producer>",
        f"<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>",
        f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
        f'<rdf:Description rdf:about="" {_NAMESPACES}>{"".join(made)}</rdf:Description>'
        f"{_PDFUA_SCHEMA}</rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
    'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"'
)
_PDFUA_SCHEMA = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>The part of ISO 14289 that the file follows</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def _alt(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt>'


def _xml(text: str) -> str:
    """Text for XML, without the characters that XML cannot hold."""
    return escape("".join(char for char in text if char >= " " or char in "\t\n"))
