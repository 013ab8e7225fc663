"""arXiv's category taxonomy, as data, and the ways people type it.

Source: arXiv's published category taxonomy (arxiv.org/category_taxonomy), 155 categories in
20 archives, as of 2026.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

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

# Where several are as near, the one that more papers are in is likelier meant.
_LARGEST = "cs.LG cs.CV cs.CL cs.AI cs.RO cs.CR cs.SE cs.IR cs.HC stat.ML eess.AS quant-ph".split()
_BY_LIKELIHOOD = list(dict.fromkeys(name.lower() for name in (*_LARGEST, *_CANONICAL.values())))
_BY_SUBJECT = {
    name.partition(".")[2]: _CANONICAL[name] for name in reversed(_BY_LIKELIHOOD) if "." in name
}
_LONGEST_NAME = 40  # characters; no name of a category has as many
# What people who do not know the taxonomy call its largest categories.
_PLAIN_NAMES = {
    **dict.fromkeys(("ml", "machine learning", "learning", "deep learning"), "cs.LG"),
    **dict.fromkeys(("vision", "computer vision", "images"), "cs.CV"),
    **dict.fromkeys(("nlp", "language", "linguistics", "llm", "llms"), "cs.CL"),
    **dict.fromkeys(("artificial intelligence", "agents"), "cs.AI"),
    **dict.fromkeys(("robots", "robotics"), "cs.RO"),
    **dict.fromkeys(("security", "cryptography", "crypto"), "cs.CR"),
    **dict.fromkeys(("software", "software engineering"), "cs.SE"),
    **dict.fromkeys(("retrieval", "information retrieval"), "cs.IR"),
    **dict.fromkeys(("hci", "human computer interaction"), "cs.HC"),
    **dict.fromkeys(("audio", "speech"), "eess.AS"),
    **dict.fromkeys(("statistics", "statistical"), "stat"),
    **dict.fromkeys(("biology", "quantitative biology"), "q-bio"),
    **dict.fromkeys(("finance", "quantitative finance"), "q-fin"),
    **dict.fromkeys(("maths", "mathematics"), "math"),
    **dict.fromkeys(("economics", "economy"), "econ"),
    **dict.fromkeys(("quantum", "quantum physics"), "quant-ph"),
    **dict.fromkeys(("astronomy", "astrophysics"), "astro-ph"),
    **dict.fromkeys(("computer science", "computing"), "cs"),
}


def canonical_category(text: str) -> str | None:
    """The category or archive that `text` names, in arXiv's spelling; None where there is none.

    `cs.*` and `cs` both name the whole archive; case does not matter.
    """
    return _CANONICAL.get(text.strip().lower().removesuffix(".*"))


def likely_category(text: str) -> str | None:
    """The category that was probably meant: by its plain name, its subject alone, or its spelling;
    None where none is near.
    """
    wanted = " ".join(text.split()).lower()[:_LONGEST_NAME]
    if wanted in _PLAIN_NAMES:
        return _PLAIN_NAMES[wanted]
    wanted = _spelled(wanted)
    if wanted in _CANONICAL or wanted in _BY_SUBJECT:
        return _CANONICAL.get(wanted) or _BY_SUBJECT[wanted]
    archive = wanted.partition(".")[0]
    # A subject of the archive that was named is likelier meant than a namesake elsewhere.
    within = [name for name in _BY_LIKELIHOOD if name.startswith(f"{archive}.")]
    return _nearest(wanted, within, 0.5) or _nearest(wanted, _BY_LIKELIHOOD, 0.6)


def nearest_category(text: str) -> str:
    """The category that was probably meant, however far it is."""
    wanted = _spelled(text.strip().lower()[:_LONGEST_NAME])
    return likely_category(text) or _nearest(wanted, _BY_LIKELIHOOD, 0) or CATEGORIES[0]


def archive_of(category: str) -> str:
    """The archive a category belongs to: `cs` for `cs.LG`, `hep-th` for `hep-th`."""
    return category.partition(".")[0]


def _spelled(text: str) -> str:
    return text.removesuffix(".*").replace(" ", ".").replace("_", ".")


def _nearest(wanted: str, names: list[str], least: float) -> str | None:
    found = extractOne(wanted, names, scorer=OSA.normalized_similarity, score_cutoff=least)
    return _CANONICAL[found[0]] if found else None
