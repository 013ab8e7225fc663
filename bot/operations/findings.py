"""What a check of the doctor found, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.console.cleaning import clean


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it stands, and what to do where it is wrong."""

    about: str
    says: str
    fault: bool = False
    mend: str = ""


def tell(finding: Finding) -> str:
    """`ok    database: sound, 9,581 papers`, or `wrong …` with the mend in a line of its own."""
    mark = "wrong" if finding.fault else "ok"
    told = f"{mark:6}{clean(f'{finding.about}: {finding.says}')}"
    return told + (f"\n      → {clean(finding.mend)}" if finding.mend else "")
