"""The reference server as another vendor might have built it: other paths, names, statuses and refusals.

One set of rules renames both the traffic and the OpenAPI document: camel case, every success 200 with its content under
`result`, every refusal 422 or 200 with a code of its own, the mfa_token in a cookie.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Json = dict[str, Any]

PATHS = {
    "/auth/sign-in": "/v2/session",
    "/auth/mfa/verify": "/v2/session/passcode",
    "/auth/mfa/resend": "/v2/session/passcode/again",
    "/auth/sign-out": "/v2/session/end",
    "/me": "/v2/whoami",
    "/auth/password-reset": "/v2/forgot",
    "/auth/password-reset/confirm": "/v2/forgot/done",
    "/support/users": "/v2/desk/people",
    "/test-support/users": "/v2/lab/people",
    "/test-support/messages": "/v2/lab/mail",
    "/test-support/outages": "/v2/lab/outages",
    "/test-support/policy": "/v2/lab/numbers",
}
_WORDS = {"email": "login", "password": "passphrase", "otp": "passcode", "user_id": "personId", "users": "people"}
COOKIE = "challenge"
_PROBLEM = re.compile("urn:servinix:problem:(.+)")


def renamed(name: str) -> str:
    """A field's name there."""
    return _WORDS.get(name) or re.sub("_([a-z])", lambda match: match[1].upper(), name)


_SENT = (
    "email",
    "password",
    "otp",
    "user_id",
    "client_id",
    "mfa_enabled",
    "contact_confirmed",
    "identity_verified",
    "new_password",
    "reset_token",
)
_BACK = {renamed(name): name for name in _SENT}


def status_there(status: int) -> int:
    """The status of an answer there: one for all successes, and 200 again for what the user may do something about."""
    return 200 if status in {200, 201, 202, 401, 429} else 422 if status >= 400 else status


def _path_there(path: str) -> str:
    longest = max((prefix for prefix in PATHS if path.startswith(prefix)), key=len, default=None)
    return path if longest is None else PATHS[longest] + path[len(longest) :]


def _path_here(path: str) -> str:
    back = {there: here for here, there in PATHS.items()}
    longest = max((prefix for prefix in back if path.startswith(prefix)), key=len, default=None)
    return path if longest is None else back[longest] + path[len(longest) :]


def _rename(node: Any, name: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, dict):
        return {name(key): _rename(item, name) for key, item in node.items()}
    return [_rename(item, name) for item in node] if isinstance(node, list) else node


class Deployment:
    """WSGI middleware."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Rename what goes in and what comes out."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _exc: object = None) -> Callable[[bytes], object]:
            told[:] = [int(status[:3]), headers]
            return lambda _data: None

        body = b"".join(self._app(self._request(dict(environ)), start))
        status, headers = told
        there, body, more = self._answer(status, body)
        kept = [(key, value) for key, value in headers if key not in {"Content-Length", "Content-Type"}]
        kind = [("Content-Type", "application/json")] if body else []
        start_response(f"{there} -", [*kept, *kind, *more, ("Content-Length", str(len(body)))])
        return [body]

    @staticmethod
    def _request(environ: WSGIEnvironment) -> WSGIEnvironment:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        if body or COOKIE in cookies:
            fields = _rename(json.loads(body or b"{}"), lambda name: _BACK.get(name, name))
            if COOKIE in cookies:
                fields["mfa_token"] = cookies[COOKIE].value
            body = json.dumps(fields).encode()
            environ["CONTENT_TYPE"] = "application/json"
        query = [(_BACK.get(key, key), value) for key, value in parse_qsl(environ.get("QUERY_STRING", ""))]
        environ |= {"PATH_INFO": _path_here(environ["PATH_INFO"]), "QUERY_STRING": urlencode(query)}
        return environ | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": _Body(body)}

    @staticmethod
    def _answer(status: int, body: bytes) -> tuple[int, bytes, list[tuple[str, str]]]:
        if not body:
            return status if status == 204 else status_there(status), b"", []
        fields, more = json.loads(body), []
        if match := _PROBLEM.match(fields.get("type", "")):
            answer: Json = {"ok": False, "fault": {"code": match[1].replace("-", "_").upper()}}
        else:
            if token := fields.pop("mfa_token", None):
                more = [("Set-Cookie", f"{COOKIE}={token}; HttpOnly; Path=/; SameSite=Strict")]
            answer = {"ok": True, "result": _rename(fields, renamed)}
        return status_there(status), json.dumps(answer).encode(), more


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        given, self._data = (self._data, b"") if size < 0 else (self._data[:size], self._data[size:])
        return given


def document(ours: Json) -> Json:
    """The OpenAPI document of the deployment, from ours."""
    schemas = {name: _schema(schema) for name, schema in ours["components"]["schemas"].items()}
    paths: Json = {}
    for path, item in ours["paths"].items():
        operations: Json = {method: _operation(node, ours) for method, node in item.items() if isinstance(node, dict)}
        if "parameters" in item:
            operations["parameters"] = [_parameter(it, ours) for it in item["parameters"]]
        paths[re.sub(r"\{user_id\}", "{personId}", _path_there(path))] = operations
    return {
        "openapi": "3.1.1",
        "info": {"title": "Renamed", "version": "2"},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": ours["components"]["securitySchemes"]},
    }


def _operation(node: Json, ours: Json) -> Json:
    responses: dict[str, list[Json]] = {}
    for status, response in node["responses"].items():
        described = _at(response, ours)
        content = next(iter(described.get("content", {}).items()), None)
        there = str(204 if status == "204" else status_there(int(status)))
        schemas = responses.setdefault(there, [])
        if content is not None and "problem" in content[0]:
            schemas.append(_fault(content[1]["schema"], ours))
        elif content is not None:
            result = {"properties": {"ok": {"const": True}, "result": _schema(content[1]["schema"])}}
            schemas.append({"type": "object", "required": ["ok", "result"], **result})
    # Named after what it does, in a language of its own.
    made: Json = {"operationId": f"op_{node['operationId']}", "security": node["security"]}
    made["responses"] = {key: _said(it) for key, it in responses.items()}
    made["parameters"] = [_parameter(it, ours) for it in node.get("parameters", [])]
    if "requestBody" in node:
        schema = _at(node["requestBody"], ours)["content"]["application/json"]["schema"]
        if "mfa_token" in schema["properties"]:
            made["parameters"].append({"name": COOKIE, "in": "cookie", "required": True, "schema": {"type": "string"}})
        if set(schema["properties"]) != {"mfa_token"}:
            made["requestBody"] = {"required": True, "content": {"application/json": {"schema": _schema(schema)}}}
    if node["operationId"] in {"signIn", "resendOtp"}:
        made["responses"]["200"]["headers"] = {"Set-Cookie": {"schema": {"type": "string"}, "example": f"{COOKIE}=x"}}
    return made


def _parameter(node: Json, ours: Json) -> Json:
    node = _at(node, ours)
    return {**node, "name": renamed(node["name"])}


def _at(node: Json, ours: Json) -> Json:
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = ours["components"][kind][name]
    return node


def _fault(schema: Json, ours: Json) -> Json:
    """A refusal there, with the codes for the types that it has here."""
    types: list[str] = []
    for part in (_at(schema, ours), *_at(schema, ours).get("allOf", [])):
        kind = part.get("properties", {}).get("type", {})
        types += kind.get("enum", [kind["const"]] if "const" in kind else [])
    codes = [_PROBLEM.match(it)[1].replace("-", "_").upper() for it in types]  # type: ignore[index]
    code = {"type": "object", "required": ["code"], "properties": {"code": {"enum": codes}}}
    return {"type": "object", "required": ["ok", "fault"], "properties": {"ok": {"const": False}, "fault": code}}


def _said(schemas: list[Json]) -> Json:
    return (
        {"description": "-", "content": {"application/json": {"schema": {"anyOf": schemas}}}}
        if schemas
        else {"description": "-"}
    )


def _schema(node: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, list):
        return [_schema(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: _schema(item) for key, item in node.items() if key not in {"example", "examples", "required"}}
    # It travels in the cookie.
    if isinstance(node.get("properties"), Mapping):
        made["properties"] = {
            renamed(key): _schema(item) for key, item in node["properties"].items() if key != "mfa_token"
        }
    if isinstance(node.get("required"), list):
        made["required"] = [renamed(name) for name in node["required"] if name != "mfa_token"]
    return made
