"""Compare what became of every synthetic study with the answer key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.demo.stage import Stage


def disagreements(
    stage: Stage, keys: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[str]:
    """List the studies that did not end as their hospital's key says.

    The data manager's own command opens the vault for this; what it prints is compared
    here and kept nowhere. A line names the kind of the study, never the study.
    """
    wrong = []
    for site in stage.sites:
        printed = stage.site_agent(site, "studies", "--json", "--reveal", deadline=60)
        ended: dict[str, dict[str, Any]] = {
            accession: row
            for row in json.loads(printed)
            for accession in row["identity"]["accession_number"]
        }
        for line in keys[site.name]:
            row = ended.get(line["accession_number"], {"disposition": "missing"})
            codes = [reason["code"] for reason in row.get("reasons", ())]
            if row["disposition"] != line["disposition"] or (
                line["reason"] and line["reason"] not in codes
            ):
                wrong.append(
                    f"{site.name}: {line['kind']} ended {row['disposition']} "
                    f"{' '.join(codes)}, not {line['disposition']} {line['reason']}"
                )
    return wrong
