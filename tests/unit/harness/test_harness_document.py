from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from servinix_conformance.document import Answer, Document, DocumentError, Operation
from servinix_conformance.suite import suite_root

USER: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
}
TREE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Example", "version": "2"},
    "paths": {
        "/users/{id}": {
            "get": {
                "operationId": "getUser",
                "responses": {
                    "200": {
                        "headers": {
                            "X-Count": {"required": True, "schema": {"type": "integer", "minimum": 1}},
                            "X-Free": {"description": "anything"},
                            "X-Word": {"schema": {"$ref": "#/components/schemas/Word"}},
                        },
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}},
                    },
                    "204": {"description": "nothing"},
                    "4XX": {"$ref": "#/components/responses/Problem"},
                },
            },
            "delete": {"responses": {"default": {"description": "whatever"}}},
        },
        "/files": {
            "post": {
                "operationId": "makeFile",
                "responses": {
                    "200": {"content": {"text/*": {"schema": {"type": "string"}}, "image/png": {}}},
                    "201": {"content": {"*/*": {"schema": {"type": "object"}}}},
                    "202": {"content": {"application/json; charset=utf-8": {}}},
                },
            },
        },
    },
    "components": {
        "schemas": {"User": USER, "Word": {"enum": ["one", "two"]}},
        "responses": {
            "Problem": {
                "content": {
                    "application/problem+json": {
                        "schema": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}}
                    }
                }
            }
        },
    },
}


def document(tree: dict[str, Any] = TREE) -> Document:
    return Document(json.dumps(tree), "openapi.json")


def operation(name: str = "getUser") -> Operation:
    found = document().find(name)
    assert found is not None
    return found


def answer(status: int = 200, body: object = None, **headers: str) -> Answer:
    sent = {"content-type": "application/json", "x-count": "1"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    content = body if isinstance(body, bytes) else json.dumps(body if body is not None else {"name": "Ada"}).encode()
    return Answer(status, {name: value for name, value in sent.items() if value}, content, {})


def told(given: Answer, name: str = "getUser", tree: dict[str, Any] = TREE) -> list[tuple[str, str]]:
    made = document(tree)
    found = made.find(name)
    assert found is not None
    violations = made.violations(found, given)
    assert {item.operation for item in violations} <= {found.id}
    return [(item.described, item.came) for item in violations]


def refused(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        Document(text, "openapi.yaml")
    message = str(caught.value)
    assert message.startswith("openapi.yaml:")
    return message.removeprefix("openapi.yaml:").removeprefix(" ")


def changed(path: str, value: object) -> dict[str, Any]:
    tree = copy.deepcopy(TREE)
    node: Any = tree
    *parents, last = path.split(" ")
    for part in parents:
        node = node[part]
    node[last] = value
    return tree


def test_operations_are_found_by_id_and_by_method_and_path() -> None:
    made = document()
    assert list(made.operations) == ["getUser", "DELETE /users/{id}", "makeFile"]
    assert made.find("getUser") == made.find("GET /users/{id}") == made.find("get /users/{id}")
    assert made.find("DELETE /users/{id}") is not None
    assert made.find("GET /nowhere") is None
    assert made.find("getUsers") is None


def test_the_title_is_as_the_document_has_it() -> None:
    assert document().title == "Example 2"
    assert document({**TREE, "info": {}}).title == "untitled"
    assert document({**TREE, "info": "Example"}).title == "untitled"


def test_yaml_is_read_as_json_is() -> None:
    text = yaml.safe_dump(TREE).replace("'200'", "200")
    made = Document(text, "openapi.yaml")
    assert list(made.operations) == ["getUser", "DELETE /users/{id}", "makeFile"] or set(made.operations) == {
        *document().operations
    }
    assert made.operations["getUser"].described_as(200) == "200"


def test_a_url_is_filled_in_and_escaped() -> None:
    assert operation().url({"id": "a/b c"}, {}) == "/users/a%2Fb%20c"
    assert operation().url({"id": "1"}, {"q": "a&b", "r": "1"}) == "/users/1?q=a%26b&r=1"


def test_a_url_without_its_parameter_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        operation().url({}, {"id": "1"})
    assert str(caught.value) == "getUser: the path /users/{id} needs 'id'; bind it as 'path:id'"


def test_an_answer_as_described_has_no_violation() -> None:
    assert told(answer(x_word="two")) == []
    assert told(answer(content_type="Application/JSON; charset=utf-8")) == []
    assert told(answer(204, b"")) == []


def test_a_status_that_is_not_described() -> None:
    assert told(answer(500)) == [("one of the statuses 200, 204, 4XX", "status 500")]


def test_a_range_and_a_default_describe_a_status() -> None:
    assert [operation().described_as(status) for status in (200, 404, 499, 302)] == ["200", "4XX", "4XX", None]
    assert operation("DELETE /users/{id}").described_as(599) == "default"
    assert told(answer(404, {"type": "t"}, content_type="application/problem+json")) == []
    assert told(answer(404, {"type": 1}, content_type="application/problem+json")) == [
        ("for 404, a body as its schema has it", 'at /type: the value is not of type "string"')
    ]
    assert told(answer(599, b""), "DELETE /users/{id}") == []


def test_a_status_of_its_own_goes_before_its_range() -> None:
    tree = changed("paths /users/{id} get responses 404", {"description": "nothing"})
    assert told(answer(404, b""), tree=tree) == []


def test_a_header_that_has_to_be_there() -> None:
    assert told(answer(x_count="")) == [("for 200, a header X-Count", "none")]


@pytest.mark.parametrize("value", ["0", "many", "1.5", "-1"])
def test_a_header_that_is_not_as_its_schema_has_it(value: str) -> None:
    ((described, came),) = told(answer(x_count=value))
    assert described == "for 200, the header X-Count as its schema has it"
    assert value not in came or value == "1.5" or came.startswith("the value")


def test_a_header_that_may_be_left_out_is_judged_when_it_is_there() -> None:
    assert told(answer(x_word="one", x_free="at all")) == []
    ((described, _),) = told(answer(x_word="three"))
    assert described == "for 200, the header X-Word as its schema has it"


def test_a_media_type_that_is_not_described() -> None:
    assert told(answer(content_type="text/html")) == [("for 200, the media type application/json", "text/html")]
    assert told(answer(content_type="")) == [("for 200, the media type application/json", "none")]


@pytest.mark.parametrize(
    ("status", "media_type", "fits"),
    [
        (200, "text/plain; charset=utf-8", True),
        (200, "image/png", True),
        (200, "image/jpeg", False),
        (200, "texts/plain", False),
        (201, "application/octet-stream", True),
        (201, "", False),
        (202, "application/json", True),
        (202, "application/problem+json", False),
    ],
)
def test_media_types_and_their_ranges(status: int, media_type: str, fits: bool) -> None:  # noqa: FBT001 - a parameter
    assert (told(answer(status, b"x", content_type=media_type), "makeFile") == []) is fits


def test_a_body_where_none_is_described() -> None:
    assert told(answer(204, b"abc")) == [("for 204, no body", "3 bytes of application/json")]
    assert told(answer(204, b"abc", content_type="")) == [("for 204, no body", "3 bytes of no media type")]


@pytest.mark.parametrize(
    ("body", "place"),
    [({"name": "hunter2", "age": "hunter2"}, "/age"), ({"name": ["hunter2"]}, "/name"), ({"age": 1}, "/")],
)
def test_a_body_that_is_not_as_its_schema_has_it_is_told_without_its_values(body: object, place: str) -> None:
    ((described, came),) = told(answer(body=body))
    assert described == "for 200, a body as its schema has it"
    assert came.startswith(f"at {place}: ")
    assert "hunter2" not in came


def test_every_violation_of_an_answer_is_told() -> None:
    assert len(told(answer(body={"age": "x"}, x_count="0", x_word="three"))) == 4


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"<html>", b"[" * 100_000])
def test_a_body_that_is_no_json(body: bytes) -> None:
    ((described, came),) = told(answer(body=body))
    assert described == "for 200, JSON"
    assert came.startswith("a body that is none (")


def test_a_body_that_was_cut_is_not_judged_further() -> None:
    given = Answer(200, {"content-type": "application/json", "x-count": "1"}, b"{}", {}, cut=True)
    assert told(given) == [("for 200, an answer of a sensible size", "more than 2 bytes")]


def test_the_json_of_an_answer() -> None:
    assert answer(body={"a": [1]}).json() == {"a": [1]}
    assert answer(body=b"{").json() is None
    assert answer(body=b"[" * 100_000).json() is None
    assert Answer(200, {}, b"{}", {}, cut=True).json() is None


def test_the_media_type_of_an_answer() -> None:
    assert answer(content_type="Application/JSON ; charset=utf-8").media_type == "application/json"
    assert Answer(200, {}, b"", {}).media_type == ""


def test_formats_are_judged() -> None:
    tree = changed("components schemas User properties name", {"type": "string", "format": "date-time"})
    assert len(told(answer(body={"name": "yesterday"}), tree=tree)) == 1
    assert told(answer(body={"name": "2026-01-01T00:00:00Z"}), tree=tree) == []


def test_nullable_of_openapi_3_0_lets_null_through() -> None:
    tree = changed("components schemas User properties age", {"type": "integer", "nullable": True})
    old = {**tree, "openapi": "3.0.3"}
    assert told(answer(body={"name": "Ada", "age": None}), tree=old) == []
    assert told(answer(body={"name": "Ada", "age": 36}), tree=old) == []
    assert len(told(answer(body={"name": "Ada", "age": "x"}), tree=old)) == 1
    assert len(told(answer(body={"name": "Ada", "age": None}), tree=tree)) == 1


def test_a_body_in_a_schema_that_refers_to_itself() -> None:
    tree = changed("components schemas User properties boss", {"$ref": "#/components/schemas/User"})
    assert told(answer(body={"name": "Ada", "boss": {"name": "Eve"}}), tree=tree) == []
    ((_, came),) = told(answer(body={"name": "Ada", "boss": {}}), tree=tree)
    assert came.startswith("at /boss: ")


def test_names_with_slashes_and_tildes_are_found() -> None:
    tree = copy.deepcopy(TREE)
    tree["components"]["responses"]["a/b~c"] = {"description": "nothing"}
    tree["paths"]["/users/{id}"]["get"]["responses"]["204"] = {"$ref": "#/components/responses/a~1b~0c"}
    assert told(answer(204, b""), tree=tree) == []


def test_a_path_may_be_a_reference() -> None:
    tree = copy.deepcopy(TREE)
    tree["components"]["pathItems"] = {"Users": tree["paths"].pop("/users/{id}")}
    tree["paths"]["/people/{id}"] = {"$ref": "#/components/pathItems/Users"}
    made = document(tree)
    found = made.find("GET /people/{id}")
    assert found is not None
    assert made.violations(found, answer(body={})) != []
    assert made.violations(found, answer()) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("swagger: '2.0'\npaths: {}", "/openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not swagger 2.0"),
        ("openapi: '4.0'", "/openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not '4.0'"),
        ("openapi: 3.1", "/openapi: 3.1 is a number; write it as '3.1.0', with quotes"),
        ("{}", "/openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not None"),
        ("[1, 2]", "is no OpenAPI document: an object was expected, not list"),
        ("", "is no OpenAPI document: an object was expected, not NoneType"),
        ("<!DOCTYPE html>\n<html><body>404</body></html>", "is no OpenAPI document: an object was expected, not str"),
        ("a: [", "2:1: is neither YAML nor JSON: did not find expected node content"),
        ("a: !!python/name:os.system", "1:4: is neither YAML nor JSON: could not determine a constructor for the tag"),
        ("{not json", "1:2: is neither YAML nor JSON: "),
        ("{" + '"a":[' * 100_000, "1:10: is neither YAML nor JSON: "),
        ("openapi: 3.1.0", "/paths: must be an object that names the paths"),
        ("{openapi: 3.1.0}", "1:2: is neither YAML nor JSON: "),
    ],
)
def test_what_is_no_document_is_refused(text: str, part: str) -> None:
    assert refused(text).startswith(part)


RESPONSES = "/paths/~1users~1{id}/get/responses"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("paths", [], "/paths: must be an object that names the paths"),
        ("paths /users/{id}", "x", "/paths/~1users~1{id}: must be an object, not str"),
        ("paths /users/{id} get", [], "/paths/~1users~1{id}/get: must be an object, not list"),
        ("paths /users/{id} get responses", {}, f"{RESPONSES}: must be an object with at least one status"),
        ("paths /users/{id} get responses", [1], f"{RESPONSES}: must be an object with at least one status"),
        (
            "paths /files post operationId",
            "getUser",
            "/paths/~1files/post: operationId 'getUser' stands at /paths/~1users~1{id}/get too; rename one",
        ),
        (
            "paths /files",
            {"$ref": "#/components/pathItems/None"},
            "/components/pathItems/None: nothing stands there, though /paths/~1files refers to it",
        ),
        (
            "paths /files",
            {"$ref": "other.yaml#/a"},
            "/paths/~1files: the reference 'other.yaml#/a' leads out of the document; bundle it into one file",
        ),
        (
            "paths /files",
            {"$ref": 1},
            "/paths/~1files: the reference 1 leads out of the document; bundle it into one file",
        ),
    ],
)
def test_a_document_that_contradicts_itself_names_the_place(path: str, value: object, message: str) -> None:
    assert refused(json.dumps(changed(path, value))) == message


def test_references_that_go_round_are_refused() -> None:
    tree = changed("paths /files", {"$ref": "#/components/pathItems/A"})
    tree["components"]["pathItems"] = {
        "A": {"$ref": "#/components/pathItems/B"},
        "B": {"$ref": "#/components/pathItems/A"},
    }
    assert refused(json.dumps(tree)).endswith("its references go round in a circle")


SCHEMA = f"{RESPONSES}/200/content/application~1json/schema"


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "no such type"}, f"{SCHEMA}/type"),
        ({"pattern": "("}, f"{SCHEMA}/pattern"),
        ({"$ref": "#/components/schemas/None"}, SCHEMA),
    ],
)
def test_a_schema_that_cannot_be_used_names_the_place(schema: dict[str, Any], place: str) -> None:
    tree = changed("paths /users/{id} get responses 200 content application/json schema", schema)
    with pytest.raises(DocumentError) as caught:
        told(answer(), tree=tree)
    assert str(caught.value).startswith(f"openapi.json: {place}: is no schema that can be used: ")


GET = "paths /users/{id} get responses"
PROPERTY = f"{SCHEMA}/properties/a"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (f"{GET} 200", {"$ref": "#/components/responses/No"}, f"nothing stands there, though {RESPONSES}/200 refers"),
        (f"{GET} 200", 7, f"{RESPONSES}/200: must be an object, not int"),
        (f"{GET} 200", {"$ref": "x.yaml#/a"}, f"{RESPONSES}/200: the reference 'x.yaml#/a' leads out of the document"),
        (f"{GET} 200 content", [1], f"{RESPONSES}/200/content: must be an object"),
        (f"{GET} 200 headers", "X-Count", f"{RESPONSES}/200/headers: must be an object"),
        (f"{GET} 200 headers X-Count", 7, f"{RESPONSES}/200/headers/X-Count: must be an object, not int"),
        (f"{GET} 200 headers X-Count schema", {"type": 7}, "/headers/X-Count/schema/type: is no schema that"),
        (f"{GET} 200 content application/json schema", None, f"{SCHEMA}: is no schema that can be used"),
        (f"{GET} 200 content application/json schema", {"required": "a"}, f"{SCHEMA}/required: is no schema that can"),
        (
            f"{GET} 200 content application/json schema",
            {"properties": {"a": {"$ref": "#/components/schemas/No"}}},
            f"/components/schemas/No: nothing stands there, though {PROPERTY} refers to it",
        ),
        (
            f"{GET} 200 content application/json schema",
            {"properties": {"a": {"allOf": [{"$ref": "#/components/schemas/Loop"}]}}},
            f"{PROPERTY}/allOf/0: its references go round in a circle",
        ),
        (
            f"{GET} 200 content application/json schema",
            {"properties": {"a": {"$ref": "#/components/schemas/Loop/properties/b"}}},
            f"{PROPERTY}: its references go round in a circle",
        ),
    ],
)  # fmt: skip
def test_what_an_operation_refers_to_is_looked_at_before_it_is_needed(path: str, value: object, message: str) -> None:
    tree = changed(path, value)
    tree["components"]["schemas"] |= {
        "Loop": {"$ref": "#/components/schemas/Again"},
        "Again": {"$ref": "#/components/schemas/Loop"},
    }
    made = document(tree)
    made.check(["makeFile", "nobodysOperation"])
    with pytest.raises(DocumentError) as caught:
        made.check(["getUser"])
    assert str(caught.value).startswith("openapi.json: /")
    assert message in str(caught.value)


def test_references_that_lead_somewhere_are_followed_wherever_they_stand() -> None:
    tree = changed(
        "paths /users/{id} get responses 200 content application/json schema",
        {
            "type": "object",
            "properties": {
                "$ref": {"type": "string"},
                "friends": {"type": "array", "items": {"$ref": f"#{SCHEMA.replace('{', '%7B').replace('}', '%7D')}"}},
                "first": {"$ref": "#/components/schemas/Either/anyOf/0"},
                "any": {"$ref": "#/components/schemas/Any"},
            },
            "example": {"$ref": "#/nowhere"},
        },
    )
    tree["components"]["schemas"] |= {"Either": {"anyOf": [{"type": "integer"}]}, "Any": True}
    tree["paths"]["/users/{id}"]["get"]["responses"]["x-note"] = "no response"
    document(tree).check(["getUser"])
    assert told(answer(body={"friends": [{"first": 1, "any": []}]}), tree=tree) == []
    ((_, came),) = told(answer(body={"friends": [{"first": "one"}]}), tree=tree)
    assert came == 'at /friends/0/first: the value is not of type "integer"'


def test_a_reference_on_the_way_is_followed_to_the_end() -> None:
    tree = copy.deepcopy(TREE)
    tree["components"]["pathItems"] = {"Users": tree["paths"].pop("/users/{id}")}
    tree["paths"]["/people/{id}"] = {"$ref": "#/components/pathItems/Users"}
    responses = tree["paths"]["/files"]["post"]["responses"]
    responses["200"] = {"$ref": "#/paths/~1people~1%7Bid%7D/get/responses/200"}
    document(tree).check(["makeFile"])
    assert told(answer(), "makeFile", tree) == []
    responses["200"] = {"$ref": "#/paths/~1people~1%7Bid%7D/get/responses/404"}
    with pytest.raises(DocumentError, match="/pathItems/Users/get/responses/404: nothing stands there, though "):
        document(tree).check(["makeFile"])


def test_the_suites_own_document_has_nothing_to_complain_of() -> None:
    text = (suite_root() / "openapi.yaml").read_text(encoding="utf-8")
    made = Document(text, "openapi.yaml")
    made.check(made.operations)


def test_a_schema_elsewhere_is_refused_and_not_fetched() -> None:
    schema = {"$ref": "http://127.0.0.1:9/schema.json"}
    tree = changed("paths /users/{id} get responses 200 content application/json schema", schema)
    with pytest.raises(DocumentError, match="is no schema that can be used"):
        told(answer(), tree=tree)


def test_the_suites_own_document_can_be_read() -> None:
    made = Document((suite_root() / "openapi.yaml").read_text(encoding="utf-8"), "openapi.yaml")
    assert made.find("signIn") is not None
    assert made.operations["signIn"].described_as(401)


def test_servers_have_the_defaults_of_their_variables() -> None:
    servers: list[Any] = [
        {"url": "https://{region}.example/v{n}", "variables": {"region": {"default": "eu"}, "n": {"default": 2}}},
        {"url": "/"},
        "no server",
        {"url": "https://{left}.example", "variables": {"left": "no variable"}},
    ]
    assert document({**TREE, "servers": servers}).servers == ["https://eu.example/v2", "/", "https://{left}.example"]
    assert document().servers == document({**TREE, "servers": "none"}).servers == []


def test_what_stands_at_a_pointer_can_be_had() -> None:
    where, schema = document().at("/paths/~1users~1{id}/get/responses/200/content/application~1json/schema")
    assert (where, schema) == ("/components/schemas/User", USER)
    assert document().security is None
    assert document({**TREE, "security": [{"key": []}]}).security == [{"key": []}]
    with pytest.raises(DocumentError, match="nothing stands there"):
        document().at("/components/schemas/None")
