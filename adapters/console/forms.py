"""A form, asked field by field where a person sits at the terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.console.cleaning import clean
from bot.messages import Field, Form

EMPTY = "-"  # typed to empty a field that holds something: Enter keeps it

Ask = Callable[[str], Awaitable[str | None]]
Tell = Callable[[str], Awaitable[None]]


async def fill(form: Form, ask: Ask, tell: Tell) -> dict[str, str] | None:
    """The arguments that the answers make; None where the person ended it (Ctrl-D)."""
    await tell("\n".join(filter(None, (clean(form.title), clean(form.problem)))))
    answers = dict(form.args)
    for field in form.fields:
        answer = await _answer(field, ask, tell)
        if answer is None:
            return None
        answers[field.name] = answer
    return answers


def as_one_line(form: Form) -> str:
    """What to type in one line instead, where nobody can be asked."""
    known = [f"{name}:{value}" for name, value in form.args.items()]
    wanted = [f"{field.name}:{field.value or '…'}" for field in form.fields]
    typed = " ".join(("/papers", form.verb, *known, *wanted))
    return "\n".join(filter(None, (clean(form.problem), f"Type it in one line: {clean(typed)}")))


async def _answer(field: Field, ask: Ask, tell: Tell) -> str | None:
    for text in _explain(field):
        await tell(text)
    while True:
        typed = await ask(f"{clean(field.label)}{_default(field)}: ")
        if typed is None:
            return None
        answer = _read(field, typed.strip())
        if answer is None:
            await tell(f"Type one of 1–{len(field.choices)}.")
        elif answer or not field.required:
            return answer
        else:
            await tell("This one is needed.")


def _explain(field: Field) -> list[str]:
    choices = [f"  {n}. {clean(label)}" for n, (_, label) in enumerate(field.choices, 1)]
    return [text for text in (clean(field.hint), "\n".join(choices)) if text]


def _default(field: Field) -> str:
    labels = dict(field.choices)
    shown = clean(labels.get(field.value, field.value))
    return f" [{shown}]" if shown else ""


def _read(field: Field, typed: str) -> str | None:
    """The value that was meant; None where it is none of the choices."""
    if not typed:
        return field.value
    if typed == EMPTY and not field.required:
        return ""
    if not field.choices:
        return typed
    meant = {str(number): value for number, (value, _) in enumerate(field.choices, 1)}
    meant |= {label.casefold(): value for value, label in field.choices}
    meant |= {value.casefold(): value for value, _ in field.choices}
    return meant.get(typed.casefold())
