import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.latex import SYMBOLS
from bot.normalising import normalise, storable


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("A title\n  over  two\tlines ", "A title over two lines"),
        ("cafe\u0301", "café"),
        ("a\u202eb\x00c\u200bd\ufeff", "abcd"),
        ("half \ud83d a sign", "half \ufffd a sign"),
        (r"caf\'e, na\"{\i}ve, {\"o}, \'{E}, \`a, \^{o}, \~n", "café, naïve, ö, É, à, ô, ñ"),
        (r"\v{s} {\v s} \v{Z} Erd\H{o}s Fran\c{c}ois \k{a} \r{u}", "š š Ž Erdős François ą ů"),
        (
            r"S\o ren, Wei\ss{}e, {\L}ukasz, \L odz, \AA, \ae",
            "Søren, Weiße, Łukasz, Łodz, Å, æ",
        ),
        (r"$n$-gram", "n-gram"),
        (r"$O(n^2)$ and $10^{-3}$", "O(n²) and 10⁻³"),
        (r"H$_2$O, $x_{10}$, $x^2_i$, $^{3}$", "H₂O, x₁₀, x²ᵢ, ³"),
        (r"$\alpha = 0.5$, $\beta_1$, \gamma", "α = 0.5, β₁, γ"),
        (r"$p<0.05$ and $n \times m$", "p<0.05 and n × m"),
        (r"$\sim$4$\times$ faster", "∼4× faster"),
        (r"${\sim}4\times$", "∼4×"),
        (r"$\mathbb{R}^n$, $\mathcal{L}$", "ℝⁿ, ℒ"),
        (r"$n\log n$, $\max(a,b)$", "n log n, max(a,b)"),
        (r"$\tilde{O}(\sqrt{T})$", "Õ(√T)"),
        (r"$10{,}000$", "10,000"),
        (r"\(k\)-means", "k-means"),
        (r"90$^\circ$", "90°"),
        (r"\textbf{bold \emph{and $n$}} {\em on}", "bold and n on"),
        (r"1\textsuperscript{st}, CO\textsubscript{2}", "1ˢᵗ, CO₂"),
        ("``quoted'' and `single'", "“quoted” and ‘single’"),
        ("a -- b --- c, 3--4", "a – b — c, 3–4"),
        (r"50\% of R\&D, a\_b, \#1", "50% of R&D, a_b, #1"),
        ("Fig.~3 of Smith~et al.", "Fig. 3 of Smith et al."),
        ("i.i.d.\\ samples, 10\\,000", "i.i.d. samples, 10 000"),
        (r"https://example.org/a\_b--c~d", "https://example.org/a_b--c~d"),
        ("10^6 and R^2 and 10^{-3}", "10⁶ and R² and 10⁻³"),
        (r"\LaTeX{} rules", "LaTeX rules"),
    ],
)
def test_what_has_an_exact_form_is_written_in_it(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "costs $5 and $6",
        "from $5-$10 to US$5-US$6",
        "$5 and US$ 6, $10k or $20k",
        r"$\frac{a}{b}$",
        r"$\frac{\alpha}{2}$",
        r"\frac{\alpha}{2}",
        r"$x_{max,i}^{\star\star}$",
        r"$\ell_\infty$",
        r"$\mathbf{x}$",
        "$2^32$ and 2^32",
        r"\ours gains and \method{} loses",
        "reduced by sim4times",
        r"\20 USD",
        r"a \\ b",
        "run it with --verbose in C--, or ---- so",
        "x~p(x), ~100, 10~20, ~/bin",
        "`code` and ```python",
        "don't 'quote' this",
        r"\cite{smith2020} and \footnote{\alpha}",
        "{BERT}: braces",
        "a < b && c > d, <i>x</i>, &amp;lt;",
        "the $ sign alone",
    ],
)
def test_what_has_none_is_left_as_it_stands(raw: str) -> None:
    assert normalise(raw) == raw


def test_an_escaped_dollar_never_becomes_mathematics() -> None:
    assert normalise(r"\$5") == "$5"
    assert normalise(r"\$5$ and \$6$") == r"\$5$ and \$6$"


PIECES = [
    *"\\${}^_~`'- \n\t%&#()[]abcABC019.,\u0301é∼",
    *["\\alpha", "\\'e", "\\emph{", "$n$", "--", "\\textbf{x}", "\\frac", "\\v{s}", "{\\o}"],
    *["\\\\", "^{2}", "_{i}", "\\sqrt", "\\mathbb{", "https://a.b/", "\\left", "\\log"],
    *["\\text{", "\\textsuperscript{", "\u202e", "\x00"],
]
latex_like = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(st.one_of(latex_like, st.text(max_size=200)))
def test_doing_it_again_changes_nothing(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once


@given(st.one_of(latex_like, st.text(max_size=200)))
def test_the_result_is_one_clean_line(raw: str) -> None:
    text = normalise(raw)
    assert text == " ".join(text.split())
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=100))
def test_letters_and_digits_are_never_lost(raw: str) -> None:
    assert normalise(raw) == unicodedata.normalize("NFC", raw)


@given(st.text(alphabet="abc $5.,", max_size=40))
def test_plain_words_and_prices_lose_nothing_but_dollars_around_a_symbol(raw: str) -> None:
    assert normalise(raw).replace("$", "").split() == " ".join(raw.split()).replace("$", "").split()


@given(st.sampled_from(sorted(SYMBOLS)))
def test_every_symbol_is_one_reading_of_its_command(name: str) -> None:
    assert normalise(rf"a \{name}{{}} b") == f"a {unicodedata.normalize('NFC', SYMBOLS[name])} b"


@given(st.text(max_size=50))
def test_what_is_kept_raw_fits_a_database(raw: str) -> None:
    text = storable(raw + "\ud800\x00")
    assert "\x00" not in text
    assert text.encode()


@pytest.mark.parametrize(
    "hostile",
    [
        "\\emph{" * 8_000,
        "$" * 50_000,
        "$x" * 25_000,
        "{\\em " * 10_000,
        "``" * 25_000,
        "`a" * 25_000,
        "\\a{" + "{}" * 20_000,
        "\\" * 50_000,
        "\\(" * 25_000,
        "{" * 50_000,
        "\\'{" * 16_000,
        "x^{" * 16_000,
        "www." * 12_000,
        "$" + "\\x" * 20_000,
        "- -" * 16_000,
        " \n" * 25_000,
    ],
)
def test_no_text_takes_long(hostile: str) -> None:
    started = time.process_time()
    normalise(hostile)
    assert time.process_time() - started < 2
