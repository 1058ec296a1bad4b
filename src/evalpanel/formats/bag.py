"""A BagIt bag as a tender pack: what lies under `data/` is the pack, and every byte of it is compared with its digest.

A bag lists its files with digests, so that a person can be told what is missing, added or altered on the way. The tag
files and the lists are checked when the bag is opened; each file is compared in the same pass that seals it.

Source: RFC 8493, *The BagIt File Packaging Format (V1.0)* (docs/formats/bagit.md).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from evalpanel.domain.intake import Problem, ProblemsFound
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.formats.bag_tags import (
    Declaration,
    TagError,
    decoded,
    read_declaration,
    read_info,
    read_manifest,
    read_oxum,
    refused,
)
from evalpanel.formats.pack_names import collisions, junk, junk_notes, key, why_refused
from evalpanel.formats.pack_streams import Listed, refusal, stream
from evalpanel.system.files import in_words, shown

DECLARATION = "bagit.txt"
MOST_TAG_BYTES = 64 << 20
MOST_TAG_BYTES_IN_ALL = 1 << 30
_MOST_PROBLEMS = 200
_DATA = "data/"
_INFO = "bag-info.txt"
_FETCH = "fetch.txt"
_MANIFEST = re.compile(r"(?P<tag>tag)?manifest-(?P<algorithm>[A-Za-z0-9-]+)\.txt")
# Names as RFC 8493, 2.4 makes them: lower case, letters and digits only.
_ALGORITHMS = {
    "sha512": "SHA-512",
    "sha384": "SHA-384",
    "sha256": "SHA-256",
    "sha224": "SHA-224",
    "sha3512": "SHA3-512",
    "sha3256": "SHA3-256",
    "sha1": "SHA-1",
    "md5": "MD5",
}
_HASHLIB = {"sha3512": "sha3_512", "sha3256": "sha3_256"}
_WEAK = frozenset({"sha1", "md5"})
_TOLD_OF_INFO = ("source-organization", "external-identifier")


@dataclass(frozen=True, slots=True)
class _Manifest:
    """One manifest: which digest it gives to which file. `algorithm` is None when it is not known here."""

    name: str
    algorithm: str | None
    digests: dict[str, str]

    @property
    def is_weak(self) -> bool:
        return self.algorithm in _WEAK


@dataclass(frozen=True, slots=True)
class _Expected:
    """The digest that a file must have by one manifest."""

    manifest: str
    algorithm: str
    digest: str


def top_of_bag(listed: Iterable[Listed]) -> str | None:
    """The folder that holds the bag, with its `/` (empty: the pack is the bag itself), or None where there is no bag."""
    paths = {item.path for item in listed if not item.is_folder and junk(item.path) is None}
    if DECLARATION in paths:
        return ""
    tops = {path.partition("/")[0] for path in paths}
    top = f"{tops.pop()}/" if len(tops) == 1 else ""
    return top if top and f"{top}{DECLARATION}" in paths else None


def bags_inside(listed: Iterable[Listed]) -> Iterator[Problem]:
    """A note for each bag that lies beside other files or deeper, and is therefore read as a folder like any other."""
    for item in listed:
        if not item.is_folder and item.path.endswith(f"/{DECLARATION}"):
            what = "A BagIt bag lies in this folder, not round the whole pack. Its digests were not compared."
            yield Problem(shown(item.path), what, stops=False)


def read_bag(
    name: str, listed: Sequence[Listed], top: str, before: Sequence[Problem] = ()
) -> tuple[list[Listed], list[Problem]]:
    """The payload of the bag in the folder `top`, with paths from `data/` on, and what is wrong or worth knowing.

    Reading a file of it compares its digests before the last bytes are handed over. Raises EvalPanelError when
    `bagit.txt`, a manifest or a tag file cannot be relied on, with every such problem and those found `before`.
    """
    files, folders, left_out = [], [], []
    for item in listed:
        inside = replace(item, path=item.path.removeprefix(top))
        by = junk(item.path)
        if item.is_folder:
            folders.append(inside)
        elif by is not None and not item.path.startswith(top):
            left_out.append((item.path, by))
        else:
            files.append(inside)
    payload = [item for item in files if item.path.startswith(_DATA)]
    tags = {item.path: item for item in files if not item.path.startswith(_DATA)}

    declaration = _declaration(tags)
    _rely(name, [*_name_problems(files, folders), *_too_large(tags.values())], before)
    manifests, tag_manifests, problems = _manifests(declaration, tags, {item.path for item in payload})
    _rely(name, problems, before)
    _rely(name, list(_tag_problems(tag_manifests, tags)), before)

    problems = [*_fetch_problems(tags), *_incomplete(declaration, manifests, payload)]
    problems.extend(_info_problems(declaration, tags, manifests, payload))
    problems.extend(_notes(declaration, manifests, tags, payload))
    problems.extend(junk_notes(left_out))
    verified = [_verified(item, manifests) for item in payload]
    below = [replace(item, path=item.path.removeprefix(_DATA)) for item in folders if item.path.startswith(_DATA)]
    return verified + below, problems


def _rely(name: str, problems: list[Problem], before: Sequence[Problem]) -> None:
    if problems:
        told = [*problems, *(problem for problem in before if problem.stops)][:_MOST_PROBLEMS]
        what = "Nothing was kept. Ask for the bag again, whole."
        raise ProblemsFound(f"The bag “{shown(name)}” cannot be relied on.", told, what)


# The tag files ------------------------------------------------------------------------------------------------------


def _content(item: Listed) -> bytes:
    if item.size > MOST_TAG_BYTES:
        raise TagError(f"It holds {in_words(item.size)}; such a file holds at most {in_words(MOST_TAG_BYTES)}.")
    try:
        with stream(item.blocks()) as file:
            return file.read()
    except Cancelled:
        raise
    except EvalPanelError as error:
        raise TagError(str(error)) from error


def _declaration(tags: dict[str, Listed]) -> Declaration:
    try:
        return read_declaration(_content(tags[DECLARATION]))
    except TagError as error:
        raise refused(DECLARATION, error) from error


def _name_problems(files: list[Listed], folders: list[Listed]) -> Iterator[Problem]:
    """What is wrong with the names outside the payload; those inside are checked as in any pack."""
    outside = [item.path for item in files if not item.path.startswith(_DATA)]
    for path in outside:
        why = why_refused(path)
        if why is not None:
            yield Problem(shown(path), why)
        elif key(path).startswith(_DATA):
            yield Problem(shown(path), "Its folder differs from “data” only by capitals.")
    yield from collisions(outside, (item.path for item in folders if not item.path.startswith(_DATA)))


def _too_large(tags: Collection[Listed]) -> Iterator[Problem]:
    total = sum(item.size for item in tags)
    if total > MOST_TAG_BYTES_IN_ALL:
        limit = in_words(MOST_TAG_BYTES_IN_ALL)
        yield Problem("data", f"Outside this folder the bag holds {in_words(total)}; there may be at most {limit}.")


def _manifests(
    declaration: Declaration, tags: dict[str, Listed], payload: set[str]
) -> tuple[list[_Manifest], list[_Manifest], list[Problem]]:
    """The manifests of the payload, those of the tag files, and what keeps them from being relied on."""
    of_payload: list[_Manifest] = []
    of_tags: list[_Manifest] = []
    problems: list[Problem] = []
    for path in sorted(tags):
        found = _MANIFEST.fullmatch(path)
        if found is None:
            continue
        is_of_tags = found["tag"] is not None
        algorithm = re.sub("-", "", found["algorithm"].lower())
        manifest = _Manifest(path, algorithm if algorithm in _ALGORITHMS else None, {})
        try:
            _fill(manifest, decoded(_content(tags[path]), declaration), set(tags) if is_of_tags else payload)
        except TagError as error:
            problems.append(Problem(path, str(error)))
        else:
            problems.extend(_out_of_place(manifest, is_of_tags))
        (of_tags if is_of_tags else of_payload).append(manifest)
    if not of_payload:
        problems.append(Problem("manifest-sha512.txt", "The bag has no manifest: nothing says what it should hold."))
    elif all(manifest.algorithm is None for manifest in of_payload):
        problems.append(Problem(of_payload[0].name, "No manifest of the bag is of a kind that is read here (SHA-512)."))
    problems.extend(
        Problem(manifest.name, f"It is not listed in {tagged.name}, which must list every manifest.")
        for tagged in of_tags
        for manifest in of_payload
        if declaration.is_final and manifest.name not in tagged.digests
    )
    return of_payload, of_tags, problems


def _fill(manifest: _Manifest, text: str, there: set[str]) -> None:
    digits = _hash(manifest.algorithm).digest_size * 2 if manifest.algorithm else None
    for line in read_manifest(text, digits):
        path = next((meaning for meaning in line.paths if meaning in there), line.paths[0])
        if manifest.digests.setdefault(path, line.digest) != line.digest:
            raise TagError(f"It gives two digests to “{shown(path)}”.")


def _out_of_place(manifest: _Manifest, is_of_tags: bool) -> Iterator[Problem]:
    for path in manifest.digests:
        if is_of_tags and path.startswith((_DATA, "tagmanifest-")):
            yield Problem(manifest.name, f"It lists “{shown(path)}”, which is no tag file that may stand there.")
        elif not is_of_tags and not path.startswith(_DATA):
            yield Problem(manifest.name, f"It lists “{shown(path)}”, which lies outside the folder “data”.")


def _tag_problems(manifests: list[_Manifest], tags: dict[str, Listed]) -> Iterator[Problem]:
    """What tag manifests say and the tag files do not keep."""
    for path in sorted({path for manifest in manifests for path in manifest.digests}):
        if path not in tags:
            by = next(manifest.name for manifest in manifests if path in manifest.digests)
            yield Problem(shown(path), f"It is listed in {by} and is missing from the bag.")
            continue
        try:
            with stream(_compared(path, tags[path], _expected(path, manifests))) as file:
                while file.read(1 << 18):
                    pass
        except Cancelled:
            raise
        except EvalPanelError as error:
            yield Problem(shown(path), error.title)


# The payload --------------------------------------------------------------------------------------------------------


def _fetch_problems(tags: dict[str, Listed]) -> Iterator[Problem]:
    if _FETCH in tags:
        what = (
            "The bag wants files of it to be fetched from elsewhere. evalpanel never does that, since it would tell "
            "others who reads what. Ask for the bag with all its files inside."
        )
        yield Problem(_FETCH, what)


def _incomplete(declaration: Declaration, manifests: list[_Manifest], payload: list[Listed]) -> Iterator[Problem]:
    """Files that are listed and missing, and files that are there and not listed."""
    there = {item.path for item in payload}
    for path in sorted({path for manifest in manifests for path in manifest.digests} - there):
        by = next(manifest.name for manifest in manifests if path in manifest.digests)
        yield Problem(shown(path), f"It is listed in {by} and is missing from the bag.")
    for item in payload:
        without = [manifest.name for manifest in manifests if item.path not in manifest.digests]
        if not without or junk(item.path) is not None:
            continue
        if len(without) == len(manifests):
            yield Problem(shown(item.path), "It is in the bag and in no manifest: nobody said that it belongs there.")
        elif declaration.is_final:
            yield Problem(shown(item.path), f"It is not listed in {without[0]}, which must list every file.")


def _info_problems(
    declaration: Declaration, tags: dict[str, Listed], manifests: list[_Manifest], payload: list[Listed]
) -> Iterator[Problem]:
    """What `bag-info.txt` tells, and whether the number and size of the files are as it says."""
    if _INFO not in tags:
        return
    try:
        info = read_info(decoded(_content(tags[_INFO]), declaration))
        oxums = [read_oxum(value) for label, value in info if label.casefold() == "payload-oxum"]
    except TagError as error:
        yield Problem(_INFO, f"It was left out of account. {error}", stops=False)
        return
    for label, value in info:
        if label.casefold() in _TOLD_OF_INFO and value:
            yield Problem(_INFO, f"{shown(label)}: {shown(value)}", stops=False)
    declared = {path for manifest in manifests for path in manifest.digests}
    counted = [item for item in payload if item.path in declared or junk(item.path) is None]
    octets = sum(item.size for item in counted)
    for oxum in oxums:
        if (oxum.octets, oxum.files) != (octets, len(counted)):
            said, held = f"{oxum.files} files of {oxum.octets} bytes", f"{len(counted)} of {octets} bytes"
            yield Problem(_INFO, f"Its Payload-Oxum says that the bag holds {said} in all, and it holds {held}.")


def _notes(
    declaration: Declaration, manifests: list[_Manifest], tags: dict[str, Listed], payload: list[Listed]
) -> Iterator[Problem]:
    known = [manifest for manifest in manifests if manifest.algorithm is not None]
    kinds = " and ".join(_ALGORITHMS[manifest.algorithm] for manifest in known if manifest.algorithm)
    files = "file is" if len(payload) == 1 else "files are"
    yield Problem(
        DECLARATION,
        f"This is a BagIt bag (version {declaration.version}). Its {len(payload)} {files} compared with {kinds} digests.",
        stops=False,
    )
    for manifest in manifests:
        if manifest.algorithm is None:
            what = "Its digests are of a kind that is not read here. They were not compared; its list of files was."
            yield Problem(manifest.name, what, stops=False)
    by_weak = {path for manifest in known if manifest.is_weak for path in manifest.digests}
    by_strong = {path for manifest in known if not manifest.is_weak for path in manifest.digests}
    if by_weak - by_strong:
        kinds = " and ".join(_ALGORITHMS[manifest.algorithm] for manifest in known if manifest.algorithm in _WEAK)
        what = f"{kinds} finds damage and not forgery: who wants to can make another file of the same digest."
        yield Problem(next(manifest.name for manifest in known if manifest.is_weak), what, stops=False)
    own = (DECLARATION, _INFO, _FETCH)
    others = sorted(path for path in tags if path not in own and not _MANIFEST.fullmatch(path) and not junk(path))
    if others:
        more = f" Nor are {len(others) - 1} more." if len(others) > 1 else ""
        what = f"It lies outside the folder “data” and is not kept.{more}"
        yield Problem(shown(others[0]), what, stops=False)


def _expected(path: str, manifests: Iterable[_Manifest]) -> tuple[_Expected, ...]:
    return tuple(
        _Expected(manifest.name, manifest.algorithm, manifest.digests[path])
        for manifest in manifests
        if manifest.algorithm is not None and path in manifest.digests
    )


def _verified(item: Listed, manifests: list[_Manifest]) -> Listed:
    blocks = partial(_compared, item.path, item, _expected(item.path, manifests))
    return replace(item, path=item.path.removeprefix(_DATA), blocks=blocks)


def _hash(algorithm: str) -> hashlib._Hash:
    # These digests find damage; whom the bag comes from is not told by them, and the weak ones are noted.
    return hashlib.new(_HASHLIB.get(algorithm, algorithm), usedforsecurity=False)


def _compared(path: str, item: Listed, expected: Sequence[_Expected]) -> Generator[bytes, None, None]:
    """The content of a file; its last block only when every digest of it is right."""
    if not expected:
        raise refusal(path, "No manifest of the bag gives a digest for it.")
    running = [_hash(one.algorithm) for one in expected]
    held: bytes | None = None
    for block in item.blocks():
        if held is not None:
            yield held
        for digest in running:
            digest.update(block)
        held = block
    for one, digest in zip(expected, running, strict=True):
        if digest.hexdigest() != one.digest:
            kind = _ALGORITHMS[one.algorithm]
            raise refusal(path, f"It was altered or damaged: its {kind} digest is not the one in {one.manifest}.")
    yield held or b""
