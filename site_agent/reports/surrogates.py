"""Made-up values in the place of what was taken out of a report, on request.

The same person, place or number of a patient gets the same made-up one in all of the
patient's reports, and another with another patient, so that reports can be read on and
compared but not joined over patients. Dates move by the patient's own days, as those in
the films' headers do, so that the time between two of them is kept. What cannot be made
up without saying something false (times of day, days without a year, ages over 89)
keeps its placeholder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.text.dates import MONTHS, find_dates
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold, key_of

_ONSETS = (
    *("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"),
    *("br", "dr", "fl", "gr", "kl", "pr", "st", "tr"),
)
_VOWELS = ("a", "e", "i", "o", "u")
_CODAS = ("l", "m", "n", "r", "s", "nd", "rk", "st")
_WORDS_AND_FIGURES = re.compile(r"[^\W\d_]+|\d+")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]")
_MONTH_AND_YEAR = re.compile(
    r"(?:(?P<word>[^\W\d_]{3,14})[.,]?|(?P<month>\d\d?))"
    r"(?: (?:del? )?|[/.-])(?P<year>(?:19|20)\d\d)"
)
_MIDDLE_OF_MONTH = 15


@dataclass(frozen=True, slots=True)
class Surrogates:
    """Makes up what stands in for the identifiers of one patient.

    Attributes
    ----------
    pseudonyms : Pseudonyms
        The site's; without their key nobody can tell what a surrogate stands for.
    patient : str
        The patient's pseudonym.
    month_first : bool
        Whether ``3/4/2018`` is the fourth of March.
    """

    pseudonyms: Pseudonyms
    patient: str
    month_first: bool = False

    def instead(self, span: Span, written: str) -> str:
        """Give what takes the place of `written`, which `span` found.

        Names keep their number of words, initials and capitals, numbers their length
        and separators. Dates become ISO 8601 (``2017-02-24``, ``2017-02``).
        """
        match span.category:
            case Category.NAME | Category.PLACE:
                return _WORDS_AND_FIGURES.sub(lambda m: self._word(m[0]), written)
            case Category.ID | Category.PHONE:
                return self._number(written)
            case Category.DATE:
                return self._date(written) or str(span.category)
            case Category.EMAIL:
                return f"{self._word(written.partition('@')[0]).lower()}@mail.example"
            case Category.URL:
                return f"https://{self._word(written).lower()}.example"
            case _:
                return str(span.category)

    def _word(self, written: str) -> str:
        """Make up a word, or a number, that is the same for all spellings of one."""
        if written.isdigit():
            return self._number(written)
        draw = self._draw("name", key_of(written))
        if len(written) == 1:
            letter = "abcdefghijklmnoprstvw"[next(draw) % 21]
            return letter.upper() if written.isupper() else letter
        made = "".join(
            _ONSETS[next(draw) % len(_ONSETS)] + _VOWELS[next(draw) % len(_VOWELS)]
            for _ in range(2)
        )
        made += _CODAS[next(draw) % len(_CODAS)]
        if written.isupper():
            return made.upper()
        return made if written.islower() else made.capitalize()

    def _number(self, written: str) -> str:
        """Make up each letter and digit; the same number has the same, however set."""
        bare = "".join(_LETTERS_AND_DIGITS.findall(fold(written)))
        draw = self._draw("number", bare)

        def made(match: re.Match[str]) -> str:
            drawn = next(draw)
            if match[0].isdigit():
                return str(drawn % 10)
            letter = "abcdefghijklmnopqrstuvwxyz"[drawn % 26]
            return letter.upper() if match[0].isupper() else letter

        return _LETTERS_AND_DIGITS.sub(made, written)

    def _date(self, written: str) -> str:
        shift = dt.timedelta(self.pseudonyms.date_shift_days(self.patient))
        folded = fold(written)
        days = next((found.days for found in find_dates(folded) if found.days), ())
        if days:
            # Two readings come in the order of the calendar.
            first, last = days[0], days[-1]
            wanted = first if self._is_first(folded, first) else last
            return (wanted - shift).isoformat()
        match = _MONTH_AND_YEAR.search(folded)
        if match is None:
            return ""
        month = MONTHS.get(match["word"] or "") or int(match["month"] or 0)
        if not 1 <= month <= 12:
            return ""
        middle = dt.date(int(match["year"]), month, _MIDDLE_OF_MONTH)
        return (middle - shift).isoformat()[:7]

    def _is_first(self, folded: str, day: dt.date) -> bool:
        """Whether `day` is what the first two numbers say in the order in use."""
        figures = [int(figure) for figure in re.findall(r"\d+", folded)][:2]
        order = [day.month, day.day] if self.month_first else [day.day, day.month]
        return figures == order

    def _draw(self, kind: str, value: str) -> Iterator[int]:
        """Give numbers that follow from key, patient, kind and value."""
        for block in range(1 << 16):
            told = f"{self.patient}/{block}/{value}"
            yield from bytes.fromhex(self.pseudonyms.token(f"surrogate-{kind}", told))


def surrogates_of(
    pseudonyms: Pseudonyms, identifiers: Mapping[str, str], report: str, language: str
) -> Surrogates:
    """Make the surrogates of a report's patient.

    The patient is told by ``patient_id`` (and ``issuer_of_patient_id``) beside the
    report; without one the report stands for itself, by its id.
    """
    told = {fold(kind).replace("_", ""): value for kind, value in identifiers.items()}
    number = next((told[k] for k in ("patientid", "mrn", "pid") if told.get(k)), "")
    issuer = told.get("issuerofpatientid", "")
    patient = (
        pseudonyms.patient(number, issuer)
        if number
        else pseudonyms.patient(report, "report without a patient")
    )
    return Surrogates(pseudonyms, patient, month_first=language[:2] == "en")
