from __future__ import annotations

import json

import pytest

from servinix_conformance.document import Answer, Document
from servinix_conformance.links import Link, Nowhere, Said, evaluated, linking, links, places, target_of

DOCUMENT = Document(
    json.dumps(
        {
            "openapi": "3.1.0",
            "paths": {
                "/users": {
                    "post": {
                        "operationId": "createUser",
                        "responses": {
                            "201": {
                                "links": {
                                    "by-id": {"operationId": "getUser", "parameters": {"id": "$response.body#/id"}},
                                    "by-reference": {
                                        "operationRef": "#/paths/~1users~1{id}/get",
                                        "parameters": {"path.id": "$response.header.X-Id"},
                                    },
                                    "nowhere": {"operationId": "nobody"},
                                }
                            },
                            "400": {},
                        },
                    }
                },
                "/users/{id}": {
                    "parameters": [{"name": "id", "in": "path", "required": True}],
                    "get": {"operationId": "getUser", "responses": {"200": {}}},
                },
            },
        }
    ),
    "here.json",
)
ANSWER = Answer(201, {"x-id": "7"}, b'{"id": "u-1", "none": null}', {})
SAID = Said("POST", "http://host/users?q=1", {"p": "a"}, {"q": "1"}, {"X-Trace": "t"}, {"name": "Ada"}, ANSWER)


def test_links_stand_in_the_order_of_the_document_and_at_their_status_alone() -> None:
    create = DOCUMENT.operations["createUser"]
    assert [link.name for link in links(DOCUMENT, create, 201)] == ["by-id", "by-reference", "nowhere"]
    assert links(DOCUMENT, create, 400) == []
    assert links(DOCUMENT, create, 500) == []
    assert linking(DOCUMENT) == [create]


@pytest.mark.parametrize(("name", "value"), [("by-id", "u-1"), ("by-reference", "7")])
def test_a_link_leads_to_its_operation_with_what_the_answer_gives(name: str, value: str) -> None:
    link = next(it for it in links(DOCUMENT, DOCUMENT.operations["createUser"], 201) if it.name == name)
    target = target_of(DOCUMENT, link)
    assert target.id == "getUser"
    assert places(DOCUMENT, target, link, SAID) == {"path:id": value}


@pytest.mark.parametrize("target", ["nobody", "#/paths/~1others/get", "elsewhere.yaml#/paths/~1users/get"])
def test_a_link_to_no_operation_leads_nowhere(target: str) -> None:
    with pytest.raises(Nowhere, match="no operation"):
        target_of(DOCUMENT, Link("it", target))


def test_a_link_for_a_parameter_that_is_not_there_leads_nowhere() -> None:
    target = DOCUMENT.operations["getUser"]
    with pytest.raises(Nowhere, match="no parameter 'name'"):
        places(DOCUMENT, target, Link("it", "getUser", {"name": "Ada"}), SAID)


def test_a_body_is_given_member_by_member() -> None:
    link = Link("it", "getUser", body={"name": "$request.body#/name", "a/b": 1})
    assert places(DOCUMENT, DOCUMENT.operations["getUser"], link, SAID) == {"/name": "Ada", "/a~1b": 1}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$url", "http://host/users?q=1"),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.path.p", "a"),
        ("$request.query.q", "1"),
        ("$request.header.x-trace", "t"),
        ("$request.body#/name", "Ada"),
        ("$response.body", {"id": "u-1", "none": None}),
        ("id {$response.body#/id} of {$request.path.p}", "id u-1 of a"),
        ("as it is", "as it is"),
        (5, 5),
    ],
)
def test_an_expression_has_a_value(expression: object, value: object) -> None:
    assert evaluated(expression, SAID) == value


@pytest.mark.parametrize(
    "expression",
    [
        "$response.body#/nothing",
        "$response.body#/none",
        "$response.header.X-No",
        "$request.query.z",
        "$response.path.p",
    ],
)
def test_an_expression_that_finds_nothing_leads_nowhere(expression: str) -> None:
    with pytest.raises(Nowhere, match="finds nothing"):
        evaluated(expression, SAID)
