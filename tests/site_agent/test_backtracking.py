"""No regular expression over reports can hang, whatever a report says.

`tests.site_agent.backtracking` states the criteria. Here they are first held to
patterns whose cost is known, then to every pattern that labelling, de-identification
and reading of reports compile; that none is overlooked is checked against their source.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from importlib.util import find_spec
from operator import or_
from pathlib import Path

import pytest

from tests.site_agent.backtracking import build, findings, parse, steps
from tests.site_agent.patterns_of_reports import NO_PART, ROOMS

ROOT = Path(__file__).parents[2]
MOST_STEPS = 200_000
"""Paths that a pattern may take from one place over `PUMPED` characters of a text."""
PUMPED = 120
PUMPS = (
    *("a", "A", "1", " ", "\n", ".", "-", ",", "/", ":", "'", "(", "é", "_", "\t"),
    *("a ", "A ", "1 ", "Aa ", "a.", "A.", "A. ", "1.", "1/", "1-", "a-", "A-", "a'"),
    *("aA", "a1", "1a", ", ", "a, ", ". ", " \n", "\n ", "Dr. ", "de ", "St. ", "12 "),
)


@dataclass(frozen=True)
class Compiled:
    """A pattern and where it is compiled."""

    module: str
    line: int
    pattern: str
    flags: int


@cache
def compiled() -> tuple[Compiled, ...]:
    """Give the patterns that were compiled while the rooms worked, or stand written."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.site_agent.patterns_of_reports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = {Compiled(*each) for each in json.loads(done.stdout)}
    written = {each for module, path in modules() for each in literals(module, path)}
    return tuple(sorted(seen | written, key=lambda each: (each.module, each.line)))


def modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        spec = find_spec(room)
        assert spec is not None
        assert spec.origin is not None
        for path in sorted(Path(spec.origin).parent.glob("*.py")):
            if not path.stem.startswith((*NO_PART, "__")):
                yield f"{room}.{path.stem}", path


def calls_of_re(path: Path) -> Iterator[ast.Call]:
    """Give each call of a function of `re` that takes a pattern."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in ("escape", "purge")
        ):
            yield node


def literals(module: str, path: Path) -> Iterator[Compiled]:
    """Give the patterns that are written out in a call."""
    for call in calls_of_re(path):
        pattern = call.args[0]
        if not isinstance(pattern, ast.Constant):
            continue
        said = pattern.value
        text = said if isinstance(said, str) else said.decode("latin-1")
        flags = 0
        if call.func.attr == "compile" and len(call.args) > 1:  # type: ignore[attr-defined]
            named = re.findall(r"re\.([A-Z]+)", ast.unparse(call.args[1]))
            flags = reduce(or_, (int(getattr(re, name)) for name in named), 0)
        yield Compiled(module, call.lineno, text, flags)


@cache
def only_matched(module: str) -> frozenset[int]:
    """Give the lines of patterns of which only `match` and `fullmatch` are used."""
    tree = ast.parse(Path(str(find_spec(module).origin)).read_text("utf-8"))  # type: ignore[union-attr]
    lines: dict[str, range] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            last = (node.end_lineno or node.lineno) + 1
            lines[node.targets[0].id] = range(node.lineno, last)
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in lines:
            used.setdefault(node.id, set())
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    return frozenset(
        line
        for name, span in lines.items()
        if used.get(name) and used[name] <= {"match", "fullmatch"}
        for line in span
    )


# ------------------------------------------------------------- the criteria themselves


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(?:a*)*b",
        r"(?:a|a)*b",
        r"(?:a|ab?b?)*c",
        r"(?:a|b|ab)*c",
        r"(?:\w+\s?)*x",
        r"(?:.*)*x",
        r"(?:x+x+)+y",
        r"(?:[a-z]+)*\d",
        r"(?:[\w.-]+)+@",
        r"(?i)(?:ab|Ab)*c",
        r"(?:\d{1,40} ?){1,40}x",
        r"^(?:(?:[a-z])+.)+[A-Z](?:[a-z])+$",
        r"a(?=(?:b+)+c)",
        r"(?:\s*,?\s*)*$",
        r"(?:éa|[à-ü]a)*z",
    ],
)
def test_known_catastrophe_is_called_exponential(pattern: str) -> None:
    assert "exponential" in {found.kind for found in findings(pattern)}


@pytest.mark.parametrize(
    "pattern",
    [
        r"a*a*b",
        r"\w+@",
        r"\s+$",
        r"\d+\.?\d+x",
        r".*x",
        r"\bfoo.*bar",
        r"\n\s*\n",
        r"(?<!\w)\w+\s*\w+x",
        r"(?<![\w.])[\w.]+\d*@",
        r"\w+(?=@)",
        r"(?m)^\s*x",
        r"\b(?:\w+ )+x",
        r"(?:\b\w+\b *)*x",
    ],
)
def test_known_slow_pattern_is_called_polynomial(pattern: str) -> None:
    assert {found.kind for found in findings(pattern)} == {"polynomial"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"abc",
        r"\w+",
        r"[^\W\d_]+(?:'[a-z]+)?",
        r"(?<!\w)\w+@",
        r"\b\w+@",
        r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}",
        r"<[^<>]*>",
        r"^\s*x",
        r"(?m)^[a-z]+:",
        r"(?<!\s)\s+x",
        r"(?<![\w.])\d{1,3}(?:\.\d{1,3})*x",
        r"(?:\.\d{1,40}){5,20}",
        r"a{1,8}b",
        r"(?:no|not)\b[^,;.]{0,200}",
        r"(?:[a-z]|\?(?=[a-z]))+",
        r"(?<!\w)(?:a(?=b)|a(?!b)|b)*c",
    ],
)
def test_known_quick_pattern_is_not_blamed(pattern: str) -> None:
    assert findings(pattern) == []


def test_pattern_that_is_applied_in_one_place_is_not_searched() -> None:
    assert findings(r"\w+@", searched=False) == []


@pytest.mark.parametrize(
    ("pattern", "text", "paths"),
    [
        (r"a+b", "aaaa", 1 + 1 + 1 + 1),
        (r"a*a*b", "aaa", 2 + 3 + 4),
        (r"a{1,3}a{1,3}b", "aaaaaa", 1 + 2 + 3 + 3 + 2 + 1),
        (r"x", "a", 0),
    ],
)
def test_steps_are_the_paths_over_the_beginnings_of_a_text(
    pattern: str, text: str, paths: int
) -> None:
    assert steps(build(*parse(pattern)), text, 1000) == paths


def test_bounded_repeats_within_each_other_take_many_steps() -> None:
    automaton = build(*parse(r"(?:\s?\d{1,40}){1,8}x"), few=64)
    assert steps(automaton, "1" * PUMPED, MOST_STEPS) > MOST_STEPS


# ------------------------------------------------------------------- all our patterns


HARMLESS = {
    # What follows an end is white space, and in white space no other end can begin
    # but a line break, whose run is then taken to its last line break at once.
    ("site_agent.label.sentences", r"[.!?;\n](?:(?<="),
    # These cannot fail once they have begun: their last loop may end anywhere.
    ("site_agent.deidentify.header.indication", r"\b(?:no|not|"),
    ("site_agent.deidentify.header.facts", r"^[ \t]*(?:clinical "),
    # These are applied to values of a header, of 64 characters at the most, and to the
    # few characters before a name.
    ("site_agent.deidentify.text.names", ""),
    ("site_agent.deidentify.header.values", "(?=.{1,24}"),
    ("site_agent.deidentify.text.scrub", r"[^\W\d_]+"),
}
"""Patterns that the criterion blames and that cannot be slow, by where they begin."""


def test_every_pattern_in_the_source_was_seen() -> None:
    """A call of `re` whose pattern is not compiled here would go unjudged."""
    seen = {(each.module, each.line) for each in compiled()}
    unseen = [
        f"{module}:{call.lineno}"
        for module, path in modules()
        for call in calls_of_re(path)
        if not any(
            (module, line) in seen
            for line in range(call.lineno, (call.end_lineno or call.lineno) + 1)
        )
    ]
    assert unseen == [], "call the functions that need them in patterns_of_reports"


def test_no_pattern_is_exponential() -> None:
    assert blamed("exponential") == []


def test_no_pattern_is_polynomial_but_where_that_does_no_harm() -> None:
    harmful = [
        each
        for each in blamed("polynomial")
        if not any(
            each.startswith(module) and start in each for module, start in HARMLESS
        )
    ]
    assert harmful == []


def test_no_pattern_takes_many_steps_within_its_bounds() -> None:
    slow = set()
    for each in compiled():
        automaton = build(*parse(each.pattern, each.flags), few=64)
        for pump in PUMPS:
            text = (pump * PUMPED)[:PUMPED]
            if steps(automaton, text, MOST_STEPS) > MOST_STEPS:
                slow.add(f"{each.module}:{each.line} {pump!r}")
    assert slow == set()


def blamed(kind: str) -> list[str]:
    return sorted(
        {
            f"{each.module}:{each.line} on {found.pumped!r}: {each.pattern[:60]}"
            for each in compiled()
            for found in findings(
                each.pattern,
                each.flags,
                searched=each.line not in only_matched(each.module),
            )
            if found.kind == kind
        }
    )


# ------------------------------------------------------------------ and the functions


ADVERSE = (
    *(
        "a",
        "A",
        "1",
        " ",
        "\n",
        "\t",
        ".",
        ",",
        "-",
        "/",
        ":",
        "(",
        "<",
        "&",
        "\\",
        "é",
    ),
    *(
        "\0",
        "no ",
        "no effusion, ",
        "or ",
        "Dr. ",
        "Dr. A. ",
        "Reuter, ",
        "1.1.",
        "1/1/",
    ),
    *(
        "1 ",
        "a.b@",
        "www.",
        "St. ",
        "de ",
        "FINDINGS: ",
        "FINDINGS:\n",
        "\n \n",
        "a-",
        "A'",
    ),
    *(
        "לא ",
        "ß",
        "Pleura",
        "kein Erguss und ",
        "cannot exclude ",
        "<b ",
        "&#1",
        "{\\rtf1 ",
    ),
)
LONG = 50_000
MOST_CPU = 60
"""CPU seconds for all adverse texts of one function; it needs a few. No timing: a
function whose costs grow with the square of a text's length would need hours."""

RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
from tests.site_agent import test_backtracking as texts
from tests.site_agent.patterns_of_reports import FUNCTIONS
apply = FUNCTIONS[sys.argv[2]]
for piece in texts.ADVERSE:
    print(repr(piece), flush=True)
    text = piece * (texts.LONG // len(piece))
    apply(text)
    apply("FINDINGS: No effusion on 1" + text + "x\\nIMPRESSION: x")
"""


@pytest.mark.parametrize("function", ["detect", "plain", "label", "deidentify"])
def test_adverse_texts_end(function: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(MOST_CPU), function],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0, f"{function} on {last}: {done.stderr[-500:]}"
