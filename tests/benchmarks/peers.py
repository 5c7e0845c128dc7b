"""Other tools on the same inputs; run by the Python in which they are installed.

    VENV/bin/python tests/benchmarks/peers.py medspacy LEXICON.json IN.csv OUT.csv
    VENV/bin/python tests/benchmarks/peers.py negspacy LEXICON.json IN.csv OUT.csv
    VENV/bin/python tests/benchmarks/peers.py presidio MODEL IN.jsonl OUT.jsonl

Nothing of Hilum is imported. The last line of output is JSON: how many texts, and the
CPU seconds for them without the start. ConText and NegEx decide what is denied or
doubted and need to be given what to look for: the phrases in LEXICON by label.
"""

from __future__ import annotations

import csv
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NO_PATHOLOGY = ("No Finding", "Support Devices")
Said = Iterator[tuple[str, int]]  # a label, and 1, 0 or -1


def medspacy_context(lexicon: dict[str, list[str]]) -> Callable[[str], Said]:
    """Make medspaCy's sentence splitter, target matcher and ConText."""
    import medspacy
    from loguru import logger
    from medspacy.ner import TargetRule

    logger.remove()  # PyRuSH tells of every token, which would be timed
    nlp = medspacy.load(
        medspacy_enable=[
            "medspacy_pyrush",
            "medspacy_target_matcher",
            "medspacy_context",
        ]
    )
    rules = [
        TargetRule(phrase, label)
        for label, all_of in lexicon.items()
        for phrase in all_of
    ]
    nlp.get_pipe("medspacy_target_matcher").add(rules)

    def said(text: str) -> Said:
        for entity in nlp(text).ents:
            about = entity._
            if about.is_historical or about.is_hypothetical or about.is_family:
                continue
            denied = 0 if about.is_negated else 1
            yield entity.label_, -1 if denied and about.is_uncertain else denied

    return said


def negspacy_negex(lexicon: dict[str, list[str]]) -> Callable[[str], Said]:
    """Make spaCy's rules and sentence splitter, and negspacy's NegEx for clinics."""
    import spacy
    from negspacy.negation import Negex  # noqa: F401  it registers itself
    from negspacy.termsets import termset

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(
        [
            {"label": label, "pattern": phrase}
            for label, all_of in lexicon.items()
            for phrase in all_of
        ]
    )
    terms = termset("en_clinical").get_patterns()
    nlp.add_pipe("negex", config={"neg_termset": terms})

    def said(text: str) -> Said:
        for entity in nlp(text).ents:
            yield entity.label_, 0 if entity._.negex else 1

    return said


def label_all(
    said: Callable[[str], Said], labels: list[str], source: Path, target: Path
) -> dict[str, Any]:
    """Label a table by CheXpert's rules over mentions, and time it."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    results = []
    started = time.process_time()
    for row in rows:
        found: dict[str, set[int]] = {}
        for label, value in said(row["text"]):
            found.setdefault(label, set()).add(value)
        values = {
            label: next(each for each in (1, -1, 0) if each in all_of)
            for label, all_of in found.items()
        }
        if not any(
            value and label not in NO_PATHOLOGY for label, value in values.items()
        ):
            values["No Finding"] = 1
        results.append((row["id"], values))
    seconds = time.process_time() - started
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", *labels))
        for identifier, values in results:
            cells = (f"{values[each]:.1f}" if each in values else "" for each in labels)
            writer.writerow((identifier, *cells))
    return {"texts": len(rows), "seconds": seconds}


def presidio(model: str, source: Path, target: Path) -> dict[str, Any]:
    """Run Presidio's default recognisers, with a spaCy model or with rules alone."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    configuration = {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": "en", "model_name": model}],
    }
    engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    lines = source.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    written = []
    started = time.process_time()
    for row in rows:
        found = analyzer.analyze(row["text"], language="en")
        text, spans = row["text"], []
        for each in sorted(found, key=lambda each: (each.start, -each.end)):
            if spans and each.start < spans[-1]["end"]:
                spans[-1]["end"] = max(spans[-1]["end"], each.end)
            else:
                kind = each.entity_type
                spans.append({"start": each.start, "end": each.end, "category": kind})
        for span in reversed(spans):
            text = f"{text[: span['start']]}[{span['category']}]{text[span['end'] :]}"
        written.append({"id": row["id"], "text": text, "spans": spans})
    seconds = time.process_time() - started
    with target.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each) + "\n" for each in written)
    characters = sum(len(row["text"]) for row in rows)
    return {"texts": len(rows), "characters": characters, "seconds": seconds}


def main() -> None:
    """Run the tool that is asked for."""
    warnings.simplefilter("ignore")
    tool, given, source, target = sys.argv[1:]
    if tool == "presidio":
        result = presidio(given, Path(source), Path(target))
    else:
        lexicon = json.loads(Path(given).read_text("utf-8"))
        make = {"medspacy": medspacy_context, "negspacy": negspacy_negex}[tool]
        said = make({label: all_of for label, all_of in lexicon.items() if all_of})
        result = label_all(said, list(lexicon), Path(source), Path(target))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
