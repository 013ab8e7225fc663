"""Settings: read from the environment and `.env`, refused in one line that echoes no value."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.settings import Settings, env_example, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, and no setting in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused() -> str:
    with pytest.raises(ConfigError) as caught:
        load(Settings)
    assert caught.value.__cause__ is None  # a chained error would show the value
    return str(caught.value)


def test_without_any_setting_everything_has_its_default(folder: Path) -> None:
    settings = load(Settings)
    assert settings.paperboy_home == folder / ".local/share/paperboy"
    assert settings.store_url == f"sqlite:///{folder}/.local/share/paperboy/papers.db"
    assert settings.arxiv_archives == ("cs", "stat")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEFAULT_ZONE", "Mars/Olympus", "is no IANA time zone"),
        ("DEFAULT_ZONE", "../../../etc/passwd", "is no IANA time zone"),
        ("RETENTION_DAYS", "many", "must be a valid integer"),
        ("RETENTION_DAYS", "1", "must be greater than or equal to 7"),
        ("LEDGER_DAYS", "99999999999", "must be less than or equal to"),
        ("BACKUP_DAYS", "-5551", "must be greater than or equal to 0"),
        ("LOG_LEVEL", "LOUD", "must be DEBUG, INFO, WARNING or ERROR"),
        ("ARXIV_ARCHIVES", "cs,alchemy", "must name archives of arXiv"),
        ("ARXIV_ARCHIVES", " , ,", "must name an archive"),
        ("HUGGINGFACE_URL", "ftp://files.example.org", "must be an address"),
        ("HUGGINGFACE_URL", "http://", "must be an address"),
        ("HUGGINGFACE_URL", "http://ada:hunter2@example.org", "may not hold a user name"),
        ("ARXIV_API_URL", "https://example.org/?key=hunter2", "must end before any ?"),
        ("HUGGINGFACE_TOKEN", "hf_ no token", "holds characters that no token has"),
        ("ARXIV_SPACING_SECONDS", "nan", "must be "),
        ("REQUEST_TIMEOUT_SECONDS", "-0.5", "must be greater than 0"),
        ("EMBEDDING_MODEL", "minilm", "must be a name such as owner/model"),
        ("EMBEDDING_MODEL", "owner/../model", "must be a name such as owner/model"),
        ("EMBEDDING_MODEL", "owner/model\n", "must be a name such as owner/model"),
        ("EMBEDDING_MODEL", "~nobody-of-that-name/m", "names a home"),
        ("EMBEDDING_REVISION", "main", "must be 40 hexadecimal digits"),
        ("EMBEDDING_SHA256", "ABC", "must be 64 hexadecimal digits"),
        ("EMBEDDING_FILE", "../../etc/passwd", "must be the path of a file"),
        ("EMBEDDING_FILE", "/var/m.bin", "must be the path of a file"),
        ("EMBEDDING_HUB_URL", "hub.example.org", "must be an address"),
        ("PAPERBOY_CONTACT", "a b", "must be a URL or a mail address"),
        ("PAPERBOY_HOME", "~nobody-of-that-name/papers", "names a home"),
    ],
)
def test_a_wrong_value_is_one_line_that_does_not_echo_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    line = refused()
    assert line.startswith(f"{name} {said}")
    assert line.endswith(", see .env.example")
    assert "\n" not in line
    assert value not in line.replace("to 7", "")


@given(
    st.sampled_from(sorted(name.upper() for name in Settings.model_fields)),
    st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60),
)
def test_no_value_whatever_breaks_reading(name: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, value)
        problem = ""
        try:
            load(Settings)
        except ConfigError as error:
            problem = str(error)
    assert not problem or (problem.startswith(f"{name} ") and "\n" not in problem)


def test_archives_may_be_typed_with_spaces_capitals_and_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARXIV_ARCHIVES", " CS, math ,cs,")
    assert load(Settings).arxiv_archives == ("cs", "math")


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "")
    assert load(Settings).retention_days == 90


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("LEDGER_DAYS=100\nBACKUP_DAYS=3\n")
    monkeypatch.setenv("BACKUP_DAYS", "5")
    settings = load(Settings)
    assert (settings.ledger_days, settings.backup_days) == (100, 5)


def test_a_token_is_shown_by_no_way_of_printing_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUGGINGFACE_TOKEN", "hf_not-to-be-seen")
    settings = load(Settings)
    assert settings.huggingface_token.get_secret_value() == "hf_not-to-be-seen"
    printed = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert "not-to-be-seen" not in printed


def test_the_example_file_sets_nothing_and_can_be_read(folder: Path) -> None:
    text = env_example([Settings])
    (folder / ".env").write_text(text)
    assert all(line.startswith("#") or not line for line in text.splitlines())
    assert load(Settings) == Settings(_env_file=None)


def test_the_example_file_with_its_defaults_in_force_changes_nothing(folder: Path) -> None:
    lines = [
        line.removeprefix("# ") if "=" in line.split(" ")[1] else line
        for line in env_example([Settings]).splitlines()
        if line
    ]
    (folder / ".env").write_text("\n".join(lines))
    assert load(Settings) == Settings(_env_file=None)


def test_a_model_of_the_hub_has_a_folder_of_its_own_at_each_revision(folder: Path) -> None:
    settings = Settings(_env_file=None, embedding_model="owner/model", embedding_revision="a" * 40)
    models = folder / ".local/share/paperboy/models"
    assert settings.model_folder == models / f"owner--model@{'a' * 40}"
    assert not settings.has_local_model


def test_a_model_can_be_a_folder_or_off(folder: Path) -> None:
    local = Settings(_env_file=None, embedding_model="~/mine")
    assert local.model_folder == folder / "mine"
    assert local.has_local_model
    assert Settings(_env_file=None, embedding_model="Off").model_folder is None
