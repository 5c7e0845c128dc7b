"""The language of a report, told by its small words."""

from __future__ import annotations

from collections.abc import Sequence

_SMALL_WORDS = {
    "en": "the of and is are no with there in to or for was by from on at this has be "
    "not without right left",
    "de": "der die das und ist kein keine nicht mit im am vom zum zur bei ohne eine "
    "einer des den beidseits rechts links auch wird wurde als nach auf geb",
    "fr": "le la les des du et est de pas une un sans avec par droite gauche au aux en "
    "à dans il ans",
    "es": "el los las del y con sin en una por para se no derecho derecha izquierdo "
    "izquierda de la años",
    "it": "il lo gli della dei del di e con non nei nel una un destro sinistro per "
    "in da dal si anni",
    "nl": "de het een en van geen met rechts links is zijn niet aan op door voor bij "
    "om onder jaar",
    "pl": "w i z na bez nie do po się oraz dnia jest lat od prawej lewej dr nr",
    "pt": "o os as do da dos e com sem em na no uma um por direita esquerda para ao à "
    "de não anos",
    "sv": "och i av med ingen inga på till är en ett för den det som höger vänster "
    "från utan år",
}
_LANGUAGES = tuple(_SMALL_WORDS)
_MOST_WORDS = 400
_FEWEST = 2
_BYTE = 8  # of a number with a count for each language


def _counted() -> dict[str, int]:
    counted: dict[str, int] = {}
    for at, words in enumerate(_SMALL_WORDS.values()):
        for word in set(words.split()):
            counted[word] = counted.get(word, 0) + (1 << _BYTE * at)
    return counted


_COUNTED = _counted()
_ALL = frozenset(_COUNTED)


def language_of(words: Sequence[str]) -> str:
    """Give the language of some words as ISO 639-1; ``""`` when it is not clear."""
    met = _ALL.intersection(map(str.lower, words[:_MOST_WORDS]))
    counts = sum(map(_COUNTED.__getitem__, met)).to_bytes(len(_LANGUAGES), "little")
    most = max(counts)
    alone = most >= _FEWEST and counts.count(most) == 1
    return _LANGUAGES[counts.index(most)] if alone else ""
