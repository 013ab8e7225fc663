"""What kinds of values settings take, each with what is said where one is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AnyHttpUrl, ValidationError

OFF = "off"


def _known_zone(name: str) -> str:
    if not name:
        return name
    try:
        ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError) as error:
        raise ValueError("is no IANA time zone such as Europe/Berlin") from error
    return name


def _base_url(url: str) -> str:
    try:
        parsed = AnyHttpUrl(url)
    except ValidationError as error:
        raise ValueError("must be an address such as https://example.org") from error
    if parsed.query is not None or parsed.fragment is not None:
        raise ValueError("must end before any ? or #")
    if parsed.username or parsed.password:
        raise ValueError("may not hold a user name or password")
    return url.rstrip("/")


def _model_name(text: str) -> str:
    if text.lower() == OFF:
        return OFF
    if is_path(text):
        return _folder(text)
    if re.fullmatch(r"[\w][\w.-]*/[\w][\w.-]*", text, re.ASCII):
        return text
    raise ValueError("must be a name such as owner/model, a folder, or off")


def _folder(text: str) -> str:
    try:
        return str(Path(text).expanduser().absolute())
    except RuntimeError as error:
        raise ValueError("names a home that this machine does not know") from error


def is_path(model: str) -> bool:
    """Whether a model is named by its folder."""
    return model.startswith(("/", "./", "../", "~"))


def _hub_file(path: str) -> str:
    if not re.fullmatch(r"[\w][\w.-]*(/[\w][\w.-]*)*", path, re.ASCII):
        raise ValueError("must be the path of a file such as onnx/model.onnx")
    return path


def _digits(count: int) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(rf"[0-9a-f]{{{count}}}", text):
            raise ValueError(f"must be {count} hexadecimal digits")
        return text

    return AfterValidator(check)


ZoneName = Annotated[str, AfterValidator(_known_zone)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
ModelName = Annotated[str, AfterValidator(_model_name)]
HubFile = Annotated[str, AfterValidator(_hub_file)]
Commit = Annotated[str, _digits(40)]
Sha256 = Annotated[str, _digits(64)]
