"""`paperboy model pull`: the files of a model from its hub, checked, then put in place at once.

The one place that fetches a model. Broken off, it goes on where it was. It blocks: nothing else
runs in that command.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.certificates import is_untrusted, trusted
from bot.embeddings.model import MODEL_FILE, checksum
from bot.errors import ModelError

Report = Callable[[str, int, int | None], None]  # file, bytes that are here, bytes in all

# The small ones first: a wrong page in their place is seen before the large one is fetched.
TOKENIZER_FILES = ("tokenizer_config.json", "tokenizer.json")
OPTIONAL_FILES = ("config.json", "special_tokens_map.json")  # newer models lack them
LARGEST_TOKENIZER = 50_000_000  # bytes: those of the largest vocabularies are 17 MB
LARGEST_MODEL = 2_000_000_000  # bytes: an ONNX file has no more (protobuf's limit)
MAX_REDIRECTS = 5  # a hub sends large files from its store
DEADLINES = httpx.Timeout(30.0, connect=10.0)  # seconds without a byte
MISSING = frozenset({401, 403, 404})  # what hubs answer where there is nothing to be had


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model on a hub, pinned by the commit and by its ONNX file's SHA-256."""

    hub_url: str
    name: str
    revision: str
    file: str
    sha256: str

    def url(self, file: str) -> str:
        """The address of one of its files."""
        return f"{self.hub_url}/{self.name}/resolve/{self.revision}/{file}"


def fetch_model(model: HubModel, folder: Path, report: Report) -> None:
    """Fetch a model's files into a folder, which is there as a whole or not at all.

    Raises ModelError, which says what to do.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with httpx.Client(
            timeout=DEADLINES,
            verify=trusted(),
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            # What is encoded can't be continued in the middle.
            headers={"User-Agent": "Paperboy", "Accept-Encoding": "identity"},
        ) as http:
            fetch = _Fetch(http, model, report)
            for name in (*TOKENIZER_FILES, *OPTIONAL_FILES):
                fetch.small(name, partial / name)
            fetch.weights(partial / MODEL_FILE)
        _put_in_place(partial, folder)
    except OSError as error:
        raise ModelError(f"{folder.parent} can't be written: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Fetch:
    http: httpx.Client
    model: HubModel
    report: Report

    def small(self, name: str, path: Path) -> None:
        """Fetch a file of JSON anew; one that may be missing is left out."""
        path.unlink(missing_ok=True)
        part = path.with_name(f"{name}.part")
        part.unlink(missing_ok=True)
        if not self._file(name, name, part, LARGEST_TOKENIZER):
            if name in OPTIONAL_FILES:
                return
            raise self._nothing(name)
        try:
            _read_json(part)
        except ValueError as error:
            raise ModelError(f"{self._where()} sent no JSON for {name}") from error
        part.replace(path)

    def weights(self, path: Path) -> None:
        """Fetch the ONNX file, or what is missing of it, and check it."""
        part = path.with_name(f"{path.name}.part")
        if not path.exists():
            if not self._file(self.model.file, path.name, part, LARGEST_MODEL):
                raise self._nothing(self.model.file)
            part.replace(path)
        if checksum(path) != self.model.sha256:
            path.unlink()
            raise ModelError(
                f"the checksum of {self.model.file} differs from EMBEDDING_SHA256: "
                "it was thrown away; if the model is right, set its checksum"
            )

    def _file(self, source: str, name: str, part: Path, largest: int) -> bool:
        """Fetch to `part`, after what is there already; False where the hub has no such file."""
        have = part.stat().st_size if part.exists() else 0
        wanted = {"Range": f"bytes={have}-"} if have else {}
        try:
            with self.http.stream("GET", self.model.url(source), headers=wanted) as answer:
                if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return True  # all of it is there
                if answer.status_code in MISSING:
                    return False
                if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                    raise ModelError(f"{self._where()} answered {answer.status_code} for {source}")
                self._body(answer, name, part, largest)
                return True
        except httpx.ConnectError as error:
            if is_untrusted(error):
                raise ModelError(f"{self._where()} {_UNTRUSTED}") from error
            raise ModelError(f"{self._where()} can't be reached; {_AGAIN}") from error
        except httpx.TimeoutException as error:
            raise ModelError(f"{self._where()} does not answer; {_AGAIN}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(f"{self._where()} broke off {source}; {_AGAIN}") from error

    def _body(self, answer: httpx.Response, name: str, part: Path, largest: int) -> None:
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT
        have = part.stat().st_size if goes_on else 0
        length = answer.headers.get("content-length", "")
        total = have + int(length) if length.isdecimal() else None
        with part.open("ab" if goes_on else "wb") as file:
            self.report(name, have, total)
            for piece in answer.iter_bytes():
                have += len(piece)
                if have > largest:
                    raise ModelError(f"{self._where()} sent more than {largest:,} bytes for {name}")
                file.write(piece)
                self.report(name, have, total)

    def _where(self) -> str:
        return httpx.URL(self.model.hub_url).host

    def _nothing(self, file: str) -> ModelError:
        model = self.model
        return ModelError(
            f"{self._where()} has no {file} of {model.name} at {model.revision[:12]}: "
            "see EMBEDDING_MODEL, EMBEDDING_REVISION and EMBEDDING_FILE"
        )


_AGAIN = "call it again, it goes on where it was"
_UNTRUSTED = "has a certificate that is not trusted here; of your own proxy? See docs/install.md"


def _read_json(path: Path) -> None:
    """Raises ValueError where it holds none."""
    json.loads(path.read_bytes())


def _put_in_place(partial: Path, folder: Path) -> None:
    if folder.exists():  # of an earlier try by hand, or damaged: else nothing would be fetched
        shutil.rmtree(folder)
    partial.rename(folder)
