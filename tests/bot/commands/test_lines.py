from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import COMMANDS, read_line
from bot.commands.lines import MAX_LINE_CHARACTERS, is_one_edit
from bot.commands.verbs import Kind
from bot.errors import UserError
from bot.query_pieces import FIELDS

NAMES = {command.name for command in COMMANDS}
WORDS = st.sampled_from(
    [
        *("subscribe", "Subscriptions", "change", "pause", "search", "today", "help", "paper"),
        *(
            "/papers",
            "9",
            "9 pm",
            "09:00",
            "berlin",
            "New York",
            "CET",
            "Europe/Berlino",
            "mon-fri",
        ),
        *("cat:cs.LG", "filter:", 'filter:"cat:cs.LG x"', "size:10", "newest", "“phrase", '"', "'"),
        *(
            "ranking:newest",
            "ranking:newest",
            "2405.21060",
            "#3",
            "\x00",
            "\ud800",
            "　",
            "：",
            "\n",
        ),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=9).map(" ".join)))
def test_any_line_is_a_verb_with_its_options_or_refused(text: str) -> None:
    try:
        verb, args = read_line(text)
    except UserError:
        return
    [command] = [command for command in COMMANDS if command.name == verb]
    assert set(args) <= {param.name for param in command.params}


@pytest.mark.parametrize("text", ["", "  ", "/papers", " /Papers ", "papers"])
def test_nothing_at_all_is_todays_top_three(text: str) -> None:
    assert read_line(text) == ("today", {"top": "3"})


@pytest.mark.parametrize("text", ["/papers search mamba", "search mamba", "/search mamba"])
def test_the_platforms_prefix_is_no_part_of_a_line(text: str) -> None:
    assert read_line(text) == ("search", {"query": "mamba"})


def test_a_query_keeps_all_its_words_and_colons() -> None:
    line = 'SEARCH "state space" cat:cs.LG query:x size:3'
    assert read_line(line) == ("search", {"query": '"state space" cat:cs.LG query:x size:3'})


def test_a_first_word_that_is_no_verb_is_a_search() -> None:
    assert read_line("state space models") == ("search", {"query": "state space models"})


@pytest.mark.parametrize("typo", ["subscibe", "subscrieb", "subscribee", "subskribe", "Subcribe"])
def test_within_one_edit_of_a_verb_it_is_a_search_that_names_the_verb(typo: str) -> None:
    assert read_line(f"{typo} 9am") == (
        "search",
        {"query": f"{typo} 9am", "meant": "subscribe 9am"},
    )


@pytest.mark.parametrize("text", ["2405.21060", "2405.21060v2", "https://arxiv.org/abs/2405.21060"])
def test_an_id_or_a_link_is_its_paper(text: str) -> None:
    assert read_line(text) == ("paper", {"id": text})


SUBSCRIBE = {
    "time": "09:00",
    "zone": "Europe/Berlin",
    "filter": "cat:cs.LG diffusion",
    "size": "10",
    "weekdays": "mon-fri",
    "ranking": "newest",
    "layout": "full",
    "empty": "no",
}


def test_options_are_read_by_name() -> None:
    line = (
        'subscribe 09:00 Europe/Berlin filter:"cat:cs.LG diffusion" size:10 weekdays:mon-fri '
        "ranking:newest layout:full empty:no"
    )
    assert read_line(line) == ("subscribe", SUBSCRIBE)


@given(st.permutations(list(SUBSCRIBE)))
def test_named_options_may_stand_in_any_order(order: list[str]) -> None:
    line = " ".join(f'{name.upper()}:"{SUBSCRIBE[name]}"' for name in order)
    assert read_line(f"subscribe {line}") == ("subscribe", SUBSCRIBE)


@given(st.permutations(["09:00", "Europe/Berlin", "mon-fri", "newest", "full"]))
def test_options_without_names_are_told_apart_by_their_form(order: list[str]) -> None:
    verb, args = read_line(" ".join(["subscribe", *order]))
    assert (verb, args) == (
        "subscribe",
        {name: SUBSCRIBE[name] for name in ("time", "zone", "weekdays", "ranking", "layout")},
    )


def test_several_words_may_be_one_value() -> None:
    assert read_line("subscribe 9 pm new york every day") == (
        "subscribe",
        {"time": "9 pm", "zone": "new york", "weekdays": "every day"},
    )


def test_words_after_a_field_belong_to_the_filter() -> None:
    _, args = read_line("subscribe 9 cat:cs.LG diffusion berlin 25")
    assert args == {
        "time": "9",
        "zone": "berlin",
        "size": "25",
        "filter": "cat:cs.LG diffusion",
    }


@pytest.mark.parametrize(
    "words", ["(mamba OR rwkv)", "-survey", "upvotes>=20", '"state space" mamba', "-author:Gu"]
)
def test_a_filter_begins_with_any_sign_of_the_language(words: str) -> None:
    _, args = read_line(f"subscribe 09:00 {words} daily")
    assert args == {"time": "09:00", "filter": words, "weekdays": "daily"}


def test_a_quoted_filter_may_hold_a_phrase() -> None:
    _, args = read_line("""subscribe filter:'cat:cs.LG "state space"'""")
    assert args["filter"] == 'cat:cs.LG "state space"'
    _, args = read_line(r'subscribe filter:"cat:cs.LG \"state space\""')
    assert args["filter"] == 'cat:cs.LG "state space"'


def test_signs_that_phones_type_count_as_plain_ones() -> None:
    _, args = read_line("／papers subscribe ０９：００ filter：“cat:cs.LG” weekdays:mon–fri")
    assert args == {"time": "09:00", "filter": "cat:cs.LG", "weekdays": "mon-fri"}


def test_a_word_that_looks_like_a_zone_goes_there_to_be_refused_with_the_right_one() -> None:
    assert read_line("subscribe 9 Europe/Berlino")[1]["zone"] == "Europe/Berlino"
    assert read_line("subscribe 9 CET")[1]["zone"] == "CET"


def test_a_word_that_fits_nothing_is_named() -> None:
    with pytest.raises(UserError, match="diffusion can't be placed; a filter is written filter:\""):
        read_line("subscribe 9 diffusion")


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match="size is given twice"):
        read_line("subscribe size:3 size:4")


def test_a_group_alone_is_its_list_and_its_typos_are_named_but_never_guessed() -> None:
    assert read_line("subscriptions") == ("subscriptions list", {})
    with pytest.raises(UserError, match="did you mean /papers subscriptions remove"):
        read_line("subscriptions remvoe 3")


def test_a_verb_with_one_parameter_takes_the_rest_of_the_line() -> None:
    assert read_line("today this week") == ("today", {"when": "this week"})
    assert read_line("today when:2026-11") == ("today", {"when": "2026-11"})
    assert read_line("subscriptions pause #3") == ("subscriptions pause", {"subscription": "#3"})


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(UserError, match="at most"):
        read_line("subscribe " + "x " * MAX_LINE_CHARACTERS)


def test_one_edit_is_one_letter_more_less_other_or_swapped() -> None:
    assert all(is_one_edit(word, "help") for word in ("hel", "helpp", "hewp", "hlep", "xhelp"))
    assert not any(is_one_edit(word, "help") for word in ("help", "he", "hpel", "helppp", "x"))


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_edit_goes_both_ways(one: str, other: str) -> None:
    assert is_one_edit(one, other) == is_one_edit(other, one)


def test_every_verb_is_read_by_its_name() -> None:
    for command in COMMANDS:
        assert read_line(command.name.upper())[0] == command.name


def test_only_inner_parameters_and_queries_can_hold_what_a_typed_line_cannot() -> None:
    alone = [command.typed[0] for command in COMMANDS if len(command.typed) == 1]
    assert {param.kind for param in alone} >= {Kind.QUERY, Kind.PAPER, Kind.DAY, Kind.TEXT}


def test_a_time_that_is_none_is_refused_as_a_time():
    assert read_line("subscribe 25:00") == ("subscribe", {"time": "25:00"})


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("subscribe at 9 in Berlin on weekdays", {"zone": "Berlin", "weekdays": "weekdays"}),
        ("alert hours every day at 7 pm", {"weekdays": "every day"}),
        (
            "subscribe 9 cat:cs.CV depth in images",
            {"time": "9", "filter": "cat:cs.CV depth in images"},
        ),
    ],
)
def test_small_words_before_a_value_are_passed_over(line: str, args: dict[str, str]) -> None:
    assert args.items() <= read_line(line)[1].items()


def test_words_that_fit_nothing_go_to_what_refuses_them_with_the_way_out() -> None:
    assert read_line("cite 2405.21060 apa")[1] == {"id": "2405.21060", "format": "apa"}
    assert read_line("cite mamba ris")[1] == {"id": "mamba", "format": "ris"}
    assert read_line("alert hours 8 Mars")[1] == {"time": "8", "zone": "Mars"}
    with pytest.raises(UserError, match="x can't be placed; it takes id, format"):
        read_line("cite 2405.21060 ris x")


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("“key”  —  見《Mamba》", "“key”  —  見《Mamba》"),
        ("note:“a — b”", "a — b"),
        ("note：（重要）", "（重要）"),
        ("2405.21060：「読む」 ", "2405.21060：「読む」"),
        ('note:"a \\"b\\""', 'a "b"'),
        ("“”", ""),
        ("note:", ""),
    ],
)
def test_a_text_of_its_own_keeps_the_signs_it_was_typed_with(typed: str, note: str) -> None:
    line = f" /papers　saved note 2405.21060 {typed}\u200b"
    assert read_line(line) == ("saved note", {"id": "2405.21060", "note": note})


def test_what_is_no_verb_of_a_list_may_be_looked_for_in_it() -> None:
    with pytest.raises(UserError, match=r"to look for it there: /papers saved list mamba vision$"):
        read_line("saved mamba vision")
    with pytest.raises(UserError, match=r"did you mean /papers saved note 2405\.21060\?$"):
        read_line("saved noet 2405.21060")


def test_no_option_is_called_like_a_field_of_the_query_language():
    options = {param.name for command in COMMANDS for param in command.typed}
    assert not options & set(FIELDS)
