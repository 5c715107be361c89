"""Who a row is about: its name and kind, its place, and the site of the register that is meant."""

import re
import unicodedata
from dataclasses import replace

from app.core.vietnamese import without_prefix
from app.core.vocabulary import SiteKind
from app.imports.answers import NEW
from app.imports.drafts import Draft
from app.imports.matching import Match, short_name
from app.imports.remarks import (
    KIND_ASSUMED,
    MATCH,
    MATCH_OPEN,
    NO_SUCH_SITE,
    NORMALISED,
    REGISTER_DIFFERS,
    SEVERAL_COMMUNES,
    SPACES,
    UNKNOWN_PLACE,
)
from app.imports.words import plain

_MARK = re.compile(r"\s*(?:\(([0-9]{1,2})\)|\*+|[¹²³⁴⁵⁶⁷⁸⁹])\s*$")
_ODD_SPACES = re.compile("[\u00a0\u2000-\u200b\u202f\ufeff]")
_ZONE = re.compile(r"(?:kcn|khu cong nghiep|khu cn)(?: |$)")
_CLUSTER = re.compile(r"(?:ccn|cum cong nghiep|cum cn)(?: |$)")
_NAMED = frozenset({"investor", "managing_body"})
"""What the register has ids of, and officers' files names."""
_PLACE_AFTER = re.compile(
    r"(?:\s*,|\s+[-–]|\s*\()\s*((?:xã|phường|thị trấn|huyện|thị xã|thành phố|TP|TT)\s[^()]*)\)?$",
    re.IGNORECASE,
)
_CRAFT = re.compile(r"lang nghe(?: |$)")


def identify(draft: Draft) -> None:
    """Give a row its name, kind, groups and place, and match it."""
    written = draft.text("name")
    out, answer = draft.out, draft.answer
    name, place = _divided(str(answer.values.get("name") or cleaned(draft, written)))
    kind = kind_of(draft, name)
    out.name, out.kind = short_name(kind, name), kind.value
    out.group = [group.title for group in draft.body.groups if group.kind is None]
    communes = _place(draft, draft.text("place") or place)
    out.match = match_of(draft, kind, out.name, draft.context.province, communes)


def match_of(
    draft: Draft, kind: SiteKind, name: str, province: str | None, communes: tuple[str, ...]
) -> Match:
    """Return the site that is answered, or that name and place mean; one may be confirmed."""
    answer, sites = draft.answer, draft.context.candidates.sites
    if answer.match == NEW:
        return Match()
    if answer.match is not None:
        site = sites.by_id.get(answer.match)
        if site is None:
            draft.refuse(NO_SUCH_SITE, id=answer.match)
        return Match(answer.match, "answered", site.name if site else None)
    found = sites.match(kind, name, province, communes)
    if answer.confirmed and found.id:
        return replace(found, needs_confirmation=False)
    if found.needs_confirmation:
        draft.warn(MATCH_OPEN if found.candidates else MATCH, name=name)
    return found


def cleaned(draft: Draft, written: str) -> str:
    """Return a name without odd spaces, decomposed letters and marks of footnotes."""
    if unicodedata.normalize("NFC", written) != written:
        draft.warn(NORMALISED, "name")
    if _ODD_SPACES.search(written):
        draft.warn(SPACES, "name")
    name = " ".join(_ODD_SPACES.sub(" ", unicodedata.normalize("NFC", written)).split())
    mark = _MARK.search(name)
    if mark is None:
        return name
    if mark.group(1) in draft.context.footnotes:
        draft.out.further["footnotes"] = {mark.group(1): draft.context.footnotes[mark.group(1)]}
    return name[: mark.start()]


def kind_of(draft: Draft, name: str) -> SiteKind:
    """Return the kind that the name, a group, the officer or the title says, in this order."""
    words = plain(name)
    for pattern, kind in (
        (_ZONE, SiteKind.zone),
        (_CLUSTER, SiteKind.cluster),
        (_CRAFT, SiteKind.craft_village),
    ):
        if pattern.match(words) and without_prefix(name) != name:
            return kind
    of_groups = [found for one in draft.body.groups if (found := one.kind or one.of_kind)]
    if of_groups:
        return of_groups[-1]
    if not draft.context.is_of_one_kind:
        draft.warn(KIND_ASSUMED, "name", kind=draft.context.kind.value)
    return draft.context.kind


def _divided(name: str) -> tuple[str, str]:
    """Return a name and the place that is written after it, as in "CCN Một, xã Yên Bình"."""
    found = _PLACE_AFTER.search(name)
    return (name[: found.start()], found.group(1)) if found else (name, "")


def _place(draft: Draft, written: str) -> tuple[str, ...]:
    """Keep the place of a row; return the communes that it may be in."""
    text = " ".join(written.split())
    if chosen := draft.answer.values.get("commune_code"):
        draft.out.place = {"text": text or None, "commune_code": chosen}
        return (str(chosen),)
    if not text:
        return ()
    named = draft.context.places.communes(text)
    codes = tuple(dict.fromkeys(code for one in named for code in one))
    draft.out.place = {"text": text, "commune_code": codes[0] if len(codes) == 1 else None}
    if len(codes) > 1:
        draft.out.place["candidates"] = list(codes)
    if len(named) > 1:
        draft.warn(SEVERAL_COMMUNES, "place", communes=list(codes))
    elif not codes and draft.context.province:
        draft.warn(UNKNOWN_PLACE, "place", text=text)
    return codes


def compare(draft: Draft) -> None:
    """Warn where the register has another value of an attribute than the file says first."""
    match = draft.out.match
    site = draft.context.candidates.sites.by_id.get(match.id or "") if match else None
    for attribute, (value, since) in (site.state_on(draft.context.day) if site else {}).items():
        if attribute in _NAMED:
            continue
        stated = [s for s in draft.out.statements if attribute in s.values]
        if stated and stated[0].values[attribute] != value:
            draft.warn(
                REGISTER_DIFFERS,
                attribute=attribute,
                register=value,
                register_from=since,
                file=stated[0].values[attribute],
                file_from=stated[0].effective_from,
            )
