"""LaTeX → Unicode as data: what has an exact character, and nothing else.

Source of the pairs: the symbol tables of LaTeX's base macros and the unicode-math package, and the
Unicode blocks "Superscripts and Subscripts", "Phonetic Extensions" and "Modifier Letters".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SYMBOLS = _pairs("""
alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
kappa κ lambda λ mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ
phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ
Phi Φ Psi Ψ Omega Ω times × div ÷ pm ± mp ∓ cdot ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ oplus ⊕ ominus ⊖
otimes ⊗ odot ⊙ wedge ∧ land ∧ vee ∨ lor ∨ neg ¬ lnot ¬ cap ∩ cup ∪ setminus ∖ le ≤ leq ≤ ge ≥
geq ≥ leqslant ⩽ geqslant ⩾ lesssim ≲ gtrsim ≳ ll ≪ gg ≫ ne ≠ neq ≠ equiv ≡ sim ∼ simeq ≃
approx ≈ cong ≅ propto ∝ prec ≺ succ ≻ preceq ⪯ succeq ⪰ in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃
subseteq ⊆ supseteq ⊇ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ infty ∞ partial ∂
nabla ∇ ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ prime ′ perp ⟂ bot ⊥ top ⊤ parallel ∥ mid ∣ nmid ∤ vdash ⊢
models ⊧ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ sum ∑ prod ∏ int ∫ oint ∮ to → gets ←
rightarrow → leftarrow ← leftrightarrow ↔ uparrow ↑ downarrow ↓ Rightarrow ⇒ Leftarrow ⇐
Leftrightarrow ⇔ Longrightarrow ⟹ longrightarrow ⟶ iff ⟺ implies ⟹ mapsto ↦ hookrightarrow ↪
rightsquigarrow ⇝ nearrow ↗ searrow ↘ triangle △ square □ Box □ angle ∠ checkmark ✓ dagger †
ddagger ‡ ldots … dots … cdots ⋯ degree ° textdegree ° textpm ± texttimes × textmu µ S § P ¶
copyright © textcopyright © textregistered ® texttrademark ™ pounds £ euro € texteuro €
textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ”
textless < textgreater > textbar | textunderscore _ textasciitilde ~ textbullet • textellipsis …
LaTeX LaTeX TeX TeX
""")
LETTERS = _pairs("o ø O Ø l ł L Ł ss ß ae æ AE Æ oe œ OE Œ aa å AA Å i ı j ȷ dh ð DH Ð th þ TH Þ")
FUNCTIONS = frozenset(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim ln log "
    "max min Pr sec sin sinh sup tan tanh".split()
)

_ACCENTS = {
    **_pairs("` \u0300 ' \u0301 ^ \u0302 ~ \u0303 = \u0304 . \u0307 u \u0306 v \u030c H \u030b"),
    **_pairs("c \u0327 k \u0328 r \u030a d \u0323 b \u0331 hat \u0302 tilde \u0303 bar \u0304"),
    **_pairs("dot \u0307 ddot \u0308"),
    '"': "\u0308",
}


def _raised(plain: str, raised: str) -> dict[str, str]:
    return dict(zip(plain, raised, strict=True))


SUPERSCRIPTS = {
    **_raised("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    **_raised("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"),
    **_raised("ABDEGHIJKLMNOPRTUVW", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ"),
    **_raised("βγδθ∘°′", "ᵝᵞᵟᶿ°°′"),
}
SUBSCRIPTS = {
    **_raised("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
    **_raised("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"),
    **_raised("βγρφχ", "ᵦᵧᵨᵩᵪ"),
}

# The letters Unicode had before it had whole alphabets ("Mathematical Alphanumeric Symbols").
_DOUBLE_STRUCK = _raised("CHNPQRZ", "ℂℍℕℙℚℝℤ")
_SCRIPT = _raised("BEFHILMR", "ℬℰℱℋℐℒℳℛ")


def accented(accent: str, letter: str) -> str | None:
    """The letter under the accent (`v`, `s` → `š`); None where Unicode has no single character."""
    composed = unicodedata.normalize(
        "NFC", {"ı": "i", "ȷ": "j"}.get(letter, letter) + _ACCENTS[accent]
    )
    return composed if len(composed) == 1 else None


def alphabet(name: str, letter: str) -> str | None:
    """A capital in the alphabet of `mathbb` or `mathcal`; None for any other."""
    if name == "mathbb":
        return _DOUBLE_STRUCK.get(letter) or chr(0x1D538 + ord(letter) - ord("A"))
    if name == "mathcal":
        return _SCRIPT.get(letter) or chr(0x1D49C + ord(letter) - ord("A"))
    return None


_SCRIPT_MARK = {"^": SUPERSCRIPTS, "_": SUBSCRIPTS}
_SIZES = frozenset("left right big Big bigl bigr Bigl Bigr bigg Bigg middle".split())
_WIDE = frozenset("quad qquad".split())
_PLAIN = frozenset("0123456789 +-=<>/()[],.:;!|'*%")

_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")
_TOKEN = re.compile(
    r"""
    (?P<mark>[\^_])\s?(?:\{(?P<group>[^{}]*)\}|(?P<one>\\[A-Za-z]+|[^\s{}\\](?!(?<=\d)\d)))
  | \\(?P<alphabet>mathbb|mathcal)\s?(?:\{(?P<braced>[A-Z])\}|(?P<capital>[A-Z]))
  | \\(?P<accent>hat|tilde|bar|dot|ddot)(?:\{(?P<under>[A-Za-z])\}|\s(?P<below>[A-Za-z]))
  | \\(?:text(?:rm|bf|it)?|emph|mathrm|operatorname|mbox)\*?\{(?P<upright>[A-Za-z0-9 .,-]*)\}
  | \\sqrt\s?(?:\{(?P<radicand>[A-Za-z0-9])\}|(?P<radical>[A-Za-z0-9]))
  | \\(?P<command>[A-Za-z]+)(?P<gap>\s?)
  | \{\\(?P<grouped>[A-Za-z]+)\s?\}
  | \\(?P<escaped>[%&_\#{}])
  | (?P<space>\\[,;:\s]|~)
  | \\(?P<nothing>!)
  | \{(?P<comma>,)\}
  | (?P<word>[A-Za-z]{2,})
  | (?P<sign>[^\\{}$])
    """,
    re.VERBOSE | re.ASCII,
)


def mathematics(formula: str) -> str | None:
    """A formula (without its dollars) in one line of plain characters; None where that is lossy."""
    parts: list[str] = []
    place = 0
    while place < len(formula):
        found = _TOKEN.match(formula, place)
        if found is None:
            return None
        part = _TOKENS[found.lastgroup or ""](found)
        if part is None:
            return None
        parts.append(part)
        place = found.end()
    return "".join(parts).strip() or None


def raised_or_lowered(mark: str, text: str) -> str | None:
    """All of `text` as superscript (`^`) or subscript (`_`) characters; None where one lacks."""
    table = _SCRIPT_MARK[mark]
    plain = _COMMAND.sub(lambda found: SYMBOLS.get(found[1], "\\"), text).replace(" ", "")
    raised = [table.get(sign, "") for sign in plain]
    return "".join(raised) if raised and all(raised) else None


def _command(found: re.Match[str]) -> str | None:
    name, gap = found["command"], found["gap"]
    if name in SYMBOLS:
        return SYMBOLS[name] + gap
    if name in FUNCTIONS:
        before = found.string[: found.start()]
        return (" " if before[-1:].isalnum() else "") + name + gap
    if name in _SIZES:
        return ""
    return " " if name in _WIDE else None


def _word(found: re.Match[str]) -> str | None:
    """Letters side by side: a name such as SO in SO(3), but not a sentence between two prices."""
    formula = found.string
    return None if " " in formula or formula[0].isdigit() else found[0]


def _sign(sign: str) -> str | None:
    if sign in _PLAIN or (sign.isascii() and sign.isalpha()):
        return sign
    return sign if unicodedata.category(sign) in {"Ll", "Lu", "Lm", "Lo", "Sm"} else None


_TOKENS: Mapping[str, Callable[[re.Match[str]], str | None]] = {
    "group": lambda found: raised_or_lowered(found["mark"], found["group"]),
    "one": lambda found: raised_or_lowered(found["mark"], found["one"]),
    "braced": lambda found: alphabet(found["alphabet"], found["braced"]),
    "capital": lambda found: alphabet(found["alphabet"], found["capital"]),
    "under": lambda found: accented(found["accent"], found["under"]),
    "below": lambda found: accented(found["accent"], found["below"]),
    "upright": lambda found: found["upright"],
    "radicand": lambda found: f"√{found['radicand']}",
    "radical": lambda found: f"√{found['radical']}",
    "gap": _command,
    "grouped": lambda found: SYMBOLS.get(found["grouped"]),
    "escaped": lambda found: found["escaped"],
    "space": lambda _: " ",
    "nothing": lambda _: "",
    "comma": lambda _: ",",
    "word": _word,
    "sign": lambda found: _sign(found["sign"]),
}
