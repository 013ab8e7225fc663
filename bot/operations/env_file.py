"""`.env` as a file that a command may add to: every other line stays, and nothing is ever lost."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.errors import ConfigError

PRIVATE = 0o600  # it holds secrets
_BY_HAND = "put the setting there by hand, then run this again"


class EnvFile:
    """The settings file at `path`, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raises ConfigError where `keep` could not write."""
        if self.path.is_symlink():
            raise ConfigError(f"{self.path} is a link to another file: {_BY_HAND}")
        if self.path.exists():
            if not self.path.is_file():
                raise ConfigError(f"{self.path} is no file")
            # Root may write everything; but whoever took the right away meant it.
            if not self.path.stat().st_mode & stat.S_IWUSR or not os.access(self.path, os.W_OK):
                raise ConfigError(f"{self.path} is read-only: make it writable, or {_BY_HAND}")
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            folder = self.path.parent.absolute()
            raise ConfigError(f"{folder} can't be written, so {self.path} can't be kept there")

    def keep(self, name: str, value: str) -> bool:
        """Set `name` to `value`, readable for its owner alone; whether anything was changed.

        `value` has no quotes and no spaces. Raises ConfigError, and then the file is as it was.
        """
        try:
            before = self.path.read_bytes() if self.path.exists() else b""
            if setting_in(before, name) == value:
                self._close_to_others()
                return False
            self.check()
            self._replace(with_setting(before, name, value))
        except OSError as error:
            raise ConfigError(f"{self.path} can't be written: {error.strerror}") from None
        return True

    def _close_to_others(self) -> None:
        """What is behind a link, or somebody else's, is theirs to open and close."""
        with suppress(OSError):
            if not self.path.is_symlink():
                self.path.chmod(self.path.stat().st_mode & ~(stat.S_IRWXG | stat.S_IRWXO))

    def _replace(self, text: bytes) -> None:
        """One rename: whenever this stops, the file is the old one or the new one, whole."""
        folder = self.path.parent
        number, name = tempfile.mkstemp(prefix=".env-", dir=folder)  # made for its owner alone
        try:
            with os.fdopen(number, "wb") as file:
                file.write(text)
                file.flush()
                os.fchmod(number, PRIVATE)
                if self.path.exists():
                    there = self.path.stat()
                    with suppress(PermissionError):  # root writes for somebody else
                        os.fchown(number, there.st_uid, there.st_gid)
                os.fsync(number)
            Path(name).replace(self.path)
        finally:
            Path(name).unlink(missing_ok=True)


def setting_in(text: bytes, name: str) -> str:
    """The value of a setting in the text of a settings file, "" for none. Pure."""
    lines = [line for line in text.splitlines() if _spelled(name).match(line)]
    if not lines:
        return ""
    value = lines[-1].partition(b"=")[2].decode("utf-8", "replace").strip()
    if value[:1] in {"'", '"'}:
        return value[1:].partition(value[0])[0]
    return value.partition(" #")[0].strip()


def with_setting(text: bytes, name: str, value: str) -> bytes:
    """The text of a settings file with this setting: in its first place, else at the end. Pure."""
    setting, spelled = f"{name}={value}".encode(), _spelled(name)
    lines, is_set = [], False
    for line in text.splitlines(keepends=True):
        if not spelled.match(line):
            lines.append(line)
        elif not is_set:
            lines.append(setting + line[len(line.rstrip(b"\r\n")) :])
            is_set = True
    if not is_set:
        end = b"\r\n" if text.endswith(b"\r\n") else b"\n"
        if lines and not lines[-1].endswith((b"\r", b"\n")):
            lines.append(end)
        lines.append(setting + end)
    return b"".join(lines)


def _spelled(name: str) -> re.Pattern[bytes]:
    """A line that sets it: names count in any letters, and the last of several wins."""
    return re.compile(rb"\s*(?:export\s+)?" + name.encode() + rb"\s*(?:=|$)", re.IGNORECASE)
