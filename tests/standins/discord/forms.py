"""Selects and modals as a person fills them in, refused as Discord's client refuses."""

from __future__ import annotations

from typing import Any

from standins.discord.components import LABEL, ROW, SELECTS, STRING_SELECT, TEXT, TEXT_INPUT
from standins.discord.world import Channel, Role, User

Json = dict[str, Any]
UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
MOST_CHARACTERS = {"label": 45, "description": 100, "placeholder": 150, "value": 4000}
WITH_ONE_VALUE = {TEXT_INPUT, RADIO, CHECKBOX}


def modal_problems(modal: Json) -> list[str]:
    """What Discord refuses of a form: its "Modal" and "Label" limits."""
    fields = [each.get("component", each) for each in modal.get("components", [])]
    fields = [one for each in fields for one in each.get("components", [each])]
    ids = [each["custom_id"] for each in fields if "custom_id" in each]
    found = [] if 1 <= len(modal.get("title") or "") <= 45 else ["a title is 1 to 45 characters"]
    if not 1 <= len(modal.get("components", [])) <= 5:
        found.append("a form has 1 to 5 components")
    if len({*ids}) < len(ids):
        found.append(f"the same custom id twice: {ids}")
    if any(not 1 <= len(name) <= 100 for name in (modal.get("custom_id") or "", *ids)):
        found.append("a custom id is 1 to 100 characters")
    for each in (*modal.get("components", []), *fields):
        found += [
            f"{name} of more than {most} characters"
            for name, most in MOST_CHARACTERS.items()
            if len(each.get(name) or "") > most
        ]
        if not len(each.get("options", [])) <= 25:
            found.append("more than 25 options")
    return found


def chosen(select: Json, values: list[Any]) -> list[str]:
    """The values of a select, given as values or labels, or as users, roles and channels."""
    name = select.get("custom_id")
    if select["type"] in (STRING_SELECT, RADIO, CHECKBOXES):
        options = {each["value"]: each["value"] for each in select["options"]}
        by_label = {each["label"]: each["value"] for each in select["options"]}
        known = by_label | options
        assert all(each in known for each in values), f"{name!r}: {values} are not in {[*known]}"
        values = [known[each] for each in values]
    else:
        values = [str(each.id) for each in values]
    assert len(values) >= select.get("min_values", 1), f"{name!r} wants more than {values}"
    assert len(values) <= select.get("max_values", 1), f"{name!r} wants less than {values}"
    return values


def submitted(modal: Json, given: dict[str, Any]) -> list[Json]:
    """The components of MODAL_SUBMIT; what is not given stays as the modal filled it in.

    `given` is keyed by custom id or by label.
    """
    left = dict(given)
    parts = [_part(each, left) for each in modal["components"]]
    assert not left, f"the form has no {[*left]}"
    return parts


def _part(part: Json, left: dict[str, Any]) -> Json:
    about = {"type": part["type"], "id": part.get("id", 0)}
    if part["type"] == ROW:
        return about | {"components": [_field(each, each, left) for each in part["components"]]}
    if part["type"] == LABEL:
        return about | {"component": _field(part["component"], part, left)}
    assert part["type"] == TEXT, f"a modal cannot hold a component of type {part['type']}"
    return about


def _field(field: Json, named: Json, left: dict[str, Any]) -> Json:
    custom_id = field["custom_id"]
    label = named.get("label")
    value = left.pop(custom_id) if custom_id in left else left.pop(label, None)
    value = _prefilled(field) if value is None else value
    about = {"type": field["type"], "id": field.get("id", 0), "custom_id": custom_id}
    if field["type"] in WITH_ONE_VALUE:
        _assert_fits(field, value)
        return about | {"value": value}
    if not value and not field.get("required", True):
        return about | {"values": []}
    values = value if isinstance(value, list | tuple) else [value]
    return about | {"values": chosen(field, list(values))}


def _prefilled(field: Json) -> Any:
    if field["type"] == TEXT_INPUT:
        return field.get("value") or ""
    if field["type"] == CHECKBOX:
        return field.get("default", False)
    marked = [each["value"] for each in field.get("options", []) if each.get("default")]
    if field["type"] == RADIO:
        return marked[0] if marked else None
    return marked


def _assert_fits(field: Json, value: Any) -> None:
    name = field["custom_id"]
    if field["type"] == RADIO and value is not None:
        assert value in [each["value"] for each in field["options"]], f"{name!r} has no {value!r}"
    if field["type"] == CHECKBOX:
        return
    assert value or not field.get("required", True), f"{name!r} must be filled in"
    if field["type"] == TEXT_INPUT and value:
        assert len(value) >= (field.get("min_length") or 0), f"{name!r}: {value!r} is too short"
        assert len(value) <= (field.get("max_length") or 4000), f"{name!r}: {value!r} is too long"


def picked(values: list[Any]) -> list[User | Role | Channel]:
    """Those among the values that Discord tells more of, in `resolved`."""
    return [each for each in values if isinstance(each, User | Role | Channel)]


__all__ = ["SELECTS", "chosen", "picked", "submitted"]
