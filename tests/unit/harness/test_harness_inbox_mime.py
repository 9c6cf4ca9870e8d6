from __future__ import annotations

from email.message import EmailMessage, Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servinix_conformance.inbox.html import text_of_html
from servinix_conformance.inbox.mime import addressed_to, addresses_in, read_letter
from servinix_conformance.inbox.source import Letter


def text_of(*lines: str | bytes) -> str:
    return read_letter("1", b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines)).text


def alternative(plain: str, html: str) -> EmailMessage:
    message = EmailMessage()
    message["To"] = "codes@acme.example"
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


def test_a_plain_message() -> None:
    letter = read_letter("7", b"To: codes@acme.example\r\nSubject: Your code\r\n\r\nIt is 123456.\r\n")
    assert letter == Letter("7", ("codes@acme.example",), "Your code", "It is 123456.")


def test_a_message_without_subject_recipient_and_text() -> None:
    assert read_letter("1", b"") == Letter("1", (), None, "")


def test_recipients_come_from_five_fields_each_once_and_without_their_names() -> None:
    source = b"""To: "Smith, Ann <fake@acme.example>" <a@acme.example>,\r
 Team: b@acme.example, "c d"@acme.example;\r
To: undisclosed-recipients:;\r
Cc: =?utf-8?q?Z=C3=BCri=2C?= <d@acme.example>, A@acme.example\r
Bcc: secret@acme.example\r
From: sender@acme.example\r
Delivered-To: codes+1@acme.example\r
X-Original-To: e@acme.example\r
Envelope-To: e@acme.example\r
\r
"""
    assert read_letter("1", source).to == (
        "a@acme.example",
        "b@acme.example",
        '"c d"@acme.example',
        "d@acme.example",
        "A@acme.example",
        "codes+1@acme.example",
        "e@acme.example",
    )


def test_a_letter_is_for_its_exact_address_and_only_a_domain_has_no_case() -> None:
    one, other = Letter("1", ("codes+1@Acme.example",), None, ""), Letter("2", ("codes+12@acme.example",), None, "")
    assert addressed_to([one, other], "codes+1@acme.EXAMPLE") == [one]
    for almost in ("codes@acme.example", "Codes+1@acme.example", "codes+1@\N{KELVIN SIGN}acme.example"):
        assert addressed_to([one, other], almost) == []


def test_what_is_no_address_is_left_out() -> None:
    assert addresses_in("nobody, x@y.example\r\n , +15550100123") == ["x@y.example"]


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (b"=?utf-8?q?Zug=C3=A4nge?= 123 =?iso-8859-1?Q?f=FCr?=\r\n =?utf-8?b?IFNpZQ==?=", "Zugänge 123 für Sie"),
        (b"=?x-unknown?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?q?caf=E9?=", "café"),
        (b"=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("café".encode(), "café"),
        (b"", ""),
    ],
)
def test_subjects_are_decoded_and_never_fail(field: bytes, subject: str) -> None:
    assert read_letter("1", b"Subject: " + field + b"\r\n\r\n").subject == subject


def test_quoted_printable_joins_a_code_that_it_broke() -> None:
    assert text_of("Content-Transfer-Encoding: quoted-printable", "", "Your code: 123=", "456=2E=20", "") == (
        "Your code: 123456."
    )


def test_base64_that_is_broken_gives_what_it_can() -> None:
    assert text_of("Content-Transfer-Encoding: base64", "", "MTIzNDU2") == "123456"
    assert "12345" in text_of("Content-Transfer-Encoding: base64", "", "MTIzNDU")


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", b"f\xfcr 123456", "für 123456"),
        ("utf-8", b"f\xfcr 123456", "für 123456"),
        ("us-ascii", "für 123456".encode(), "für 123456"),
        ("x-unknown", "für 123456".encode(), "für 123456"),
        ("hex", b"123456", "123456"),
        ("unicode_escape", rb"\x31\d 123456", r"\x31\d 123456"),
        ("a\x00b", b"123456", "123456"),
        ("utf-16", b"123456\xff", "123456ÿ"),
        ("utf-8", b"\x81\xff 123456", "\ufffdÿ 123456"),
        ("", b"123456", "123456"),
    ],
)
def test_charsets_right_and_wrong(charset: str, data: bytes, text: str) -> None:
    assert text_of(f'Content-Type: text/plain; charset="{charset}"', "", data) == text


def test_the_plain_part_is_read_where_it_has_content() -> None:
    assert read_letter("1", alternative("plain 111111", "<p>rich 222222</p>").as_bytes()).text == "plain 111111"
    assert read_letter("1", alternative(" \n\n", "<p>rich 222222</p>").as_bytes()).text == "rich 222222"


def test_html_alone_is_rendered() -> None:
    message = EmailMessage()
    message.set_content("<p>Code <b>12</b>34<i>56</i></p>", subtype="html")
    assert read_letter("1", message.as_bytes()).text == "Code 123456"


def test_nested_multiparts_are_read_and_attachments_are_not() -> None:
    message = alternative(" ", "<p>Code 123456</p>")
    message.get_payload()[1].add_related(b"999999", "image", "png", cid="<logo>")  # type: ignore[index, union-attr]
    message.add_attachment("777777", filename="code.txt")
    message.add_attachment(alternative("888888", "<p>888888</p>"))
    message.add_attachment(b"666666", "application", "octet-stream", disposition="inline")
    assert message.get_content_type() == "multipart/mixed"
    assert read_letter("1", message.as_bytes()).text == "Code 123456"


def test_several_texts_of_one_message_are_all_read() -> None:
    message = EmailMessage()
    message.make_mixed()
    for text in ("one 111111", "two 222222"):
        part = EmailMessage()
        part.set_content(text)
        message.attach(part)
    assert read_letter("1", message.as_bytes()).text == "one 111111\n\ntwo 222222"


def test_a_report_about_another_message_tells_nothing_of_its_code() -> None:
    lines = ["Content-Type: multipart/report; boundary=b", "", "--b", "", "Not delivered.", "--b"]
    assert text_of(*lines, "Content-Type: message/rfc822", "", "Subject: x", "", "123456", "--b--") == "Not delivered."


def test_a_multipart_without_its_boundary_is_one_text() -> None:
    assert text_of("Content-Type: multipart/mixed", "", "Code 123456") == "Code 123456"
    assert (
        text_of("Content-Type: multipart/mixed; boundary=b", "", "--c", "", "Code 123456") == "--c\r\n\r\nCode 123456"
    )


def test_a_kind_that_cannot_be_read_is_text() -> None:
    assert text_of("Content-Type: ;;;", "", "Code 123456") == "Code 123456"


def test_what_is_nested_too_deep_is_read_as_it_came() -> None:
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500))
    letter = read_letter("1", b"To: codes@acme.example\nSubject: deep\n" + levels + b"\n123456")
    assert (letter.to, letter.subject) == (("codes@acme.example",), "deep")
    assert letter.text.startswith("--b0\nContent-Type: ")
    assert letter.text.endswith("123456")


@pytest.mark.parametrize("parameter", ["charset", "boundary"])
def test_a_parameter_that_breaks_the_library_spoils_no_more_than_the_decoding(parameter: str) -> None:
    kind = "multipart/mixed" if parameter == "boundary" else "text/plain"
    lines = [f"Content-Type: {kind}; {parameter}*=; {parameter}*0*=", "To: codes@acme.example", "", "für 123456"]
    letter = read_letter("1", "\r\n".join(lines).encode())
    assert (letter.to, letter.text) == (("codes@acme.example",), "für 123456")


FIELDS = st.sampled_from(
    [
        *("To", "Cc", "Subject", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding"),
        *("Delivered-To", "MIME-Version", "Content-ID"),
    ]
)
PIECES = st.sampled_from(
    [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "message/rfc822", "; boundary=b"),
        *('; charset="', "; charset*=", "utf-8''", "; charset*0*=", "base64", "quoted-printable", "x-uuencode"),
        *("=?utf-8?q?", "=?x?b?", "?=", "attachment", "; filename*1=", "<a@b.example>", '"', "(", ",", ":", ";", "é"),
        *("%", "'", "\x00", "=", "\\", "@", "<", ">", "[", "]", "utf-7", "rot13"),
    ]
)
VALUES = st.lists(PIECES | st.text(max_size=4), max_size=6).map("".join)
LINES = st.sampled_from(["", "--b", "--b--", "begin 644 x", "end", "=", "PGI+", "<b>1</b>2", "<![x", "<!--", "&#x;"])
MESSAGES = st.lists(
    st.tuples(st.lists(st.tuples(FIELDS, VALUES), max_size=5), st.lists(LINES | VALUES, max_size=6)), max_size=4
)


@given(MESSAGES)
@settings(max_examples=200, deadline=None)
def test_no_message_is_refused(parts: list[tuple[list[tuple[str, str]], list[str]]]) -> None:
    source = "\r\n--b\r\n".join(
        "\r\n".join([*(f"{name}: {value}" for name, value in fields), "", *lines]) for fields, lines in parts
    )
    for data in (source.encode("utf-8", "surrogatepass"), source.encode("utf-16", "surrogatepass")):
        letter = read_letter("1", data)
        assert isinstance(letter.text, str)
        assert all("@" in address for address in letter.to)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_are_refused(data: bytes) -> None:
    assert read_letter("1", data).id == "1"
    assert isinstance(text_of_html(data.decode("latin-1")), str)


def test_the_standard_library_has_the_same_idea_of_a_message() -> None:
    message = Message()
    message["To"] = "a@b.example"
    message.set_payload("für 123456", "utf-8")
    assert read_letter("1", message.as_bytes()).text == "für 123456"
