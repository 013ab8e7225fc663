"""Marked texts, and the passage of one that is worth showing."""

from hypothesis import given
from hypothesis import strategies as st

from storage.sqlite.passages import LONGEST_PASSAGE, Marked, passage, runs, united


def marked(text, *words):
    """The text with these words marked, each wherever it stands."""
    found = Marked(text)
    for word in words:
        starts = [place for place in range(len(text)) if text.startswith(word, place)]
        found = united(found, Marked(text, tuple((s, s + len(word)) for s in starts)))
    return found


def shown(found):
    return "".join(f"[{text}]" if is_marked else text for text, is_marked in found)


def test_marks_that_meet_or_overlap_are_one():
    assert shown(runs(marked("a bcd", "bc", "cd"))) == "a [bcd]"
    assert shown(runs(marked("a bcd", "b", "cd"))) == "a [bcd]"
    assert shown(runs(marked("abcd", "a", "d"))) == "[a]bc[d]"
    assert runs(Marked("")) == ()


def test_a_passage_begins_with_the_sentence_of_its_first_mark():
    text = "Far away it was. " * 20 + "Then came the hare. " + "And so on it went. " * 20
    assert shown(passage(marked(text, "hare"))).startswith("…Then came the [hare]. And so on")


def test_a_passage_within_a_long_sentence_begins_and_ends_at_words():
    text = "word, " * 60 + "hare " + "word, " * 60
    found = shown(passage(marked(text, "hare")))
    assert found.startswith("…word, ")
    assert found.endswith(" word…")


def test_different_words_weigh_more_than_one_word_often():
    text = "hare hare hare " + "so on " * 60 + "hare pond " + "so on " * 60
    assert "[hare] [pond]" in shown(passage(marked(text, "hare", "pond")))


def test_a_text_without_spaces_is_cut_anywhere():
    text = "强" * 300 + "学习" + "强" * 300
    found = shown(passage(marked(text, "学习")))
    assert found.startswith("…强")
    assert "[学习]" in found
    assert len(found) == LONGEST_PASSAGE + len("…[]…")


@given(st.text("ab .。é强", max_size=900), st.sets(st.sampled_from(["a", "ab", "b.", "强", " "])))
def test_a_passage_is_a_part_of_the_text_with_its_first_mark(text, words):
    found = passage(marked(text, *words))
    plain = "".join(run for run, _ in found)
    inside = plain.removeprefix("…").removesuffix("…")
    assert inside in text
    assert len(inside) <= LONGEST_PASSAGE
    if any(word in text for word in words):
        assert any(is_marked for _, is_marked in found)
