"""Times, phones and numbers that show by their form, as a country writes them.

Every pattern is bounded, so that none goes back over more than a few dozen characters.
"""

from __future__ import annotations

import re

from site_agent.deidentify.text.dates import NO_DECIMAL
from site_agent.deidentify.text.spans import Category, Span

_NUMBERS = re.compile(
    rf"(?<![\w/]){NO_DECIMAL}"
    r"""(?:
      (?P<TIME>
          (?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?)?(?![\d:])
        | (?:[01]?\d|2[0-4])[.h][0-5]\d\s?(?:uhr|h|hrs?)\b
        | (?:[01]?\d|2[0-3])\s?h\s?[0-5]\d\b
        | (?:[01]\d|2[0-3])[0-5]\d\s?(?:hrs?|hours|uhr)\b
        | (?:1[0-2]|[1-9])\s?(?:[ap]\.m\b\.?|pm\b)
      )
    | (?P<PHONE>
          (?:\+|00)\d{1,3}[\s./-]?(?:\(0\)[\s./-]?)?\(?\d{1,5}\)?(?:[\s./-]?\d{2,5}){1,5}
        | \(0[\d ]{1,6}\)\s?\d{2,9}(?:[\s-]\d{2,6}){0,3}
        | 00\s\d{1,3}(?:\s\d{1,4}){2,6}
        | 0\d{1,5}\s?[\s/-]\s?\d{3,9}(?:[\s-]\d{2,6}){0,3}
        | 0\d{1,3}[\s./]\d\d(?:[\s.]\d\d){2,3}
        | 0\d{2,4}\s-\s\d{2,3}(?:\s\d{2,3}){1,3}
        | 0-\d{1,3}(?:[\s-]\d{2,4}){2,4}
        | \(\d{2,4}\)\s?\d{2,4}(?:[\s-]\d{2,4}){1,3}
        | 1[\s.-]\(?[2-9]\d\d\)?[\s.-]\d{3}[\s.-]\d{4}(?:\s?x\d{1,5})?
        | 1[38]\d\d\s\d{3}\s\d{3}
        | 0\d{1,4}-\d{2,9}(?:\s\d{2,4}){0,4}
        | 0\d(?:[\s.-]\d\d){4}
        | \(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{3,4}(?:\s?x\d{1,5})?
        | \(\d\d\)\s?9?\d{4}-\d{4}
        | [1-9]\d[\s/-]\d{3}\s\d\d\s\d\d
        | 0\s[1-9]\d\s\d{3}\s\d\d\s\d\d
        | 3\d\d\s\d\d\s\d\d\s\d{3}
        | [269]\d\d?(?:[\s.]\d{2,3}){3}
        | \d{3}[\s.]\d\d[\s.]\d\d[\s.]\d\d
      )(?![\w]|[.,-]\d)
    | (?P<ID>
          \d{1,3}(?:\.\d{1,40}){5,20}
        | [a-z]\s\d{3}\s\d{3}\s\d{3}
        | [a-z]{2,6}-\d{4,8}-[a-z]{1,3}
        | [12]\d{12}\s\d\d
        | [a-z]{1,6}[-/_.]?\d{1,4}[-/_]\d{3,12}(?:[-/_]\d{1,12}){0,3}
        | [a-z]\d{6}\s\d(?!\d|[.,]\d|\s?(?:mm|cm|x))
        | [a-z]{1,6}[-/_]?\d{5,20}
        | (?!n[ro]\.|id\.)[a-z]{1,3}\.\d{5,10}
        | (?!n[ro]\.|id\.)[a-z]{2,3}\.\d{4,10}\.\d{2,10}
        | [a-z]{2,4}-[a-z]\d{4,8}
        | [a-z]\d\s\d{5}
        | \d{5}\.\d(?!\s?(?:mm|cm|ml|mg|ng|pg|kg|g|u|iu|\u00b5))
        | \d\d\s\d{8}\s\d\d
        | \d{6}\s[a-z](?=\s?[,;.)|/\n]|$)
        | \d{6}\s\d{4}(?!\d)
        | \d{4}\.\d{4}(?!\d|\s?(?:mm|cm|ml))
        | \d{6,24}(?:[-/]\d{1,8}){0,3}[a-z]?
        | (?!(?:19|20)\d\d[-/](?:19|20)\d\d(?!\d))
          \d{2,6}[-/]\d{4,12}[a-z]?(?:[-/]\d{1,8}){0,2}
        | \d\d-\d\d-\d\d(?!-|\s?(?:mm|cm))
        | \d\d(?:\s\d\d){3}(?!\s?\d|\s?(?:mm|cm|x|/))
        | \d{1,2}\.\d{3}\.\d{3}-[\dkx]
        | \d{3}-\d{2}-\d{4}[a-z]?
        | \d{3}\s\d{2}\s\d{4}
        | \d{3}[\s.]\d{3}[\s.]\d{3}(?:[\s.-]\d{2,3})?
        | \d{3,4}\.\d\d\.\d{3}
        | \d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}
        | [1-9]\s\d\d\s\d\d\s\d[\dab]\s\d{3}\s\d{3}(?:\s(?:/\s)?\d\d)?
        | \d(?:\s\d\d){4}(?:\s\d{3}){2}(?:\s\d\d)?
        | [a-z]{6}\d\d\s?[a-z]\d\d\s?[a-z]\d{3}[a-z]
        | \d{7,10}-?[a-z]
        | \d\d\s\d{6}\s[a-z]\s\d{3}
      )(?!\w|[.,]\d)
    )
    """,
    re.VERBOSE,
)
_KINDS = {
    "TIME": (Category.TIME, "time-form"),
    "PHONE": (Category.PHONE, "phone-form"),
    "ID": (Category.ID, "id-form"),
}


def number_at(folded: str, start: int) -> Span | None:
    """Find the time, phone or number whose form begins at `start`."""
    match = _NUMBERS.match(folded, start)
    if match is None:
        return None
    category, rule = _KINDS[str(match.lastgroup)]
    return Span(start, match.end(), category, rule)
