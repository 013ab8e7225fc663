"""The real small model: unit vectors as bytes, off the event loop, faults as one clear error."""

import asyncio
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.model_folder import WIDTH

from bot.embeddings.model import LONGEST_TEXT, load_model, missing_files
from bot.errors import ModelError
from bot.likeness import SCALE, similarity

NEAR_ONE = 0.03  # what rounding to whole numbers costs


def cosine(one, other):
    return similarity(one, other) / SCALE**2


async def test_a_vector_has_the_length_of_one_and_a_byte_a_dimension(model):
    [vector] = await model.embed(["Attention is all you need"])
    assert len(vector) == model.width == WIDTH
    assert abs(cosine(vector, vector) - 1) < NEAR_ONE


async def test_what_means_the_same_is_nearer_than_what_does_not(model):
    texts = ("how plants turn light into sugar", "photosynthesis", "interest rates of banks")
    plants, photosynthesis, banks = await model.embed(texts)
    assert cosine(plants, photosynthesis) > cosine(plants, banks) + 0.2


async def test_a_text_has_one_vector_whatever_stands_beside_it(model):
    texts = ["a short one", "a long one " * 40, "another"]
    together = await model.embed(texts, patiently=True)
    assert together == [vector for text in texts for vector in await model.embed([text])]


async def test_what_is_beyond_the_limit_of_the_model_is_not_read(model):
    long = "turtles read slowly " * 300
    assert len(long) < LONGEST_TEXT
    whole, more = await model.embed([long, long + "and then they sleep"])
    assert whole == more


async def test_a_model_that_would_read_more_is_held_to_the_limit(folder, model, tmp_path):
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to(folder / name)
    config = '{"model_max_length": 512, "pad_token": "[PAD]"}'
    (tmp_path / "tokenizer_config.json").write_text(config)
    wider = await load_model(tmp_path, "wide@1")
    long = "turtles read slowly " * 120
    assert await wider.embed([long]) == await model.embed([long])
    await wider.close()


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=40)
def test_any_text_has_a_vector(model, text):
    [vector] = asyncio.run(model.embed([text + "\ud800"]))
    assert abs(cosine(vector, vector) - 1) < NEAR_ONE


async def test_a_query_does_not_wait_for_papers(model):
    waiting = asyncio.create_task(model.embed(["a paper " * 200] * 40, patiently=True))
    await asyncio.sleep(0)
    await model.embed(["a query"])
    assert not waiting.done()
    waiting.cancel()


async def test_a_folder_that_lacks_a_file_is_named(folder, tmp_path):
    (tmp_path / "model.onnx").symlink_to(folder / "model.onnx")
    assert missing_files(tmp_path) == ["tokenizer.json", "tokenizer_config.json"]
    with pytest.raises(ModelError, match=r"lacks tokenizer\.json, tokenizer_config\.json"):
        await load_model(tmp_path, "small@1")


async def test_a_damaged_file_is_one_clear_line(folder, tmp_path):
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).symlink_to(folder / name)
    (tmp_path / "model.onnx").write_bytes(b"<html>not a model</html>")
    with pytest.raises(ModelError, match=r"^the model in .* can't be read: ") as caught:
        await load_model(tmp_path, "small@1")
    assert "\n" not in str(caught.value)


async def test_a_closed_model_says_so(folder):
    model = await load_model(folder, "small@1")
    await model.close()
    with pytest.raises(ModelError, match="closed"):
        await model.embed(["too late"])


def test_loading_and_embedding_opens_no_connection(folder):
    program = (
        "import asyncio, socket, sys\n"
        "from pathlib import Path\n"
        "from bot.embeddings.model import load_model\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event in ('socket.connect', 'socket.getaddrinfo')"
        " and opened.append(args))\n"
        "async def main():\n"
        "    model = await load_model(Path(sys.argv[1]), 'small@1')\n"
        "    await model.embed(['a text'])\n"
        "    await model.close()\n"
        "asyncio.run(main())\n"
        "assert not opened, opened\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
