from __future__ import annotations

import json

import pytest

from servinix_conformance.reading import DocumentError, document_of, json_of


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "Expecting value"),
        (b'{"a": NaN}', "NaN is no number in JSON"),
        (b"[-Infinity]", "-Infinity is no number in JSON"),
        (b'"\\ud800"', "half a surrogate pair is no character"),
        (b'{"\\uDC00x": 1}', "half a surrogate pair is no character"),
        (b'"\xff"', "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM"),
        (b"9" * 5000, "Exceeds the limit"),
        (b"[" * 101 + b"]" * 101, "nested more than 100 levels deep"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "nested more than 100 levels deep"),
        (b"[" * 1_000_000, "nested more than 100 levels deep"),
    ],
    ids=lambda part: part[:12] if isinstance(part, bytes) else part,
)
def test_what_is_no_json(body: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        json_of(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'"\\u00e4\xc3\xa4"', "ää"),
        (b"1e999", float("inf")),
        (b"[" + b"[]," * 200 + b"[]]", [[]] * 201),
        (json.dumps("[" * 200 + '"').encode(), "[" * 200 + '"'),
    ],
    ids=range(5),
)
def test_what_is_json(body: bytes, value: object) -> None:
    assert json_of(body) == value


def test_the_deepest_json_that_is_read() -> None:
    assert json_of(b"[" * 100 + b"]" * 100) != []


LOUD = "openapi: 3.1.0\npaths: {}\n"
LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LOUD + LAUGHS, "has more than 500000 objects and lists once its aliases are filled in"),
        ("&all\nopenapi: 3.1.0\nself: *all\n", "nested more than 100 levels deep, or in itself"),
        (LOUD + "x: " + "[" * 150 + "]" * 150, "nested more than 100 levels deep, or in itself"),
    ],
    ids=["aliases", "itself", "depth"],
)
def test_a_document_without_bounds_is_refused(text: str, told: str) -> None:
    with pytest.raises(DocumentError, match=told):
        document_of(text, "d")


@pytest.mark.parametrize(
    ("schema", "meant"),
    [
        ({"type": "string", "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"properties": {"nullable": {"type": "boolean"}}}, {"properties": {"nullable": {"type": "boolean"}}}),
        ({"minimum": 3, "exclusiveMinimum": True}, {"exclusiveMinimum": 3}),
        ({"minimum": 3, "exclusiveMinimum": False}, {"minimum": 3}),
        ({"maximum": 3, "exclusiveMaximum": True}, {"exclusiveMaximum": 3}),
        ({"exclusiveMaximum": True}, {}),
    ],
)
def test_openapi_3_0_is_read_as_json_schema_has_it(schema: object, meant: object) -> None:
    assert document_of(json.dumps({"openapi": "3.0.3", "x": schema}), "d")["x"] == meant
    assert document_of(json.dumps({"openapi": "3.1.0", "x": schema}), "d")["x"] == schema
