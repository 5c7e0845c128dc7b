"""A language of the labeler, read from its data pack.

A pack says what words mean: findings, organs and their states, cues. It becomes one
automaton over words (`site_agent.label.automaton`). A further language is a further
``.toml`` beside ``en.toml``, never code.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from protos.statistics_pb2 import Observation
from site_agent.label.automaton import Node, let_adverbs_stand, walk
from site_agent.label.sections import Section
from site_agent.label.sentences import Abbreviations, abbreviation
from site_agent.label.wordforms import Row, WordForms, read_forms

_Observations = tuple[Observation.ValueType, ...]
_SLOTS = _CLEARLY, _FULLY = "~", "~~"  # any adverbs; those of completeness too


class PackError(ValueError):
    """A data pack names an observation or a cue that there is none of."""


class Kind(Enum):
    """What a phrase does in a sentence; the cues are described in the pack."""

    FINDING = "finding"
    NEAR = "near"
    SIGN = "sign"
    ORGAN = "organ"
    ABNORMAL = "abnormal"
    BORDERLINE = "borderline"
    DOUBTFUL = "doubtful"
    NORMAL = "normal"
    SOUND = "sound"
    NOTHING = "nothing"
    DISEASE = "disease"
    DENIAL = "denial"
    NO_NEW = "no_new"
    DENIED = "denied"
    NO_DENIAL = "no_denial"
    WITHIN = "within"
    DOUBT = "doubt"
    CAUSE_DOUBT = "cause_doubt"
    NO_DOUBT = "no_doubt"
    INFERENCE = "inference"
    DOUBTED = "doubted"
    VAGUE = "vague"
    UNSAID = "unsaid"
    EITHER = "either"
    AND = "and"
    VERSUS = "versus"
    NOT_NOW = "not_now"
    PAST = "past"
    REMAINS = "remains"
    BREAK = "break"
    LINK = "link"
    CAUSE = "cause"
    SECONDARY = "secondary"
    PRESENT = "present"
    SUBJECT = "subject"
    UNCHANGED = "unchanged"
    COPULA = "copula"
    POSSIBLE = "possible"
    ABSENT = "absent"
    UNFOUND = "unfound"
    UNEXCLUDED = "unexcluded"
    EXCLUDED = "excluded"
    NOT = "not"
    RATIO = "ratio"

    __hash__ = object.__hash__  # members are single; a set of kinds is asked often


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means.

    Attributes
    ----------
    observations
        What it asserts; empty for cues and for other organs.
    supposed
        What else is in doubt where the finding is.
    implied
        What is in doubt where the finding is there or in doubt, for CheXpert's labeler.
    """

    kind: Kind
    observations: _Observations = ()
    supposed: _Observations = ()
    implied: _Observations = ()


@dataclass(frozen=True, slots=True)
class Sides:
    """Words that tell one of two findings from the other: ``left``, ``apical``.

    Attributes
    ----------
    words
        Of sides and places.
    articles
        What else may stand between them and their noun.
    """

    words: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()


NO_SIDES = Sides()


@dataclass(frozen=True, slots=True)
class Pack:
    """A language: its automaton and how far it can be trusted."""

    language: str
    status: str
    root: Node
    headings: Mapping[str, Section]
    forms: WordForms | None  # None where words are read as they are written
    abbreviation: Abbreviations
    sides: Sides


@cache
def languages() -> tuple[str, ...]:
    """Give the languages that there is a pack for."""
    packs = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(p.removesuffix(".toml") for p in packs if p.endswith(".toml")))


@cache
def load(language: str = "en") -> Pack:
    """Read a language's pack.

    Raises
    ------
    PackError
        The pack names something that does not exist.
    FileNotFoundError
        There is no pack for the language.
    """
    text = files(__package__).joinpath(f"{language}.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    root = Node()
    rows = [(row, what) for phrase, what in _phrases(tables) for row in expand(phrase)]
    rows.append((("?",), Meaning(Kind.POSSIBLE)))  # asks in every language
    rows += [((sign,), Meaning(Kind.DOUBT)) for sign in ("+/-", "\u00b1")]
    sides = tables.get("sides", {})
    lone = [(word,) for name in sides for word in sides[name].split()]
    adverbs = _adverbs(tables.get("adverbs", {}))
    every = itertools.chain((row for row, _ in rows), lone, *adverbs.values())
    forms = read_forms(tables, every)
    for row, meaning in forms.rows(rows) if forms else rows:
        _add(root, row, meaning)
    let_adverbs_stand(root, {name: _read(adverbs[name], forms) for name in adverbs})
    return Pack(
        tables["language"],
        tables["status"],
        root,
        _headings(tables),
        forms,
        _abbreviation(tables.get("sentences", {})),
        _sides(sides, forms),
    )


def expand(phrase: str) -> Iterator[tuple[str, ...]]:
    """Give every row of words that a phrase stands for.

    What lets adverbs stand (``~``) is a word here, and may be left out.

    Raises
    ------
    PackError
        A bar joins nothing: ``a | b``, and not ``a|b``. Or what lets adverbs stand
        stands at an end.

    Examples
    --------
    >>> sorted(expand("?left pleural effusion|fluid"))[0]
    ('left', 'pleural', 'effusion')
    """
    slots = []
    names = phrase.split()
    if names[0] in _SLOTS or names[-1] in _SLOTS:
        raise PackError(f"{phrase!r}: adverbs stand between words")
    for slot in names:
        words = slot.removeprefix("?").split("|")
        if "" in words:
            raise PackError(f"{phrase!r}: a bar joins single words, without a space")
        choices: list[tuple[str, ...]] = [(word,) for word in words]
        optional = slot.startswith("?") or slot in _SLOTS
        slots.append([*choices, ()] if optional else choices)
    for chosen in itertools.product(*slots):
        yield tuple(itertools.chain.from_iterable(chosen))


def _phrases(
    tables: dict[str, dict[str, list[str]]],
) -> Iterator[tuple[str, Meaning]]:
    for name, phrases in tables["findings"].items():
        yield from _each(phrases, Meaning(Kind.FINDING, _observation(name)))
    for kind in (Kind.NEAR, Kind.SIGN):
        for name, phrases in tables.get(kind.value, {}).items():
            yield from _each(phrases, Meaning(kind, _observation(name)))
    for name, phrases in tables.get("supposed", {}).items():
        yield from _each(phrases, Meaning(Kind.FINDING, supposed=_observation(name)))
    for name, phrases in tables.get("implied", {}).items():
        yield from _each(phrases, Meaning(Kind.FINDING, implied=_observation(name)))
    for name, phrases in tables["organs"].items():
        named = () if name == "OTHER" else _observation(name)
        yield from _each(phrases, Meaning(Kind.ORGAN, named))
    yield from _each(tables["nothing"]["all"], Meaning(Kind.NOTHING))
    yield from _each(tables["nothing"].get("disease", ()), Meaning(Kind.DISEASE))
    abnormal = Meaning(Kind.NOTHING, (Observation.NO_FINDING,))
    yield from _each(tables["nothing"].get("abnormal", ()), abnormal)
    for table in ("states", "cues"):
        for name, phrases in tables[table].items():
            try:
                kind = Kind(name)
            except ValueError as error:
                raise PackError(f"{table}.{name} is no kind of phrase") from error
            yield from _each(phrases, Meaning(kind))


def _abbreviation(written: Mapping[str, list[str]]) -> Abbreviations:
    return abbreviation(
        written.get("abbreviations", ()), written.get("before_small", ())
    )


def _sides(written: Mapping[str, str], forms: WordForms | None) -> Sides:
    """Read the words of sides as the words of a sentence are read."""
    read = []
    for name in ("words", "articles"):
        rows = [(word,) for word in written.get(name, "").split()]
        read.append(set(_read(rows, forms)))
    words, articles = (frozenset(word for (word,) in rows) for rows in read)
    return Sides(words, articles)


def _adverbs(written: Mapping[str, list[str]]) -> dict[str, list[Row]]:
    """Read what the slots of a phrase stand for that let adverbs stand there."""
    clear, full = (
        [row for phrase in written.get(name, ()) for row in expand(phrase)]
        for name in ("clearly", "fully")
    )
    return {_CLEARLY: clear, _FULLY: clear + full}


def _read(rows: Iterable[Row], forms: WordForms | None) -> list[Row]:
    """Read rows of words as the words of a sentence are read."""
    meant = [(row, None) for row in rows]
    return [row for row, _ in (forms.rows(meant) if forms else meant) if row]


def _headings(tables: Mapping[str, dict[str, list[str]]]) -> dict[str, Section]:
    """Read the headings; a pack without them takes every text for findings."""
    sections: dict[str, Section] = {}
    for name, labels in tables.get("headings", {}).items():
        try:
            section = Section(name)
        except ValueError as error:
            raise PackError(f"headings.{name} is no section of a report") from error
        sections |= dict.fromkeys(labels, section)
    return sections


def _each(phrases: Iterable[str], meaning: Meaning) -> Iterator[tuple[str, Meaning]]:
    for phrase in phrases:
        yield phrase, meaning


def _observation(name: str) -> tuple[Observation.ValueType, ...]:
    if name not in Observation.keys():  # noqa: SIM118  an enum wrapper is no mapping
        raise PackError(f"{name} is no observation of CheXpert")
    return (Observation.Value(name),)


def _add(root: Node, words: tuple[str, ...], meaning: Meaning) -> None:
    node = walk(root, words)
    for known in node.meanings:
        if known.kind is meaning.kind:
            both = _joined(known, meaning)
            node.meanings = tuple(both if m is known else m for m in node.meanings)
            return
    node.meanings = (*node.meanings, meaning)


def _joined(one: Meaning, other: Meaning) -> Meaning:
    """Give a phrase of two tables what both say."""
    return Meaning(
        one.kind,
        tuple(dict.fromkeys(one.observations + other.observations)),
        tuple(dict.fromkeys(one.supposed + other.supposed)),
        tuple(dict.fromkeys(one.implied + other.implied)),
    )
