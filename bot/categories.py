"""arXiv's category taxonomy, as data, and the ways people type it.

Source: arXiv's published category taxonomy (arxiv.org/category_taxonomy), 155 categories in
20 archives, as of 2026.
"""

from __future__ import annotations

import difflib

_BY_ARCHIVE = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE "
    "NI OH OS PF PL RO SC SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "gr-qc": "",
    "hep-ex": "",
    "hep-lat": "",
    "hep-ph": "",
    "hep-th": "",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA "
    "RT SG SP ST",
    "math-ph": "",
    "nlin": "AO CD CG PS SI",
    "nucl-ex": "",
    "nucl-th": "",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an "
    "ed-ph flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "quant-ph": "",
    "stat": "AP CO ME ML OT TH",
}

ARCHIVES: frozenset[str] = frozenset(_BY_ARCHIVE)
CATEGORIES: tuple[str, ...] = tuple(
    f"{archive}.{subject}" if subject else archive
    for archive, subjects in _BY_ARCHIVE.items()
    for subject in (subjects.split() or [""])
)
_CANONICAL = {name.lower(): name for name in (*CATEGORIES, *ARCHIVES)}


def canonical_category(text: str) -> str | None:
    """The category or archive that `text` names, in arXiv's spelling; None where there is none.

    `cs.*` and `cs` both name the whole archive; case does not matter.
    """
    return _CANONICAL.get(text.strip().lower().removesuffix(".*"))


def nearest_category(text: str) -> str:
    """The category whose spelling is nearest to `text`: what was probably meant."""
    wanted = text.strip().lower().removesuffix(".*").replace(" ", ".").replace("_", ".")
    archive = wanted.partition(".")[0]
    # A subject of the archive that was named is likelier meant than a namesake elsewhere.
    for names in ([n for n in _CANONICAL if n.startswith(f"{archive}.")], list(_CANONICAL)):
        close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
        if close:
            return _CANONICAL[close[0]]
    return max(
        _CANONICAL.values(), key=lambda n: difflib.SequenceMatcher(None, wanted, n.lower()).ratio()
    )


def archive_of(category: str) -> str:
    """The archive a category belongs to: `cs` for `cs.LG`, `hep-th` for `hep-th`."""
    return category.partition(".")[0]
