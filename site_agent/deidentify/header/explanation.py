"""The profile in words, row by row, for the people who answer for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.content import CONTENT_SEQUENCES
from site_agent.deidentify.header.denial import TECHNICAL_TEXT, never_stands
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.profile import DENIED, Rule, load_profile
from site_agent.deidentify.header.treatment import Handling, by_option

BASIC = "Basic Profile"
BEYOND = "beyond the table"

WORDS: Mapping[str, str] = {
    "X": "removed",
    "Z": "emptied",
    "D": "replaced by a dummy",
    "U": "replaced by a keyed pseudonym",
    "X/Z": "removed; emptied where a film must have it",
    "X/D": "removed; replaced by a dummy where a film must have it",
    "Z/D": "emptied; replaced by a dummy where a film must have a value",
    "X/Z/D": "removed; where a film must have it, emptied or replaced by a dummy",
    "X/Z/U*": "removed; where a film must have it, emptied, or kept with new UIDs",
}
"""What the actions of the Basic Profile mean, compound ones too (PS3.15 E.1.1)."""

_ITEMS = "kept, with every attribute in it treated by its own rule"
_HANDLED: Mapping[Handling, tuple[str, str]] = {
    Handling.RETAIN: ("K", "kept"),
    Handling.MOVE: ("C", "moved by the patient's days"),
    Handling.WORDS: ("C", "kept as far as its words are known to be harmless"),
    Handling.STATION: ("C", "replaced by a keyed pseudonym"),
}
_TOO_NEW = "removed; the data dictionary does not know it yet"
_PATIENT_ID, _MEDIA_STORAGE_INSTANCE = 0x00100020, 0x00020003


@dataclass(frozen=True, slots=True)
class Line:
    """What is done to one attribute, or to a kind of attributes.

    Attributes
    ----------
    tag, name : str
        As in PS3.6; of a content item its code and scheme.
    code : str
        Action of PS3.15 E.1.1.
    action : str
        The same in words.
    because : str
        The option that says so, the Basic Profile, or that the table does not list it.
    """

    tag: str
    name: str
    code: str
    action: str
    because: str


def explain(options: Options) -> Iterator[Line]:
    """Give every rule that is in force.

    What holds for groups and kinds of values comes first, then Table E.1-1, what stays
    beyond it, and last what single options add: content items and private attributes.
    """
    yield from _general(options)
    for tag, rule in sorted(load_profile().rules.items()):
        known = attributes().get(tag)
        vrs = tuple(known.vr.split(" or ")) if known else ()
        yield _line(_written(tag), rule, vrs, options, tag)
    for tag in sorted(TECHNICAL_TEXT):
        action = "kept if it reads like technical text, else removed or emptied"
        yield Line(_written(tag), attributes()[tag].keyword, "K", action, BEYOND)
    if Option.CLEAN_STRUCTURED_CONTENT in options.others:
        yield from _content(options)
    if Option.SAFE_PRIVATE in options.others:
        for (group, creator, last), safe in load_profile().safe_private.items():
            tag_of_any_block = f"({group:04X},xx{last:02X})"
            name, action = f"{creator}: {safe.name}", "kept if it looks as it should"
            yield Line(tag_of_any_block, name, "C", action, Option.SAFE_PRIVATE)


def _line(
    tag: str, rule: Rule, vrs: tuple[str, ...], options: Options, number: int
) -> Line:
    if number == _PATIENT_ID:
        return Line(tag, rule.name, "D", WORDS["U"], BASIC)
    if not vrs:
        return Line(tag, rule.name, "X", _TOO_NEW, BEYOND)
    if never_stands(number) and number != _MEDIA_STORAGE_INSTANCE:
        return Line(tag, rule.name, "X", "removed with its group", BASIC)
    handling = by_option(rule, vrs, options)
    if handling is None:
        return Line(tag, rule.name, rule.basic, WORDS[rule.basic], BASIC)
    code, action = _HANDLED[handling]
    if vrs == ("SQ",):
        action = _ITEMS
        if number in CONTENT_SEQUENCES:
            action = "kept, with every content item treated by its concept (below)"
    if handling is Handling.MOVE:
        action = _moves(vrs[0], options)
    if vrs == ("AS",):
        action = "kept; an age over 89 years becomes 090Y"
    moves = {Option.MODIFIED_DATES} if handling is Handling.MOVE else options.others
    because = [option for option in Option if option in moves & rule.options.keys()]
    return Line(tag, rule.name, code, action, ", ".join(because))


def _moves(vr: str, options: Options) -> str:
    if options.dates is Dates.SHIFT_WITH_TIMES:
        return "moved by the patient's days and part of a day"
    days = "moved by the patient's days"
    return f"{days}; the time of day is removed" if vr == "DT" else days


def _content(options: Options) -> Iterator[Line]:
    because = str(Option.CLEAN_STRUCTURED_CONTENT)
    for (code, scheme, kind), rule in load_profile().content.items():
        said = [each for each in Option if each in options.chosen & {*rule.options}]
        name = f"{rule.name} ({kind})"
        if said:
            action = "kept, cleaned as its value asks"
            letter = rule.options[said[0]]
            yield Line(f"{code} {scheme}", name, letter, action, ", ".join(said))
        elif rule.basic == "X":
            yield Line(f"{code} {scheme}", name, "X", WORDS["X"], because)
        else:
            yield Line(f"{code} {scheme}", name, "D", WORDS["D"], because)
    action = "words cleaned; names and times removed; numbers and codes kept"
    yield Line("any other concept", "Content items", "C", action, because)


def _general(options: Options) -> Iterator[Line]:
    removed = WORDS["X"]
    safe = Option.SAFE_PRIVATE in options.others
    private = "removed, but for those listed below" if safe else removed
    because = str(Option.SAFE_PRIVATE) if safe else BASIC
    yield Line("(gggg,eeee) odd", "Private attributes", "X", private, because)
    yield Line("(gggg,0000)", "Group lengths", "X", removed, BEYOND)
    meta = "Command, meta and directory groups"
    anew = "removed; the meta group is made anew"
    yield Line("(0000-0006,eeee)", meta, "X", anew, BASIC)
    for tag, name in _NEVER:
        yield Line(tag, name, "X", removed, BASIC)
    yield Line(
        "(0070,0009)",
        "Graphic objects but points, circles and ellipses",
        *("X", removed, BEYOND),
    )
    yield Line(
        "(0008,0005)",
        "Specific Character Set",
        "X",
        "removed; UTF-8 where an option keeps letters that ASCII does not have",
        BEYOND,
    )
    unknown = "Attributes that are not in the data dictionary"
    yield Line("any", unknown, "X", removed, BEYOND)
    uids, keeps = "UIDs that the standard does not register", Option.UIDS
    if keeps in options.others:
        yield Line("any UI", uids, "K", "kept", keeps)
    else:
        yield Line("any UI", uids, "U", WORDS["U"], BASIC)
    listed = "Text, names, dates and bytes that are not listed below"
    yield Line("any text", listed, DENIED, WORDS[DENIED], BEYOND)
    stays = "kept if they look like such"
    yield Line("any other", "Numbers and code strings", "K", stays, BEYOND)


_NEVER = (
    ("(50xx,eeee)", "Curves"),
    ("(60xx,eeee)", "Overlays"),
    ("(0070,0209)", "Compound graphics"),
    ("(0400,0500)", "Encrypted Attributes Sequence"),
    ("(4FFE,eeee)", "MAC parameters"),
    ("(FFFA,eeee)", "Digital signatures"),
    ("(FFFC,FFFC)", "Trailing padding"),
)


def _written(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
