"""Whose a file of a tender pack is: its bidder, lot, criterion and envelope, from the place where it lies.

A mapping that a person gives comes first, then the pack's Documents sheet, then the names of folders and files
(docs/formats/mapping.md). Every file ends in exactly one entry. What could be a bid is never taken for a document of
the tender, which the whole panel may read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.mapping_names import (
    bidders_named,
    criteria_named,
    is_envelope_folder,
    lots_named,
    speaks_of_prices,
    without_token,
)
from evalpanel.domain.tender import Bidder, BidderCode, CriterionCode, DocumentEntry, EnvelopeKind, LotCode

_BIDS = "bids"
_KNOWN_SHOWN = 40
_Code = TypeVar("_Code", BidderCode, LotCode, CriterionCode)


def map_documents(
    paths: Sequence[str],
    pack: TenderPack,
    corrections: Sequence[DocumentEntry] = (),
    *,
    bids_at_top: bool = False,
) -> tuple[tuple[DocumentEntry, ...], tuple[Problem, ...]]:
    """Say for every file of a pack, in the order of `paths`, whose it is; with what stops and what is worth knowing.

    `pack` holds the tender's lots, criteria, bidders and bids and the Documents sheet; `corrections` is a mapping that
    a person gave. `bids_at_top`: the pack brings bids only, so its top folders are bidders where it has no `bids/`.
    """
    return _Mapper(paths, pack, bids_at_top).map(corrections)


def envelope_for(path: str, bidder: BidderCode | None) -> EnvelopeKind:
    """The envelope of a document for which nobody has named one: by its bidder, and by the name of its file."""
    if bidder is None:
        return EnvelopeKind.COMMON
    return EnvelopeKind.PRICE if speaks_of_prices(_stem(path)) else EnvelopeKind.QUALITY


class _Mapper:
    """One pack while its files are given out. Problems gather in the order in which they are met."""

    def __init__(self, paths: Sequence[str], pack: TenderPack, bids_at_top: bool) -> None:
        self._paths = paths
        self._listed = frozenset(paths)
        self._by_key: dict[str, list[str]] = {}
        for path in paths:
            self._by_key.setdefault(_key(path), []).append(path)
        self._pack = pack
        self._bidders = {bidder.bidder: bidder for bidder in pack.bidders}
        self._lots = [lot.lot for lot in pack.lots]
        self._criteria = {criterion.criterion: criterion for criterion in pack.criteria}
        self._parents = {criterion.criterion: criterion.parent for criterion in pack.criteria}
        self._problems: list[Problem] = []
        self._named_folders: dict[str, tuple[BidderCode, ...]] = {}
        self._told: set[str] = set()
        self._bids_only = bids_at_top and not any(map(_is_in_bids, paths))
        self._wrapped = self._bids_only and self._one_folder_holds_the_bidders()

    def map(self, corrections: Sequence[DocumentEntry]) -> tuple[tuple[DocumentEntry, ...], tuple[Problem, ...]]:
        said = self._said(self._pack.documents, "Documents", "the Documents sheet")
        said |= {
            path: self._corrected(entry) for path, entry in self._said(corrections, "mapping", "the mapping").items()
        }
        entries = tuple(said[path] if path in said else self._understood(path) for path in self._paths)
        return entries, tuple(self._problems)

    def _stop(self, where: str, what: str) -> None:
        self._problems.append(Problem(where, what))

    def _note(self, where: str, what: str) -> None:
        self._problems.append(Problem(where, what, stops=False))

    # What people said -----------------------------------------------------------------------------------------------

    def _said(self, given: Sequence[DocumentEntry], where: str, what: str) -> dict[str, DocumentEntry]:
        """The entries that a person gave, by the path as it is listed."""
        held: dict[str, DocumentEntry] = {}
        for entry in given:
            found = [entry.path] if entry.path in self._listed else self._by_key.get(_key(entry.path), [])
            if len(found) == 1 and found[0] not in held:
                held[found[0]] = self._in_its_envelope(
                    replace(entry, path=found[0], title=entry.title or _stem(found[0]))
                )
            elif found and found[0] not in held:
                self._stop(where, f"“{entry.path}” in {what} may be any of: {', '.join(found)}.")
            else:
                why = "is named twice" if found else "is not among the files, but it is named"
                self._stop(where, f"“{entry.path}” {why} in {what}.")
        return held

    def _in_its_envelope(self, entry: DocumentEntry) -> DocumentEntry:
        """The entry with an envelope of its bidder's: what belongs to a bid is never common."""
        if entry.bidder is None or entry.envelope is not EnvelopeKind.COMMON:
            return entry
        return replace(entry, envelope=envelope_for(entry.path, entry.bidder))

    def _corrected(self, entry: DocumentEntry) -> DocumentEntry:
        """An entry of a mapping with its codes as the tender writes them; what cannot be stops."""
        if entry.bidder is None and entry.envelope is not EnvelopeKind.COMMON:
            what = f"“{entry.path}” has no bidder, so it cannot lie in the {entry.envelope} envelope. Name its bidder."
            self._stop("mapping", what)
        if entry.bidder is None and self._bidder_of(entry.path, told=False):
            what = "It lies with a bid, and the mapping makes it a document of the tender, open to the whole panel."
            self._note(entry.path, what)
        return replace(
            entry,
            bidder=self._known(entry.bidder, self._bidders, entry.path, "bidder"),
            lot=self._known(entry.lot, self._lots, entry.path, "lot"),
            criterion=self._known(entry.criterion, self._criteria, entry.path, "criterion"),
        )

    def _known(self, code: _Code | None, known: Iterable[_Code], path: str, what: str) -> _Code | None:
        if code is None:
            return None
        codes = list(known)
        found = [other for other in codes if _key(other) == _key(code)]
        if not found:
            self._stop("mapping", f"“{path}”: there is no {what} “{code}”. {_listing(codes)}")
        return found[0] if found else code

    # What names say -------------------------------------------------------------------------------------------------

    def _understood(self, path: str) -> DocumentEntry:
        held = self._bidder_of(path)
        if held is None:
            self._note(path, "Nobody claims it. It went to the tender's own documents, which the whole panel may read.")
            return DocumentEntry(path, title=_stem(path))
        bidder, folders = held
        if bidder is None:  # a problem that stops was told; nothing of a bid is ever common
            return DocumentEntry(path, envelope=EnvelopeKind.QUALITY, title=_stem(path))
        name = without_token(without_token(_stem(path), bidder), self._bidders[bidder].name)
        lots, texts = self._lots_in([name, *reversed(folders)])
        lot = self._one_lot(path, bidder, lots)
        criterion = self._one_criterion(path, texts, lot)
        envelope = EnvelopeKind.PRICE if any(map(speaks_of_prices, texts)) else EnvelopeKind.QUALITY
        if envelope is EnvelopeKind.PRICE and criterion is not None:
            what = f"Its name speaks of prices and names criterion {criterion}: it is sealed with the prices until they are opened."
            self._note(path, f"{what} If it holds no price, say so in a mapping.")
        return DocumentEntry(path, bidder, lot, criterion, envelope, _stem(path))

    def _bidder_of(self, path: str, *, told: bool = True) -> tuple[BidderCode | None, list[str]] | None:
        """The bidder in whose folder a file lies (None: unknown, and told), with the other folders that say something
        about it; None for a file that lies with no bid."""
        folders = path.split("/")[:-1]
        if self._bids_only:
            return self._in_a_bidders_folder(path, folders[1:] if self._wrapped else folders, told)
        if _is_in_bids(path):
            return self._in_a_bidders_folder(path, folders[1:], told)
        for at, folder in enumerate(folders):
            bidders = self._who(folder)
            if len(bidders) == 1 and not folder.strip().isdigit():
                if told:
                    where = "/".join(folders[: at + 1])
                    self._once(
                        where,
                        f"It lies outside bids/ and is named like bidder {bidders[0]}, so it is taken as theirs.",
                        stops=False,
                    )
                return bidders[0], folders[:at] + folders[at + 1 :]
        return None

    def _in_a_bidders_folder(self, path: str, folders: list[str], told: bool) -> tuple[BidderCode | None, list[str]]:
        at = 0
        while at < len(folders) and not self._who(folders[at]) and self._sorts(folders[at]):
            at += 1
        if at == len(folders):
            if told:
                what = "It lies among the bids and in no bidder's folder. Put it into one, or say whose it is in a mapping."
                self._stop(path, what)
            return None, []
        folder, bidders = folders[at], self._who(folders[at])
        where = path.split(f"/{folder}/")[0] + f"/{folder}" if f"/{folder}/" in path else folder
        if told and not bidders:
            self._once(where, f"No bidder is known under this name. {_listing(self._pack.bidders)}")
        if told and len(bidders) > 1:
            self._once(
                where, f"It may be any of these bidders: {', '.join(bidders)}. Name the folder by the bidder's code."
            )
        return (bidders[0] if len(bidders) == 1 else None), folders[:at] + folders[at + 1 :]

    def _who(self, folder: str) -> tuple[BidderCode, ...]:
        """The bidders that a folder may be, by their codes and names, else by the code of one of their bids."""
        if folder not in self._named_folders:
            found = bidders_named(folder, self._pack.bidders)
            by_bid = dict.fromkeys(bid.bidder for bid in self._pack.bids if _key(bid.bid) == _key(folder))
            self._named_folders[folder] = found or tuple(code for code in by_bid if code in self._bidders)
        return self._named_folders[folder]

    def _sorts(self, folder: str) -> bool:
        """Whether a folder holds bidders' folders: one for each lot or envelope, as some portals make them."""
        lots, rest = lots_named(folder, self._lots)
        return is_envelope_folder(folder) or (bool(lots) and not rest.strip(" _-"))

    def _one_folder_holds_the_bidders(self) -> bool:
        tops = {path.split("/")[0] for path in self._paths}
        seconds = {path.split("/")[1] for path in self._paths if path.count("/") > 1}
        return len(tops) == 1 and not self._who(next(iter(tops))) and any(map(self._who, seconds))

    def _once(self, where: str, what: str, *, stops: bool = True) -> None:
        if where not in self._told:
            self._told.add(where)
            self._problems.append(Problem(where, what, stops))

    def _lots_in(self, texts: Iterable[str]) -> tuple[list[LotCode], list[str]]:
        """The lots that names speak of, and the names without them."""
        found: dict[LotCode, None] = {}
        left = []
        for text in texts:
            lots, rest = lots_named(text, self._lots)
            found.update(dict.fromkeys(lots))
            left.append(rest)
        return list(found), left

    def _one_lot(self, path: str, bidder: BidderCode, lots: list[LotCode]) -> LotCode | None:
        if len(lots) > 1:
            self._note(
                path, f"Its name speaks of several lots ({', '.join(lots)}), so it stands for all of the bidder's."
            )
            return None
        theirs = {bid.lot for bid in self._pack.bids if bid.bidder == bidder}
        if lots and theirs and lots[0] not in theirs:
            what = f"Its name speaks of lot {lots[0]}, for which {bidder} made no bid, so it stands for all of the bidder's lots."
            self._note(path, what)
            return None
        return lots[0] if lots else None

    def _one_criterion(self, path: str, texts: Iterable[str], lot: LotCode | None) -> CriterionCode | None:
        """The criterion that the file's name holds, or else the nearest folder that names one."""
        found = next(filter(None, (criteria_named(text, self._parents) for text in texts)), ())
        if len(found) > 1:
            self._note(path, f"Its name holds several criteria ({', '.join(found)}), so it stands for no single one.")
        if len(found) != 1:
            return None
        if lot is not None and not self._criteria[found[0]].applies_to(lot):
            self._note(
                path, f"Its name holds criterion {found[0]}, which is not asked in lot {lot}, so it stands for none."
            )
            return None
        return found[0]


def _key(text: str) -> str:
    """A path or code as it is compared: people type another case, `\\` for `/`, one space for two,
    or accents in another form."""
    slashed = " ".join(unicodedata.normalize("NFC", text).split()).replace("\\", "/")
    return unicodedata.normalize("NFC", slashed.removeprefix("./").casefold())


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and len(ending) <= 5 and " " not in ending and not ending.isdigit() else name


def _is_in_bids(path: str) -> bool:
    return "/" in path and path.partition("/")[0].casefold() == _BIDS


def _listing(known: Sequence[str] | Sequence[Bidder]) -> str:
    """What is known, to choose from."""
    if not known:
        return "The tender names none."
    told = [f"{item.bidder} ({item.name})" if isinstance(item, Bidder) else item for item in known]
    more = f" and {len(told) - _KNOWN_SHOWN} more" if len(told) > _KNOWN_SHOWN else ""
    return f"Known: {', '.join(told[:_KNOWN_SHOWN])}{more}."
