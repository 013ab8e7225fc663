"""Which words of a question are looked up."""

from bot.models import And, Word
from storage.sqlite.questions import Part, affordable, pairs_of


def parts(**holders):
    return [Part(Word(word), count) for word, count in holders.items()]


def test_the_rarest_words_are_looked_up_as_far_as_it_pays():
    asked = parts(model=900, mamba=5, space=90)
    assert affordable(asked, 1000) == (Word("mamba"), Word("space"), Word("model"))
    assert affordable(asked, 900) == (Word("mamba"), Word("space"))
    assert affordable(asked, 1) == (Word("mamba"),)
    assert affordable([], 9) == ()


def test_two_of_three_or_four_words_are_asked_for():
    assert pairs_of(parts(a=1, b=2)) == ()
    assert pairs_of(parts(a=1, b=2, c=3)) == (
        And((Word("a"), Word("b"))),
        And((Word("a"), Word("c"))),
        And((Word("b"), Word("c"))),
    )
    assert len(pairs_of(parts(a=1, b=2, c=3, d=4))) == 6
    assert pairs_of(parts(a=1, b=2, c=3, d=4, e=5)) == ()
