from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from servinix_conformance.document_check import check, shape
from servinix_conformance.reading import DocumentError
from servinix_conformance.suite import suite_root

Json = dict[str, Any]

GOOD = """\
openapi: 3.1.0
info: {title: A vendor, version: '1'}
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}, example: a}
    post:
      operationId: makeThing
      security: [{token: []}]
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            example: {size: 1}
      responses:
        '200':
          description: Made.
          headers:
            X-Size: {schema: {type: integer}, example: 4}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
              examples:
                small: {value: {size: 1, id: a}}
          links:
            again: {operationId: makeThing, parameters: {id: $response.body#/id}}
        '400':
          description: Cannot be read.
          content:
            application/problem+json: {schema: {type: object}}
        '401': {description: No token.}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Thing:
      type: object
      required: [size, id]
      properties:
        size: {type: integer, default: 2}
        id: {type: string, readOnly: true}
"""


def found(text: str) -> list[tuple[str, int, str]]:
    return [(it.rule, it.line, it.told) for it in check(text, "vendor.yaml").findings]


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_good_document_has_no_findings() -> None:
    assert check(GOOD, "vendor.yaml").findings == ()
    assert check(GOOD, "vendor.yaml").unchecked == {}


def test_our_own_document_has_no_findings() -> None:
    text = (suite_root() / "openapi.yaml").read_text(encoding="utf-8")
    assert check(text, "openapi.yaml").findings == ()


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "told"),
    [
        ("    Thing:\n", "    Think:\n", "references", 13, "nothing stands at #/components/schemas/Thing"),
        (
            "          application/json:\n            schema: {$ref: '#/components/schemas/Thing'}",
            "          application/json:\n            schema: {$ref: 'things.yaml#/Thing'}",
            "references",
            13,
            "things.yaml#/Thing leads out of the document",
        ),
        ("size: {type: integer, default: 2}", "size: {$ref: '#size'}", "references", 40, "#size is an anchor"),
        ("size: {type: integer, default: 2}", "size: {$ref: 4}", "references", 40, "a reference is a string, not 4"),
        (
            "size: {type: integer, default: 2}",
            "size: {$ref: '#/components/schemas/Thing/properties/size'}",
            "references",
            40,
            "leads back to itself",
        ),
        ("      operationId: makeThing\n", "", "operation-ids", 7, "POST /things/{id} has no operationId"),
        ("name: id,", "name: other,", "path-parameters", 7, "the path has {id}, and no parameter describes it"),
        ("name: id,", "name: other,", "path-parameters", 6, "the path parameter 'other' is not in /things/{id}"),
        ("required: true,", "required: false,", "path-parameters", 6, "'id' must be required"),
        ("description: Made.", "description: ' '", "answers", 16, "nothing says what the answer 200 means"),
        ("        '200':", "        '20x':", "answers", 16, "'20x' is no status"),
        ("        '200':", "        '404':", "answers", 15, "describes no success"),
        ("        '400':", "        '402':", "refusals", 15, "takes id, a body, and describes no refusal"),
        ("        '401':", "        '403':", "refusals", 15, "needs a token, and describes no refusal without one"),
        ("{schema: {type: object}}", "{}", "refusals", 30, "400: nothing says what application/problem+json holds"),
        ("      security: [{token: []}]\n", "", "security", 7, "does not say whether it needs a token"),
        ("security: [{token: []}]", "security: [{key: []}]", "security", 9, "'key', which is no security scheme here"),
        ("security: [{token: []}]", "security: token", "security", 9, "security must be a list"),
        ("example: {size: 1}", "example: {size: large}", "examples", 14, 'at /size: "large" is not of type'),
        ("value: {size: 1, id: a}", "value: {size: 1}", "examples", 24, '"id" is a required property'),
        ("schema: {type: string}, example: a", "schema: {type: string}, example: 5", "examples", 6, "5 is not of type"),
        (
            "schema: {type: integer}, example: 4",
            "schema: {type: integer}, example: x",
            "examples",
            19,
            "is not of type",
        ),
        ("default: 2", "default: two", "examples", 40, '"two" is not of type "integer"'),
        ("{type: integer, default: 2}", "{type: integr, default: 2}", "examples", 40, "is no schema that can be used"),
        ("again: {operationId: makeThing", "again: {operationId: make", "links", 26, "leads to 'make', which is no"),
        ("parameters: {id: $response", "parameters: {it: $response", "links", 26, "carries 'it', and makeThing has no"),
        (
            "        size: {type: integer",
            "        id: {}\n        size: {type: integer",
            "keys",
            42,
            "stands in line 40",
        ),
        ("info: {title: A vendor, version: '1'}", "info: {title: A vendor}", "shape", 2, "'version' is a required"),
    ],
)
def test_each_rule_finds_what_it_is_for(old: str, new: str, rule: str, line: int, told: str) -> None:
    bad = changed(old, new) if "application/json" not in old else GOOD.replace(old, new, 1)
    assert any(
        it[0] == rule and it[1] == line and told.replace("'", '"') in it[2].replace("'", '"') for it in found(bad)
    ), found(bad)


def test_an_operation_id_stands_once() -> None:
    answers = "{'200': {description: It.}, '400': {description: No.}}"
    other = f"    get: {{operationId: makeThing, security: [], responses: {answers}}}\n    post:"
    assert [it for it in found(changed("    post:", other)) if it[0] == "operation-ids"] == [
        ("operation-ids", 9, "operationId makeThing is that of GET /things/{id} too")
    ]


def test_an_operation_describes_answers() -> None:
    tree = yaml.safe_load(GOOD)
    tree["paths"]["/things/{id}"]["post"]["responses"] = {}
    assert "answers" in {it[0] for it in found(yaml.safe_dump(tree))}


def test_json_has_lines_too_even_with_tabs() -> None:
    tree = yaml.safe_load(GOOD)
    assert check(json.dumps(tree, indent="\t"), "vendor.json").findings == ()
    tree["paths"]["/things/{id}"]["post"]["operationId"] = "make"
    (finding,) = check(json.dumps(tree, indent="\t"), "vendor.json").findings
    lines = json.dumps(tree, indent="\t").split("\n")
    assert finding.rule == "links"
    assert lines[finding.line - 1].strip().startswith('"again"')
    assert finding.column == 1 + lines[finding.line - 1].index('"')


def test_what_openapi_30_may_leave_null_is_found_where_it_stands() -> None:
    old = changed("openapi: 3.1.0", "openapi: 3.0.3").replace(
        "{type: integer, default: 2}", "{nullable: true, type: integer, default: x}"
    )
    assert [it[:2] for it in found(old)] == [("examples", 40)]


@pytest.mark.parametrize(
    ("status", "place", "rules"),
    [("404", "path", []), ("404", "query", ["refusals"]), ("402", "path", ["refusals"])],
)
def test_what_a_path_alone_names_may_be_refused_as_not_there(status: str, place: str, rules: list[str]) -> None:
    more = f"[{{name: more, in: {place}, required: true, schema: {{type: string}}}}]"
    answers = f"{{'200': {{description: It.}}, '{status}': {{description: No.}}}}"
    other = f"    get: {{operationId: get, security: [], parameters: {more}, responses: {answers}}}\n    post:"
    told = [it[0] for it in found(changed("    post:", other)) if it[0] != "path-parameters"]
    assert told == rules


def test_a_security_of_the_whole_document_is_enough() -> None:
    assert found(changed("      security: [{token: []}]\n", "") + "security: [{token: []}]\n") == []


def test_a_link_may_lead_by_a_pointer() -> None:
    assert (
        found(changed("operationId: makeThing, parameters", "operationRef: '#/paths/~1things~1{id}/post', parameters"))
        == []
    )


def test_names_that_look_like_keywords_are_names() -> None:
    tree: Json = copy.deepcopy(yaml.safe_load(GOOD))
    tree["components"]["schemas"]["Other"] = {
        "type": "object",
        "properties": {"example": {"type": "integer"}, "$ref": {"type": "string"}, "schema": {"type": "string"}},
        "example": {"$ref": "#/nowhere", "example": 4},
    }
    assert found(yaml.safe_dump(tree)) == []


def test_what_is_unread_is_told_with_its_line() -> None:
    with pytest.raises(DocumentError, match=r"vendor.json:3:\d+: is neither"):
        check('{\n"openapi": "3.1.0",\n"info" {}}', "vendor.json")
    with pytest.raises(DocumentError, match=r"vendor.yaml:2:\d+: is neither"):
        check("openapi: 3.1.0\n  info: {", "vendor.yaml")


def test_without_the_extra_the_shape_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "available", lambda: False)
    checked = check(changed("info: {title: A vendor, version: '1'}", "info: {title: A vendor}"), "vendor.yaml")
    assert checked.findings == ()
    assert "servinix-conformance[contract]" in checked.unchecked["shape"]


def test_the_shape_is_that_of_the_version() -> None:
    for version in ("3.0.3", "3.2.0"):
        assert found(changed("openapi: 3.1.0", f"openapi: {version}")) == []
