"""Paperboy's settings: environment variables and `.env`, read once by the command line.

`.env.example` is made from the classes here and those the adapters bring (`env_example`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, TypeVar, cast

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.categories import ARCHIVES, archive_of, nearest_category
from bot.errors import ConfigError
from bot.setting_kinds import OFF, BaseUrl, Commit, HubFile, ModelName, Sha256, ZoneName, is_path

LONGEST_DAYS = 36_500  # a century: what is longer would leave the calendar


class PaperboySettings(BaseSettings):
    """What every class of settings shares: where it is read from and that it never echoes."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )


S = TypeVar("S", bound=PaperboySettings)


class Settings(PaperboySettings):
    """The settings of the core. Spans end in the unit they are in."""

    paperboy_home: Path = Field(
        default=Path("~/.local/share/paperboy"),
        description="The one folder that holds all state: database, backups, kept answers.",
    )
    database_url: str = Field(
        default="",
        description="The store; empty means papers.db in PAPERBOY_HOME (sqlite:///…).",
    )
    paperboy_contact: str = Field(
        default="https://github.com/paperboy-bot/paperboy",
        description="URL or mail address where the sources reach you; sent in the User-Agent.",
    )
    default_zone: ZoneName = Field(
        default="", description="IANA zone of new subscriptions; empty means this machine's zone."
    )
    arxiv_archives: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("cs", "stat"), description="arXiv archives to pull, by comma."
    )
    huggingface_url: BaseUrl = Field(
        default="https://huggingface.co", description="Where Hugging Face Daily Papers is asked."
    )
    huggingface_token: SecretStr = Field(
        default=SecretStr(""),
        description="A free hf_… token doubles Hugging Face's rate limit; not needed.",
    )
    arxiv_rss_url: BaseUrl = Field(
        default="https://rss.arxiv.org", description="Where arXiv's daily announcements are read."
    )
    arxiv_api_url: BaseUrl = Field(
        default="https://export.arxiv.org", description="Where arXiv's query API is asked."
    )
    huggingface_spacing_seconds: float = Field(
        default=0.2, ge=0, le=60, description="Least time between two requests to Hugging Face."
    )
    arxiv_spacing_seconds: float = Field(
        default=3.0,
        ge=0,
        le=60,
        description="Least time between two requests to arXiv, whose terms ask for 3 s; "
        "less only for a server of your own.",
    )
    embedding_model: ModelName = Field(
        default="Xenova/all-MiniLM-L6-v2",
        description="Model of semantic search, once it is fetched (paperboy model pull): "
        "a name on the hub, a folder, or off. It must average its tokens' vectors.",
    )
    embedding_revision: Commit = Field(
        default="751bff37182d3f1213fa05d7196b954e230abad9",
        description="The commit of the model on the hub.",
    )
    embedding_sha256: Sha256 = Field(
        default="afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1",
        description="SHA-256 of the model's ONNX file.",
    )
    embedding_file: HubFile = Field(
        default="onnx/model_quantized.onnx", description="Path of the ONNX file in the model."
    )
    embedding_hub_url: BaseUrl = Field(
        default="https://huggingface.co", description="The hub that models are fetched from."
    )
    request_timeout_seconds: float = Field(
        default=30.0, gt=0, le=600, description="Deadline of one request to a source, in seconds."
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    retention_days: int = Field(
        default=90,
        ge=7,
        le=LONGEST_DAYS,
        description="Days that sent and failed deliveries and pull records are kept.",
    )
    ledger_days: int = Field(
        default=730,
        ge=60,
        le=LONGEST_DAYS,
        description="Days that Paperboy remembers what a channel was shown.",
    )
    alerts_per_user: int = Field(
        default=50, ge=1, le=1000, description="Alerts that one person may have."
    )
    saved_per_user: int = Field(
        default=2000, ge=1, le=100_000, description="Papers that a person's reading list may hold."
    )
    backup_days: int = Field(
        default=7,
        ge=0,
        le=LONGEST_DAYS,
        description="Daily backups to keep in PAPERBOY_HOME/backups; 0 for none.",
    )

    @field_validator("arxiv_archives", mode="before")
    @classmethod
    def _archives(cls, value: object) -> tuple[str, ...]:
        texts = value.split(",") if isinstance(value, str) else cast("tuple[str, ...]", value)
        names = tuple(dict.fromkeys(name for text in texts if (name := text.strip().lower())))
        if not names:
            raise ValueError("must name an archive such as cs")
        for name in names:
            if name not in ARCHIVES:
                nearest = archive_of(nearest_category(name))
                raise ValueError(f"must name archives of arXiv; the nearest is {nearest}")
        return names

    @field_validator("huggingface_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        # It becomes a header: what can't stand there would fail at every request, unexplained.
        if not re.fullmatch(r"[\x21-\x7e]*", value.get_secret_value()):
            raise ValueError("holds characters that no token has")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("paperboy_contact")
    @classmethod
    def _contact(cls, value: str) -> str:
        if not re.fullmatch(r"[\x21-\x7e]{3,200}", value):
            raise ValueError("must be a URL or a mail address of plain characters")
        return value

    @field_validator("paperboy_home")
    @classmethod
    def _home(cls, value: Path) -> Path:
        try:
            return value.expanduser().absolute()
        except RuntimeError as error:
            raise ValueError("names a home that this machine does not know") from error

    @property
    def store_url(self) -> str:
        """The URL of the store, worked out."""
        return self.database_url or f"sqlite:///{self.paperboy_home / 'papers.db'}"

    @property
    def model_folder(self) -> Path | None:
        """Where the model of semantic search is, or is to be put; None where it is off."""
        if self.embedding_model == OFF:
            return None
        if self.has_local_model:
            return Path(self.embedding_model)
        name = self.embedding_model.replace("/", "--")
        return self.paperboy_home / "models" / f"{name}@{self.embedding_revision}"

    @property
    def has_local_model(self) -> bool:
        """Whether the model is a folder of the operator's, which nothing is ever fetched to."""
        return is_path(self.embedding_model)


def load(kind: type[S]) -> S:
    """Read settings of one class from the environment and `.env`.

    Raises ConfigError with one line that names the first wrong setting, never its value.
    """
    try:
        return kind()
    except ValidationError as error:
        raise ConfigError(_first_problem(error)) from None
    except UnicodeDecodeError:
        raise ConfigError(".env is not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f".env can't be read: {error.strerror}") from None


def env_example(kinds: list[type[PaperboySettings]]) -> str:
    """The text of `.env.example`: every setting with its meaning and its default."""
    parts = ["# Paperboy's settings, with their defaults. Copy to .env and change what you need.\n"]
    for kind in kinds:
        parts.append(f"\n# --- {_first_sentence(kind)}\n")
        for name, about in kind.model_fields.items():
            default = about.get_default(call_default_factory=True)
            if isinstance(default, SecretStr):
                default = default.get_secret_value()
            if isinstance(default, tuple):
                default = ",".join(default)
            parts.append(f"\n# {about.description}\n# {name.upper()}={default or ''}\n")
    return "".join(parts)


def _first_sentence(kind: type[PaperboySettings]) -> str:
    return (kind.__doc__ or "").partition(".")[0]


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
    if first["type"] == "missing":
        return f"{name} is missing, see .env.example"
    problem = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} {problem.replace('should be', 'must be', 1)}, see .env.example"
