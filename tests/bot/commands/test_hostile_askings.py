from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.office import FRIDAY, Office

from bot.commands import COMMANDS
from bot.errors import UserError
from bot.messages import Form, Message
from storage import open_store

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *("1", "2", "#1", "9:00", "berlin", "mon-fri", "cat:cs.LG", "mamba", "newest", "yes"),
            *(
                "week",
                "2026-11",
                "0001-01-01",
                "2405.21060",
                "\ud800",
                "\x00",
                "a.5.12",
                "x" * 1001,
            ),
            *(
                '"',
                "cat:",
                "NEAR(",
                "sheep AND",
                "*",
                "強化学習",
                "diffusion -",
                "search mamba",
                "-1",
            ),
        ]
    ),
)
ASKED = st.sampled_from(COMMANDS).flatmap(
    lambda command: st.tuples(
        st.just(command.name),
        st.dictionaries(st.sampled_from([p.name for p in command.params] or ["x"]), TEXTS),
    )
)


def test_any_arguments_of_any_verb_give_an_answer_or_one_line(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        store = open_store(f"sqlite:///{tmp_path}/papers.db")
        office = Office(store)
        runner.run(office.list_papers(FRIDAY, {"Mamba and sheep": 3, "Diffusion": 2}))
        runner.run(office.ask("subscribe"))
        runner.run(office.ask("alert add mamba"))

        @settings(
            max_examples=400, deadline=timedelta(seconds=5), suppress_health_check=[*HealthCheck]
        )
        @given(ASKED)
        def ask(asked: tuple[str, dict[str, str]]) -> None:
            try:
                answer = runner.run(office.commands.answer(office.invocation(*asked)))
            except UserError as error:
                said = str(error)
            else:
                said = "an answer" if isinstance(answer, Message | Form) else ""
            assert said
            assert len(said.splitlines()) == 1

        ask()
        runner.run(store.close())
