"""The form about the process as a file: shared by those who send it and those who read it back."""

from __future__ import annotations

import re
from datetime import datetime

from evalpanel.domain.tender import Lot
from evalpanel.services.questions import shipped_form
from evalpanel.services.tenders import OpenTender


def form_mark(tender: OpenTender, lot: Lot) -> str:
    """What the form says of itself when it comes back: its version, the tender, the lot. It never says whose it is."""
    return f"{shipped_form().version} {tender.tender_id[:8]} {lot.lot}"


def form_file(tender: OpenTender, lot: Lot) -> str:
    """The file name of the form of one lot."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", f"{tender.reference}-{lot.lot}-about-the-process").strip("-.")
    return f"{name}.pdf"


def form_pdf(tender: OpenTender, lot: Lot, *, made_at: datetime) -> bytes:
    """The form of one lot: an accessible PDF that any reader can fill in."""
    # reportlab takes 0.2 s to import, and only documents need it.
    from evalpanel.formats.feedback_form_pdf import FormAbout, render

    assert tender.pack.tender is not None
    about = FormAbout(
        authority=tender.pack.tender.authority,
        reference=tender.reference,
        title=tender.pack.tender.title if len(tender.pack.lots) == 1 else f"{tender.pack.tender.title}: {lot.title}",
        mark=form_mark(tender, lot),
    )
    return render(shipped_form(), about, made_at=made_at)
