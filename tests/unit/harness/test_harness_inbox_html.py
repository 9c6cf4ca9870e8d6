from __future__ import annotations

import pytest

from servinix_conformance.inbox.html import text_of_html
from servinix_conformance.inbox.text import Patterns


def test_tags_inside_a_code_do_not_split_it() -> None:
    assert text_of_html("<p>Your code: <b>12</b>34<i>5<span>6</span></i>.</p>") == "Your code: 123456."
    assert text_of_html("12&shy;3&#8203;4<wbr>5<!-- not here -->6") == "123456"


@pytest.mark.parametrize(
    "hidden",
    [
        "<style>.c:after { content: '999999' }</style>",
        "<script>var code = '999999'</script>",
        "<head><title>999999</title></head>",
        "<template>999999</template>",
        "<!-- 999999 -->",
        "<!--[if mso]><p>999999</p><![endif]-->",
        "<?php 999999 ?>",
        "<p hidden>999999</p>",
        "<p hidden=hidden><b hidden>999999</b></p>",
        "<p data-code='999999' title='999999'></p>",
        "<input type='hidden' value='999999'>",
        "<p style='display: NONE'>999999</p>",
        "<p style='color:red;display:none !important;'>999999</p>",
        "<p style='visibility:hidden'>999999</p>",
        "<p style='opacity:0.0'>999999</p>",
        "<p style='font-size:0px'>999999</p>",
        "<p style='max-height:0;overflow:hidden'>999999</p>",
        "<a href='tel:999999'></a>",
        "<a href='mailto:999999@acme.example'></a>",
    ],
)
def test_what_is_hidden_is_not_read(hidden: str) -> None:
    assert text_of_html(f"<p>Code 123456</p>{hidden}<p>Bye</p>").split() == ["Code", "123456", "Bye"]


@pytest.mark.parametrize(
    "style", ["display:none;display:block", "opacity:0.5", "font-size:10px", "max-height:0", "overflow:hidden", ":;"]
)
def test_what_is_shown_all_the_same_is_read(style: str) -> None:
    assert text_of_html(f"<p style='{style}'>123456</p>") == "123456"


def test_the_address_of_a_link_stands_after_its_words() -> None:
    html = (
        '<p>To set a password <a class="x" href=" https://acme.example/r?a=1&amp;token=\nt0ken ">click\n here</a>.</p>'
    )
    text = text_of_html(html)
    assert text == "To set a password click here <https://acme.example/r?a=1&token=t0ken>."
    assert Patterns().link_in(text) == "https://acme.example/r?a=1&token=t0ken"


def test_a_link_whose_words_are_its_address_stands_once() -> None:
    assert text_of_html('<a href="https://acme.example/r">https://acme.example/r</a>') == "https://acme.example/r"


def test_links_that_lead_nowhere_have_no_address() -> None:
    assert text_of_html('<a href="#top">up</a> <a>none</a> <a href="javascript:x()">run</a>') == "up none run"


def test_a_space_in_a_link_does_not_end_it() -> None:
    assert text_of_html('<a href="HTTPS://acme.example/a b">x</a>') == "x <HTTPS://acme.example/a%20b>"


def test_blocks_lines_and_cells_part_words() -> None:
    html = "<div>a</div><div>b<br>c</div><table><tr><td>1</td><td>2</td></tr><tr><th>3</th></tr></table><li>d"
    assert text_of_html(html) == "a\n\nb\nc\n\n1 2\n\n3\n\nd"


def test_white_space_is_as_a_reader_sees_it() -> None:
    assert text_of_html("<p>a\r\n  b&nbsp;c</p>\n\n\n<pre>one\n  two</pre>") == "a b c\n\none\ntwo"


@pytest.mark.parametrize("html", ["https://acme.example/", "code.html", "123456", "<![foo", "</", "<", "&", "&#0;", ""])
def test_what_is_hardly_html_is_read_without_a_warning(html: str) -> None:
    assert isinstance(text_of_html(html), str)
    assert "123456" in text_of_html(f"123456 {html}")


def test_what_the_parser_refuses_is_read_without_its_tags() -> None:
    assert text_of_html("<p>Code</p><![foo[ x]]>123456") == "Code 123456"


def test_depth_does_not_matter() -> None:
    assert text_of_html("<b>" * 20_000 + "123456") == "123456"
