import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import abstract_url, huggingface_url, paper_id, paper_ids, pdf_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2405.21060", ("2405.21060", 0)),
        ("2405.21060v2", ("2405.21060", 2)),
        ("2405.21060V12", ("2405.21060", 12)),
        ("  2405.21060 ", ("2405.21060", 0)),
        ("arXiv:2405.21060", ("2405.21060", 0)),
        ("ARXIV: 2405.21060v1", ("2405.21060", 1)),
        ("arXiv:2405.21060v1 [cs.LG]", ("2405.21060", 1)),
        ("oai:arXiv.org:2508.13426v1", ("2508.13426", 1)),
        ("0704.0001", ("0704.0001", 0)),
        ("1412.6980", ("1412.6980", 0)),
        ("1501.00001", ("1501.00001", 0)),
        ("astro-ph/0601001v3", ("astro-ph/0601001", 3)),
        ("math.GT/0309136", ("math/0309136", 0)),
        ("math/0309136", ("math/0309136", 0)),
        ("cond-mat.mes-hall/9501001", ("cond-mat/9501001", 0)),
        ("cmp-lg/9408001", ("cmp-lg/9408001", 0)),
        ("HEP-TH/9901001", ("hep-th/9901001", 0)),
        ("https://arxiv.org/abs/2405.21060", ("2405.21060", 0)),
        ("http://arxiv.org/abs/2405.21060v1", ("2405.21060", 1)),
        ("https://arxiv.org/pdf/2405.21060", ("2405.21060", 0)),
        ("https://arxiv.org/pdf/2405.21060v2.pdf", ("2405.21060", 2)),
        ("https://arxiv.org/html/2405.21060v2", ("2405.21060", 2)),
        ("https://www.arxiv.org/abs/2405.21060?context=cs", ("2405.21060", 0)),
        ("https://arxiv.org/html/2405.21060v1#S3.SS1", ("2405.21060", 1)),
        ("https://export.arxiv.org/abs/math.GT/0309136v2", ("math/0309136", 2)),
        ("https://arxiv.org/abs/hep-th%2F9901001", ("hep-th/9901001", 0)),
        ("arxiv.org/abs/2405.21060/", ("2405.21060", 0)),
        ("<https://arxiv.org/abs/2405.21060>", ("2405.21060", 0)),
        ("(https://arxiv.org/abs/2405.21060).", ("2405.21060", 0)),
        ("https://huggingface.co/papers/2405.21060", ("2405.21060", 0)),
        ("https://huggingface.co/papers/2405.21060.md", ("2405.21060", 0)),
        ("hf.co/papers/2405.21060", ("2405.21060", 0)),
        ("https://www.alphaxiv.org/abs/2405.21060v2", ("2405.21060", 2)),
        ("https://ar5iv.labs.arxiv.org/html/1706.03762", ("1706.03762", 0)),
        ("https://doi.org/10.48550/arXiv.2405.21060", ("2405.21060", 0)),
        ("doi:10.48550/arXiv.2405.21060", ("2405.21060", 0)),
        ("10.48550/arXiv.hep-th/9901001", ("hep-th/9901001", 0)),
    ],
)
def test_every_form_people_paste_is_read(text: str, expected: tuple[str, int]) -> None:
    assert paper_id(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mamba",
        "2405",
        "2405.2106",  # four digits after 2014
        "1412.69801",  # five digits before 2015
        "2413.00001",  # no thirteenth month
        "2400.00001",
        "0703.0001",  # before the new style
        "0612.1234",
        "2405.00000",
        "2405.21060v0",
        "2405.21060 mamba",
        "mamba 2405.21060",
        "2405.210601",
        "12405.21060",
        "astro-ph/0613001",
        "astro-ph/0801001",  # after the old style
        "cooking/0601001",
        "astro-ph/060100",
        "https://example.org/abs/2405.21060",
        "https://arxiv.org.example.org/abs/2405.21060",
        "https://huggingface.co/models/2405.21060",
        "\u0662405.21060",
        "v2",
        "x" * 5_000,
    ],
)
def test_anything_else_is_no_id(text: str) -> None:
    assert paper_id(text) is None


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    found = paper_id(text)
    assert found is None or paper_id(found[0]) == (found[0], 0)


new_ids = st.builds(
    lambda year, month, number: (
        f"{year:02}{month:02}.{number:0{5 if (year, month) >= (15, 1) else 4}}"
    ),
    st.integers(8, 99),
    st.integers(1, 12),
    st.integers(1, 9_999),
)


@given(new_ids, st.integers(0, 99))
def test_all_forms_of_one_paper_are_one_identity(identity: str, version: int) -> None:
    suffix = f"v{version}" if version else ""
    forms = [
        identity + suffix,
        f"arXiv:{identity}{suffix}",
        f"oai:arXiv.org:{identity}{suffix}",
        f"https://arxiv.org/pdf/{identity}{suffix}.pdf",
        f"http://export.arxiv.org/abs/{identity}{suffix}",
        f"https://doi.org/10.48550/arXiv.{identity}{suffix}",
    ]
    assert {paper_id(form) for form in forms} == {(identity, version)}


@given(new_ids)
def test_the_links_we_make_lead_back(identity: str) -> None:
    for link in (abstract_url(identity), pdf_url(identity), huggingface_url(identity)):
        assert paper_id(link) == (identity, 0)


def test_a_paper_of_another_source_has_no_arxiv_links() -> None:
    assert abstract_url("biorxiv:2026.01.01") == pdf_url("biorxiv:2026.01.01") == ""
    assert huggingface_url("biorxiv:2026.01.01") == ""


def test_every_paper_that_a_text_names_is_found_once() -> None:
    text = (
        "see [this](https://arxiv.org/abs/2405.21060v2), <https://huggingface.co/papers/2312.00752>"
        " and 2405.21060; hep-th/9901001! Not 12.5, nor https://arxiv.org/list/cs.LG."
    )
    assert paper_ids(text) == ["2405.21060", "2312.00752", "hep-th/9901001"]
