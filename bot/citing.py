"""Papers as references: BibTeX, RIS and CSL-JSON. Pure.

BibTeX entries are those that arXiv itself offers (`@misc` with `eprint`, `archivePrefix` and
`primaryClass`: info.arxiv.org/help/hypertex/bibstyles), RIS is Reference Manager's tagged format,
CSL-JSON the items of the Citation Style Language (docs.citationstyles.org). Every arXiv paper has
the DOI 10.48550/arXiv.ID (info.arxiv.org/help/doi).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import count

from bot.identity import abstract_url
from bot.models import Paper
from bot.queries import STOP_WORDS

# What joins a family name from the left: van der Maaten, de Freitas, al-Khwarizmi.
_PARTICLES = frozenset(
    "al ben bin da dal de del della den der di dos du el la le ten ter van von zu".split()
)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped or not
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
# Small letters that no accent makes of a to z, and Cyrillic ones, as passports spell them.
_LATIN = str.maketrans(
    dict(
        pair.split("=")
        for pair in (
            "ß=ss æ=ae œ=oe ø=o ł=l đ=d ð=d þ=th ı=i "
            "а=a б=b в=v г=g ґ=g д=d е=e ё=e є=ie ж=zh з=z и=i і=i ї=i й=i к=k л=l м=m н=n о=o "
            "п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=iu я=ia"
        ).split()
    )
)
# A word with a capital after its first letter loses it in many styles: GPT, mRNA, LoRA.
_CAPITALS_INSIDE = re.compile(r"\S+[A-Z]\S*")


class CitationFormat(StrEnum):
    """The forms that reference managers read."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


FILE_NAMES: Mapping[CitationFormat, str] = {
    CitationFormat.BIBTEX: "papers.bib",
    CitationFormat.RIS: "papers.ris",
    CitationFormat.CSL: "papers.json",
}
MEDIA_TYPES: Mapping[CitationFormat, str] = {
    CitationFormat.BIBTEX: "application/x-bibtex",
    CitationFormat.RIS: "application/x-research-info-systems",
    CitationFormat.CSL: "application/vnd.citationstyles.csl+json",
}


def cite(papers: Sequence[Paper], form: CitationFormat, notes: Mapping[str, str]) -> str:
    """The papers as one text in a form, in order; `notes` are a reader's own, by paper id."""
    keys = citation_keys(papers)
    write = _WRITERS[form]
    entries = [
        write(paper, key, _one_line(notes.get(paper.id, "")))
        for paper, key in zip(papers, keys, strict=True)
    ]
    if form is CitationFormat.CSL:
        return (
            json.dumps([json.loads(entry) for entry in entries], ensure_ascii=False, indent=2)
            + "\n"
        )
    return "\n".join(entries)


def citation_keys(papers: Sequence[Paper]) -> list[str]:
    """`vaswani2017attention`: family name, year, first telling word; each of them once. Where the
    name has no letters that BibTeX takes, the id: `arxiv240521060`.
    """
    taken: set[str] = set()
    keys = []
    for paper in papers:
        key = next(k for n in count() if (k := _key(paper) + _letters(n)) not in taken)
        taken.add(key)
        keys.append(key)
    return keys


def split_name(name: str) -> tuple[str, str]:
    """(family, given) of a name as it is printed; a single word is a family name."""
    words = _one_line(name).split()
    suffix = ""
    if len(words) > 2 and words[-1].lower() in _SUFFIXES:
        suffix = f" {words.pop()}"
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES:
        first -= 1
    return " ".join(words[max(first, 0) :]) + suffix, " ".join(words[: max(first, 0)])


def _key(paper: Paper) -> str:
    family = _plain(split_name(paper.authors[0])[0]) if paper.authors else "anonymous"
    if not family:  # 张三: an id is telling, and the same in every file
        return f"{'arxiv' if abstract_url(paper.id) else ''}{_plain(paper.id)}"
    words = (_plain(word) for word in paper.title.split())
    word = next((w for w in words if w and w not in STOP_WORDS), "")
    year = f"{paper.published_at.year}" if paper.published_at else ""
    return f"{family}{year}{word}"


def _letters(number: int) -> str:
    """What tells equal keys apart: nothing, b, c … z, zb."""
    return "" if not number else "z" * ((number - 1) // 25) + chr(ord("b") + (number - 1) % 25)


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).lower().translate(_LATIN)
    folded = unicodedata.normalize("NFKD", composed).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", folded)


def _one_line(text: str) -> str:
    """Without control signs: a line break would end a field of RIS."""
    return " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in text).split())


def _bibtex(paper: Paper, key: str, note: str) -> str:
    names = [", ".join(filter(None, split_name(name))) for name in paper.authors]
    day = paper.published_at
    fields = {
        "title": _CAPITALS_INSIDE.sub(lambda word: f"{{{word[0]}}}", _tex(paper.title)),
        "author": " and ".join(_tex(name).replace(" and ", " {and} ") for name in names),
        "year": f"{day.year}" if day else "",
        "month": f"{day:%b}".lower() if day else "",
        **_arxiv_fields(paper),
        "note": _tex(note),
    }
    lines = [f"  {name} = {_value(name, text)}" for name, text in fields.items() if text]
    return "@misc{" + ",\n".join([key, *lines]) + "\n}\n"


def _value(name: str, text: str) -> str:
    return text if name == "month" else f"{{{text}}}"  # months are macros of BibTeX's styles


def _arxiv_fields(paper: Paper) -> dict[str, str]:
    if not abstract_url(paper.id):
        return {}
    return {
        "eprint": paper.id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.categories[0] if paper.categories else "",
        "doi": _doi(paper),
        "url": abstract_url(paper.id),
    }


def _tex(text: str) -> str:
    return _one_line(text).translate(_TEX)


def _ris(paper: Paper, key: str, note: str) -> str:
    day = paper.published_at
    lines = [
        ("TY", "UNPB"),
        ("ID", key),
        ("TI", _one_line(paper.title)),
        *(("AU", ", ".join(filter(None, split_name(name)))) for name in paper.authors),
        ("PY", f"{day.year}" if day else ""),
        ("DA", f"{day:%Y/%m/%d}" if day else ""),
        ("AB", _one_line(paper.abstract)),
        *(("KW", _one_line(word)) for word in paper.keywords),
        ("PB", "arXiv" if _doi(paper) else ""),
        ("DO", _doi(paper)),
        ("UR", abstract_url(paper.id)),
        ("N1", note),
    ]
    return "".join(f"{tag}  - {text}\n" for tag, text in lines if text) + "ER  - \n"


def _csl(paper: Paper, key: str, note: str) -> str:
    day = paper.published_at
    item = {
        "id": key,
        "type": "article",
        "title": _one_line(paper.title),
        "author": [_csl_name(name) for name in paper.authors],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "abstract": _one_line(paper.abstract),
        "keyword": ", ".join(_one_line(word) for word in paper.keywords),
        "publisher": "arXiv" if _doi(paper) else "",
        "number": f"arXiv:{paper.id}" if _doi(paper) else "",
        "DOI": _doi(paper),
        "URL": abstract_url(paper.id),
        "note": note,
    }
    return json.dumps({name: value for name, value in item.items() if value}, ensure_ascii=False)


def _csl_name(name: str) -> dict[str, str]:
    family, given = split_name(name)
    return {"family": family, "given": given} if given else {"literal": family}


def _doi(paper: Paper) -> str:
    return f"10.48550/arXiv.{paper.id}" if abstract_url(paper.id) else ""


_WRITERS: Mapping[CitationFormat, Callable[[Paper, str, str], str]] = {
    CitationFormat.BIBTEX: _bibtex,
    CitationFormat.RIS: _ris,
    CitationFormat.CSL: _csl,
}
