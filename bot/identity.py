"""One identity per paper: reading arXiv ids and links to papers in the forms people paste. Pure.

Source of the forms: arXiv's own description of its identifiers
(info.arxiv.org/help/arxiv_identifier): `YYMM.NNNN` from April 2007, `YYMM.NNNNN` from January
2015, before that `archive/YYMMNNN` with an optional subject class (`math.GT/0309136`), each with
an optional version `vN`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.categories import ARCHIVES

# Archives that were merged into others and still stand in the ids of their papers.
_FORMER_ARCHIVES = frozenset(
    "acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga "
    "funct-an mtrl-th patt-sol plasm-ph q-alg solv-int supr-con".split()
)
_PUNCTUATION = ".,;:!"  # of the sentence that a link was copied from
_MAX_CHARACTERS = 300  # the longest link to a paper is far below; anything longer is no id

_MAX_TEXT = 50_000  # characters of a text that ids are looked for in
_APART = re.compile(r"""[\s<>()\[\]{}|"'`]+""")

_ID = re.compile(
    r"(?:(?P<month>[0-9]{4})\.(?P<number>[0-9]{4,5})"
    r"|(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z-]{2,10})?/(?P<old>[0-9]{7}))"
    r"(?:v(?P<version>[1-9][0-9]{0,2}))?",
    re.IGNORECASE | re.ASCII,
)
_BEFORE = re.compile(
    r"(?:https?://)?(?:"
    r"(?:[a-z0-9-]+\.)*arxiv\.org/(?:abs|pdf|html|format|src|e-print|ps)/"
    r"|(?:www\.)?(?:huggingface\.co|hf\.co)/papers/(?:arxiv:)?"
    r"|(?:www\.)?alphaxiv\.org/(?:abs|pdf|html|overview)/"
    r"|(?:www\.)?ar5iv\.org/(?:abs|html)/"
    r"|(?:(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\."
    r")|oai:arxiv\.org:|arxiv:\s*|",
    re.IGNORECASE | re.ASCII,
)
_AFTER = re.compile(
    r"(?:\.pdf|\.md)?/?(?:[?#]\S*)?(?:\s*\[[A-Za-z.-]{2,20}\])?", re.IGNORECASE | re.ASCII
)


def paper_id(text: str) -> tuple[str, int] | None:
    """Read an arXiv id or a link to a paper: (identity without version, version or 0).

    None where the text is anything else, or more than that. Subject classes are no part of the
    identity: `math.GT/0309136` is `math/0309136`.
    """
    if len(text) > _MAX_CHARACTERS:
        return None
    plain = unquote(text.strip().rstrip(_PUNCTUATION).strip("<>()\"'").rstrip(_PUNCTUATION))
    before = _BEFORE.match(plain)
    found = _ID.match(plain, before.end() if before else 0)
    if found is None or not _AFTER.fullmatch(plain, found.end()):
        return None
    identity = _new_style(found) if found["month"] else _old_style(found)
    return (identity, int(found["version"] or 0)) if identity else None


def abstract_url(paper_id: str) -> str:
    """Where arXiv shows the paper; "" for a paper that is not arXiv's."""
    return "" if ":" in paper_id else f"https://arxiv.org/abs/{paper_id}"


def pdf_url(paper_id: str) -> str:
    """Where arXiv serves the PDF; "" for a paper that is not arXiv's."""
    return "" if ":" in paper_id else f"https://arxiv.org/pdf/{paper_id}"


def huggingface_url(paper_id: str) -> str:
    """The paper's page at Hugging Face; "" where it can have none."""
    return "" if ":" in paper_id else f"https://huggingface.co/papers/{paper_id}"


def paper_ids(text: str) -> list[str]:
    """The identities of all papers that a text names or links to, each once, in its order."""
    pieces = _APART.split(text[:_MAX_TEXT])
    found = (paper_id(piece) for piece in pieces if any(map(str.isdigit, piece)))
    return list(dict.fromkeys(each[0] for each in found if each))


def _new_style(found: re.Match[str]) -> str:
    month, number = found["month"], found["number"]
    wanted_digits = 5 if month >= "1501" else 4
    if month < "0704" or not _is_month(month) or len(number) != wanted_digits:
        return ""
    return f"{month}.{number}" if int(number) else ""


def _old_style(found: re.Match[str]) -> str:
    archive, number = found["archive"].lower(), found["old"]
    if archive not in ARCHIVES | _FORMER_ARCHIVES or not _is_month(number[:4]):
        return ""
    if not int(number[4:]) or "0703" < number[:4] < "9107":  # 1991-07 to 2007-03
        return ""
    return f"{archive}/{number}"


def _is_month(year_month: str) -> bool:
    return "01" <= year_month[2:] <= "12"
