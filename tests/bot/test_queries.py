from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from standins.trees import NODES

from bot.categories import CATEGORIES
from bot.errors import QueryError
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SAMPLE,
    And,
    Category,
    FirstListed,
    Lately,
    Like,
    ListedBy,
    Node,
    Not,
    Or,
    Query,
    Sort,
    TextField,
    Upvotes,
    Word,
)
from bot.queries import (
    MAX_QUERY_CHARACTERS,
    archives_of,
    leaves,
    parse_query,
    parse_standing,
    plain_signs,
    print_query,
    resolve,
    sources_of,
    text_words,
    words_query,
)

PIECES = st.sampled_from(
    [
        *("mamba", "GPT-4o", "C++", "l’été", "强化学习", "the", "OR", "NOT", "-x", "--", "opti*"),
        *('"state space', '"', "“a b”", "cat:cs.LG", "cat:", "cat:zz", "source:hf", "source:moon"),
        *("Mamba:", "title:x", "https://a.org/b", "(", ")", "'-foo", ":-", "\x00", "\ud800", "🙂"),
        *("Cat:cs", 'Mamba:"a survey"', "（ｃａｔ：ｃｓ）", "12:30", "a:b:c", "^", "NEAR("),
        *("author:", 'author:"Gu, A"', "upvotes:>", "upvotes>=3", "20", "10..50", "date:yesterday"),
        *(
            "-",
            "|",
            ",",
            "、",
            "*",
            "A*",
            "1,000",
            "cs.LG",
            "cat:cs,math",
            "like:~",
            "like:2405.21060",
        ),
        *(
            "sort:new",
            "ANDNOT",
            "has:code",
            "since:2026",
            "-(",
            "title:(",
            '"x y"*',
            "AND",
            "date:7d",
        ),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES, max_size=12).map("".join),
)


def parts(text: str) -> tuple[object, ...]:
    return parse_query(text).tree.parts


def outcome(text: str) -> Query | QueryError:
    try:
        return parse_query(text)
    except QueryError as error:
        return error


def any_word(text: str, field: TextField = TextField.ANY) -> Word:
    return Word(text, field=field)


@given(TEXTS)
@example("'-foo")
@example('A:"')
@example("(cat:")
@example("--a,b")
@example("'ANDNOT'")
@example("author:+NOT")
@example("-date:yesterday")
def test_any_text_gives_a_query_or_one_line_with_a_place_in_the_text(text: str) -> None:
    read = outcome(text)
    if isinstance(read, Query):
        assert parse_query(print_query(read)) == read
        return
    assert len(str(read).splitlines()) == 1
    assert len(str(read)) < 160
    assert read.text == text
    assert 0 <= read.place < len(text)


@given(NODES, st.sampled_from(Sort))
@example(Or((any_word("a1"), any_word("b1"))), Sort.NEW)
def test_every_tree_is_printed_as_a_text_that_reads_as_the_same_tree(
    node: Node, sort: Sort
) -> None:
    query = Query(node if isinstance(node, And) else And((node,)), sort)
    printed = print_query(query)
    if len(printed) <= MAX_QUERY_CHARACTERS:
        assert parse_query(printed) == query


@given(TEXTS)
def test_plain_signs_keep_every_place(text: str) -> None:
    plain = plain_signs(text)
    assert len(plain) == len(text)
    assert plain_signs(plain) == plain
    plain.encode()


@given(TEXTS)
def test_no_word_of_a_query_is_empty_or_starts_with_a_sign_of_the_language(text: str) -> None:
    read = outcome(text)
    for leaf in leaves(read.tree) if isinstance(read, Query) else []:
        if isinstance(leaf, Word):
            assert leaf.text.strip() == leaf.text != ""
            assert '"' not in leaf.text
            assert leaf.quoted or leaf.text[0] not in '-"('


def test_all_words_and_phrases_are_read_in_order() -> None:
    assert parts('mamba "state space" GPT-4o') == (
        Word("mamba"),
        Word("state space", quoted=True),
        Word("GPT-4o"),
    )


def test_a_word_asked_for_twice_is_one() -> None:
    assert parts("mamba mamba") == parts("mamba OR mamba") == (Word("mamba"),)


def test_small_words_are_left_out_but_not_from_phrases() -> None:
    assert parts('the attention of "to be or not" title:the (of OR a)') == (
        Word("attention"),
        Word("to be or not", quoted=True),
    )


def test_a_small_word_with_a_capital_may_be_a_name() -> None:
    assert parts("author:An") == (Word("An", field=TextField.AUTHOR),)
    assert parts("author:(Gu and Dao)") == (
        Word("Gu", field=TextField.AUTHOR),
        Word("Dao", field=TextField.AUTHOR),
    )


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_query_is_met_by_every_paper(text: str) -> None:
    assert parse_query(text) == Query()
    assert print_query(Query()) == ""


def test_conditions_alone_are_a_query() -> None:
    assert parts("-survey") == (Not(Word("survey")),)
    assert parts("upvotes:>50") == (Upvotes(low=51),)
    assert parse_query("sort:new") == Query(And(), Sort.NEW)


@pytest.mark.parametrize("text", ['""', "?!", "🙂", "( )", "-", "* ^ ~", "|"])
def test_a_query_without_a_word_to_look_for_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="no word in it"):
        parse_query(text)


def test_a_word_of_the_language_alone_is_refused_with_the_reason() -> None:
    for text in ("AND", "OR OR", "NOT", "AND NOT"):
        with pytest.raises(QueryError, match=rf"^{text[:2]}\w* stands with words, as in mamba"):
            parse_query(text)


def test_a_query_of_small_words_is_refused_with_the_reason() -> None:
    with pytest.raises(QueryError, match="in every paper"):
        parse_query("the OR of")


def test_signs_around_a_word_are_no_part_of_it() -> None:
    assert parts("[mamba], [rwkv]! C++ (s4); +must :)") == (
        *map(Word, ("mamba", "rwkv", "C++", "s4", "must")),
    )


def test_commas_tell_words_apart_but_not_the_parts_of_a_number() -> None:
    assert parts("mamba,rwkv 1,000") == (Word("mamba"), Word("rwkv"), Word("1,000"))
    assert parts("强化学习，综述。扩散、模型") == (
        *map(Word, ("强化学习", "综述", "扩散", "模型")),
    )


def test_a_title_with_a_colon_is_words() -> None:
    assert parts("Mamba: selective spaces") == (Word("Mamba"), Word("selective"), Word("spaces"))
    assert parts('Mamba:"a survey"') == (Word("Mamba"), Word("a survey", quoted=True))
    assert parts("CLIP:foo p<0.05 mamba:)") == (Word("CLIP:foo"), Word("p<0.05"), Word("mamba"))


def test_an_address_is_a_word() -> None:
    assert parts("https://example.org/x") == (Word("https://example.org/x"),)
    for paper in ("arxiv:2405.21060v2", "doi:10.48550/arXiv.2405.21060", "arxiv:math.GT/0309136"):
        assert parts(f"mamba ({paper})") == (Word("mamba"), Word(paper))


def test_or_binds_looser_than_words_side_by_side() -> None:
    either = Or((And((Word("a1"), Word("b1"))), And((Word("c1"), Word("d1")))))
    assert parts("a1 b1 OR c1 AND d1") == parts("a1 b1 | c1 d1") == (either,)


def test_an_or_in_small_letters_is_a_small_word() -> None:
    assert parts("cats or dogs") == (Word("cats"), Word("dogs"))


def test_an_or_with_nothing_on_one_side_offers_no_choice() -> None:
    assert parts("mamba OR") == parts("OR mamba") == parts("mamba OR the") == (Word("mamba"),)


def test_brackets_group() -> None:
    choice = Or((Word("b1"), Word("c1")))
    assert parts("a1 (b1 OR c1)") == (Word("a1"), choice)
    assert parts("(a1 (b1))") == (Word("a1"), Word("b1"))
    assert parts("-(b1 OR c1)") == (Not(choice),)


def test_a_bracket_or_quote_that_stays_open_ends_at_the_end() -> None:
    assert parts("a1 (b1 OR c1") == parts("a1 (b1 OR c1)")
    assert parts('"state space') == (Word("state space", quoted=True),)
    assert parts("1) mamba :)") == (Word("1"), Word("mamba"))


@pytest.mark.parametrize("text", ["-a1", "NOT a1", "ANDNOT a1", "---a1", "–a1", "- NOT a1"])
def test_without_is_a_hyphen_or_a_word(text: str) -> None:
    assert parts(text) == (Not(Word("a1")),)


def test_without_twice_is_with() -> None:
    assert parts("NOT -a1") == parts("--a1") == parts("-(-a1)") == (Word("a1"),)


def test_a_hyphen_within_or_behind_a_word_rules_nothing_out() -> None:
    assert parts("state-space pre- x - y") == (*map(Word, ("state-space", "pre", "x", "y")),)
    assert parts('"state space"-based') == (Word("state space", quoted=True), Word("based"))


def test_what_a_comma_ties_together_is_ruled_out_together() -> None:
    assert parts("-a1,b1") == (Not(Word("a1")), Not(Word("b1")))


def test_a_star_asks_for_a_beginning() -> None:
    assert parts('optimiz* GPT-4* "state spa"*') == (
        Word("optimiz", prefix=True),
        Word("GPT-4", prefix=True),
        Word("state spa", quoted=True, prefix=True),
    )
    assert parts('"state spa*"') == parts('"state spa"*')


def test_a_letter_with_a_star_is_a_name() -> None:
    assert parts("A* search C*-algebra") == (
        Word("A", quoted=True),
        Word("search"),
        Word("C*-algebra"),
    )


@pytest.mark.parametrize(
    ("text", "field"),
    [
        *(
            ("title:x1", TextField.TITLE),
            ("TI:x1", TextField.TITLE),
            ("abs:x1", TextField.ABSTRACT),
        ),
        *(("au:x1", TextField.AUTHOR), ("Author: x1", TextField.AUTHOR)),
        *(("tag:x1", TextField.KEYWORD), ("keywords: x1", TextField.KEYWORD)),
        *(("lab:x1", TextField.ORGANISATION), ("organisation:x1", TextField.ORGANISATION)),
    ],
)
def test_a_word_can_be_looked_for_in_one_field(text: str, field: TextField) -> None:
    assert parts(text) == (Word("x1", field=field),)


def test_a_field_holds_for_a_whole_group() -> None:
    assert parts("title:(a1 OR -b1 abstract:c1)") == (
        Or(
            (
                any_word("a1", TextField.TITLE),
                And((Not(any_word("b1", TextField.TITLE)), any_word("c1", TextField.ABSTRACT))),
            )
        ),
    )
    assert parts("-title:x1") == parts("title:-x1") == (Not(any_word("x1", TextField.TITLE)),)
    assert parts("cat:(cs.LG OR cs.CL)") == parts("cat:cs.LG,cs.CL") == parts("cat:cs.LG, cs.CL")


def test_a_name_with_a_comma_is_turned_round() -> None:
    name = Word("Yann LeCun", quoted=True, field=TextField.AUTHOR)
    assert parts('author:"LeCun, Yann"') == parts('author:"Yann LeCun"') == (name,)


def test_a_field_with_a_space_behind_it_is_one_where_its_value_is() -> None:
    assert parts("author: LeCun cat: cs.LG") == parts("author:LeCun cat:cs.LG")
    assert parts("upvotes: > 20") == parts("upvotes>20") == (Upvotes(low=21),)
    assert parts("open source: a study") == (*map(Word, ("open", "source", "study")),)
    assert parts("Source: a study") == (Word("Source"), Word("study"))
    assert parts("see Cat: cs.LG") == (Word("see"), Word("Cat"), Category("cs.LG"))


@pytest.mark.parametrize(
    "text",
    ["cat:cs.LG", "CAT:cs.lg", '(cat:"cs.LG")', "（ｃａｔ：ｃｓ．ＬＧ）", "cs.LG", "`cat:cs.LG`."],
)
def test_a_category_is_read_in_any_spelling(text: str) -> None:
    assert parts(text) == (Category("cs.LG"),)


def test_a_star_asks_for_the_whole_archive() -> None:
    assert parts("cat:cs.*") == parts("cat:cs") == (Category("cs"),)


@pytest.mark.parametrize(("text", "source"), [("source:hf", HUGGINGFACE), ("Source:arXiv", ARXIV)])
def test_a_source_is_read_by_its_names(text: str, source: str) -> None:
    assert parts(text) == (ListedBy(source),)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        *((">=20", 20, None), (">20", 21, None), ("<5", None, 4), ("<=5", None, 5), ("20", 20, 20)),
        *(("10..50", 10, 50), ("50..10", 10, 50), ("20+", 20, None), ("10..", 10, None)),
        *(("..9", None, 9), ("=3", 3, 3), ("1,000", 1000, 1000)),
    ],
)
def test_upvotes_are_compared(text: str, low: int | None, high: int | None) -> None:
    assert parts(f"upvotes:{text}") == parts(f"votes:{text}") == (Upvotes(low, high),)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("date:2026-10-01", FirstListed(date(2026, 10, 1), date(2026, 10, 1))),
        ("date:2026-10", FirstListed(date(2026, 10, 1), date(2026, 10, 31))),
        ("date:2026", FirstListed(date(2026, 1, 1), date(2026, 12, 31))),
        ("date:2026-01..2026-03", FirstListed(date(2026, 1, 1), date(2026, 3, 31))),
        ("date:2026-03..2026-01", FirstListed(date(2026, 1, 1), date(2026, 3, 31))),
        ("date:>=2026-01-01", FirstListed(since=date(2026, 1, 1))),
        ("since:2026-01", FirstListed(since=date(2026, 1, 1))),
        ("date:>2026", FirstListed(since=date(2027, 1, 1))),
        ("date:<2026-10", FirstListed(until=date(2026, 9, 30))),
        ("until:2026-10", FirstListed(until=date(2026, 10, 31))),
        ("date:2026/10/01", FirstListed(date(2026, 10, 1), date(2026, 10, 1))),
        ("date:7d", Lately(7)),
        ("date:2w", Lately(14)),
        ("date:3m", Lately(90)),
        ("date:today", Lately(1)),
        ("date:week", Lately(7)),
        ("date:month", Lately(30)),
        ("since:yesterday", Lately(2)),
    ],
)
def test_days_are_read(text: str, node: Node) -> None:
    assert parts(text) == (node,)


def test_yesterday_is_that_day_alone() -> None:
    today = date(2026, 11, 23)
    assert resolve(parse_query("date:yesterday"), today).tree.parts == (
        FirstListed(since=date(2026, 11, 22)),
        Not(FirstListed(since=date(2026, 11, 23))),
    )


def test_a_time_ago_is_counted_with_today() -> None:
    query = resolve(parse_query("x1 OR -date:7d sort:new"), date(2026, 11, 23))
    since = FirstListed(since=date(2026, 11, 17))
    assert query == Query(And((Or((Word("x1"), Not(since))),)), Sort.NEW)


@pytest.mark.parametrize(
    ("text", "paper", "loose"),
    [
        ("like:2405.21060", "2405.21060", False),
        ("like:~2405.21060v2", "2405.21060", True),
        ("like:https://arxiv.org/abs/2405.21060", "2405.21060", False),
        ("(like:<https://huggingface.co/papers/2405.21060>)", "2405.21060", False),
    ],
)
def test_likeness_is_to_a_paper(text: str, paper: str, *, loose: bool) -> None:
    assert parts(text) == (Like(paper, loose),)


def test_an_order_belongs_to_the_whole_query() -> None:
    assert parse_query("x1 sort:votes") == Query(And((Word("x1"),)), Sort.UPVOTES)
    assert parse_query("sort: newest x1").sort is Sort.NEW


@pytest.mark.parametrize(
    ("text", "problem", "place"),
    [
        ("mamba cat:cs.LX", "no category cs.LX; did you mean cat:cs.LG", 10),
        ("cat:robotics", "did you mean cat:cs.RO", 4),
        ("cat:zz", "no category zz; write one like cs.LG", 4),
        ("mamba source:moon", "no source moon; write source:huggingface or source:arxiv", 13),
        ("mamba titel:x", "no field titel: – did you mean title:", 6),
        ("x venue:y", 'no field venue: – write venue y or "venue:y" .fields: title: .*', 2),
        ("mamba:survey", 'write mamba survey or "mamba:survey" .fields: title: .* sort:', 0),
        ("mamba:compositionality", 'write mamba compositionality or "mamba:compos.*y"$', 0),
        ('venue:"a b"', ".there are title: .*; a word has no colon", 0),
        ("mamba cat:", "cat: wants a value right after it, such as cat:cs.LG", 6),
        ("mamba title: -x", "title: wants a value", 6),
        ("upvotes:many", "many is no number of upvotes; write upvotes:>=20", 8),
        ("upvotes:<0", "fewer than 0", 8),
        ("date:soon", "soon is no date; write date:2026-10-01", 5),
        ("date:2026-02-31", "no day 2026-02-31 in the calendar", 5),
        ("date:<1900", "from the years 1900 to 2199", 5),
        ("date:>2199", "from the years 1900 to 2199", 5),
        ("date:0d", "no time ago", 5),
        ("until:7d", "^7d needs a date", 6),
        ("since:october", "^october is no date; write since:2026-10-01, since:2026-10 or", 6),
        ("until:soon", "^soon is no date; write until:2026-10-01", 6),
        ("date:last week", "last is no date; write date:week", 5),
        ("mamba since:past month x", "past is no date; write since:month", 12),
        ("date:3 days", "3 is no date; write date:3d", 5),
        ("date:last 2 weeks", "write date:2w", 5),
        ('date:"last week"', "last week is no date; write date:week", 5),
        ("date:2026-13", "there is no month 2026-13; months go from 01 to 12", 5),
        ("date:2026-00", "there is no month 2026-00", 5),
        ("date:2026..2025-13", "there is no month 2025-13;", 5),
        ("date:2026-01..soon", "soon is no date", 5),
        ('"state space"~3', "~3 is not read here; a phrase stands word for word", 13),
        ('x "state space"^2.5 y', r"\^2.5 is not read here", 15),
        ("has:pdf", "has:code is for papers with a link to code", 4),
        ("x like:foo", "foo is no arXiv id or link to a paper", 7),
        ("x sort:moon", "no order moon; write sort:relevance, sort:new or sort:upvotes", 7),
        ("sort:new sort:new", "only once", 14),
        ("x (sort:new)", "outside of brackets", 8),
        ("-sort:new", "outside of brackets", 6),
        ("a1 OR b1) c1", "closes nothing", 8),
        ('"state space cat:cs.LG', "never closed", 0),
        ('x "state OR y', "never closed", 2),
        ("NEAR(a b)", "NEAR is not read here", 0),
        ("(" * 21 + "x1", "at most 20 deep", 20),
        (" ".join(f"w{number}" for number in range(41)), "at most 40 words", 150),
        ("- " * 100 + "(" * 161, "at most 160 words and signs", 260),
        ("date: 2026-13-01", "no day 2026-13-01", 6),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, problem: str, place: int) -> None:
    with pytest.raises(QueryError, match=problem) as caught:
        parse_query(text)
    assert caught.value.place == place


def test_a_query_that_is_too_long_is_refused_at_its_first_character_too_many() -> None:
    assert parse_query("x" * MAX_QUERY_CHARACTERS)
    for text in ("x" * 10_000, "(" * 10_000):
        with pytest.raises(QueryError, match="at most 500") as caught:
            parse_query(text)
        assert caught.value.place == MAX_QUERY_CHARACTERS
        assert len(caught.value.text) == MAX_QUERY_CHARACTERS + 1


def test_a_query_that_is_too_long_written_out_is_refused() -> None:
    text = "abs:(" + "|".join(f"word{number:07}" for number in range(38)) + ")"
    assert len(text) <= MAX_QUERY_CHARACTERS
    with pytest.raises(QueryError, match="written out in full"):
        parse_query(text)


@given(st.sampled_from(CATEGORIES))
def test_every_category_of_arxiv_is_read_and_printed(name: str) -> None:
    assert print_query(parse_query(f"cat:{name.upper()}")) == f"cat:{name}"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(a1 OR (b1 OR c1)) d1", "(a1 OR b1 OR c1) d1"),
        ("a1 AND b1 OR (c1 d1)", "a1 b1 OR c1 d1"),
        ("NOT (a1 b1)", "-(a1 b1)"),
        ("upvotes:20+ upvotes:<5", "upvotes:>=20 upvotes:<=4"),
        ("date:2026-02-01..2026-02-28 date:month", "date:2026-02 date:30d"),
        ("ti:“state space” sort:relevance", 'title:"state space"'),
        ("a1 OR b1 sort:new", "(a1 OR b1) sort:new"),
    ],
)
def test_a_query_is_printed_in_its_plainest_form(text: str, printed: str) -> None:
    assert print_query(parse_query(text)) == printed


def test_a_filter_or_an_alert_has_no_order() -> None:
    assert parse_standing("x1 cat:cs.LG") == parse_query("x1 cat:cs.LG")
    for text in ("x1 sort:new", "x1 sort:relevance"):
        with pytest.raises(QueryError, match="has no order") as caught:
            parse_standing(text)
        assert caught.value.place == 8


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("mamba", {HUGGINGFACE, SAMPLE}),
        ("upvotes:>50 has:code like:2405.21060", {HUGGINGFACE, SAMPLE}),
        ("-cat:cs.CV -survey", {HUGGINGFACE, SAMPLE}),
        ("cat:cs.LG", {HUGGINGFACE, ARXIV, SAMPLE}),
        ("mamba OR cat:cs.LG", {HUGGINGFACE, ARXIV, SAMPLE}),
        ("cat:cs.LG source:arxiv", {ARXIV}),
        ("(cat:cs.LG OR mamba) source:arxiv", {ARXIV}),
        ("source:arxiv OR mamba", {ARXIV, HUGGINGFACE, SAMPLE}),
        ("(mamba OR rwkv) source:hf", {HUGGINGFACE}),
        ("source:hf source:arxiv", {HUGGINGFACE, ARXIV}),
        ("mamba -source:hf", {ARXIV, SAMPLE}),
        ("cat:cs.LG -source:hf", {ARXIV, SAMPLE}),
        ("mamba -source:arxiv", {HUGGINGFACE, SAMPLE}),
    ],
)
def test_a_filter_looks_at_the_sources_that_it_asks_for(text: str, sources: set[str]) -> None:
    assert sources_of(parse_query(text)) == sources


def test_the_archives_of_a_query_are_those_of_the_categories_that_it_asks_for() -> None:
    assert archives_of(parse_query("cat:cs.LG OR cat:math mamba")) == {"cs", "math"}
    assert archives_of(parse_query("cat:cs.LG -cat:math.CO -(cat:econ x1)")) == {"cs"}


def test_the_words_of_a_query_are_those_asked_for() -> None:
    query = parse_query('a1 (title:b1 OR "c d") -e1 -(f1 OR g1) cat:cs a1')
    assert text_words(query) == (
        Word("a1"),
        any_word("b1", TextField.TITLE),
        Word("c d", quoted=True),
    )


@given(TEXTS | st.text(min_size=600, max_size=3000))
def test_any_text_has_words_whatever_its_signs_would_mean(text: str) -> None:
    query = words_query(text)
    assert len(query.tree.parts) <= 40
    printed = print_query(query)
    if query.tree.parts and len(printed) <= MAX_QUERY_CHARACTERS:
        assert parse_query(printed) == query


def test_words_are_words_where_the_language_would_read_more() -> None:
    query = words_query('-mamba OR title:"the state space" (cs.LG) GPT-4o* | C++ NOT mamba')
    assert query.tree.parts == (
        *map(Word, ("mamba", "title", "state", "space")),
        Word("cs.LG", quoted=True),
        *map(Word, ("GPT-4o", "C++")),
    )
    assert words_query("the of ?!") == Query()
