"""A target: what is tested, how it is reached, what it claims and what the suite may do to it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from .actor import Channel, Role


@dataclass(frozen=True, slots=True)
class Http:
    """How the target is spoken to.

    Attributes:
        adapter: what requests go through instead of a network, a `requests.adapters.BaseAdapter`, where the target is a
            server in this process; no file can say so.
    """

    timeout_seconds: float = 10.0
    verify: bool | str = True
    proxy: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    client_certificate: str | None = None
    adapter: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ClientTable:
    """How a deployment tells one client of the product.

    Attributes:
        fields: what its sign-in carries besides, by place.
        headers: what all of its requests carry besides.
        base_url: where it speaks to, when that is not where the others do.
    """

    fields: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """The pages of the web portal, as a browser opens them.

    Attributes:
        base_url: where people begin to sign in.
        profile: the page that shows who is signed in, and whether MFA is active.
        forgot: the page on which a reset link is asked for; None where it is reached from the sign-in.
        private: pages that only somebody who is signed in may see.
        locators: where things are on the pages, by the suite's name for them.
    """

    base_url: str
    profile: str = ""
    forgot: str | None = None
    private: tuple[str, ...] = ()
    locators: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)

    def url(self, address: str) -> str:
        """The URL of a page, whose address may be relative to `base_url`."""
        return urljoin(self.base_url, address)


@dataclass(frozen=True, slots=True)
class DeclaredAccount:
    """An account that exists on the target for the suite to use.

    Attributes:
        address: where its codes go: an e-mail address, or a phone number in E.164 form.
        organization: what tells its organization from others; None where nobody said.
        may_be_locked: whether the suite may lock it.
    """

    email: str
    password: str = field(repr=False)
    mfa: bool = False
    channel: Channel | None = None
    address: str | None = None
    role: Role = "member"
    organization: str | None = None
    suspended: bool = False
    may_be_locked: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """Somebody who may do what Support does: by e-mail and password, or with a session that is open."""

    email: str | None = None
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Safety:
    """What needs an explicit yes.

    Attributes:
        destructive: whether passwords and MFA of the accounts may be changed, and are set back afterwards.
        max_messages: how many messages a run may cause at the most.
        max_requests: how many generated requests a run may send at the most.
    """

    clear_text: bool = False
    destructive: bool = False
    max_messages: int = 200
    max_requests: int = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment, and what it promises.

    Attributes:
        claimed: operations that the deployment says it has: an error where the document lacks one.
        not_claimed: operations, channels and clients that it says it does not have.
        policy: promised numbers by their name in Policy, in the units that the name tells.
        bindings: what differs from the suite's own contract, as the file has it.
        clients: how the web portal and Servinix Go differ there, by tag.
        portal: its pages; None where it has none, or they are not to be looked at.
        test_support_token: the secret of test support, or None where there is none.
        test_support_deadline: how many seconds a message may take to its inbox.
        inboxes: the table of each channel, as the file has it.
        secrets: every secret that the file refers to, by the name that stands for it in records.
        source: the file that all this was read from.
        data: that file, references followed; a worker makes its own target from it.
    """

    name: str
    base_url: str
    openapi: str | None = None
    product: Mapping[str, str] = field(default_factory=dict)
    profiles: tuple[str, ...] = ("documented",)
    claimed: frozenset[str] = frozenset()
    not_claimed: frozenset[str] = frozenset()
    policy: Mapping[str, int] = field(default_factory=dict)
    shortened: bool = False
    http: Http = field(default_factory=Http)
    portal: Portal | None = None
    test_support_token: str | None = field(default=None, repr=False)
    test_support_deadline: float = 5.0
    bindings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    clients: Mapping[str, ClientTable] = field(default_factory=dict)
    inboxes: Mapping[Channel, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    accounts: tuple[DeclaredAccount, ...] = ()
    support: Support | None = None
    safety: Safety = field(default_factory=Safety)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: str = "reference"
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, data: Mapping[str, Any], source: str, secrets: Mapping[str, str]) -> Self:
        """The target of a file that is valid.

        Args:
            data: its tables, references followed.
            source: its path; other files are named relative to it.
            secrets: what the references gave, by the name that stands for it.
        """
        folder = Path(source).parent
        policy = dict(data.get("policy", {}))
        claims, support = data.get("claims", {}), data.get("support")
        return cls(
            name=data["name"],
            base_url=data["base_url"].rstrip("/"),
            openapi=_beside(folder, data.get("openapi")),
            product=data.get("product", {}),
            profiles=_profiles(data),
            claimed=frozenset(claims.get("claimed", ())),
            not_claimed=frozenset(claims.get("not_claimed", ())),
            shortened=bool(policy.pop("shortened", False)),
            policy=policy,
            http=_http(folder, data.get("http", {})),
            portal=_portal(data.get("portal")),
            test_support_token=data.get("test_support", {}).get("token"),
            test_support_deadline=float(data.get("test_support", {}).get("deadline_seconds", 5.0)),
            bindings=data.get("bindings", {}),
            clients={name: ClientTable(**table) for name, table in data.get("clients", {}).items()},
            inboxes=data.get("inbox", {}),
            accounts=tuple(DeclaredAccount(**table) for table in data.get("accounts", ())),
            support=None if support is None else Support(**support),
            safety=Safety(**data.get("safety", {})),
            secrets=secrets,
            source=source,
            data=data,
        )


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _profiles(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that are claimed; whoever names a portal claims that it is one, unless the file says what is claimed."""
    claimed = data.get("claims", {}).get("profiles")
    return tuple(claimed) if claimed else ("documented", *(["portal"] if "portal" in data else []))


def _portal(table: Mapping[str, Any] | None) -> Portal | None:
    return None if table is None else Portal(**{**table, "private": tuple(table.get("private", ()))})


def _beside(folder: Path, reference: str | None) -> str | None:
    if reference is None or reference.startswith(("http://", "https://")):
        return reference
    return str(folder / reference)


def _http(folder: Path, table: Mapping[str, Any]) -> Http:
    verify = table.get("verify", True)
    certificate = table.get("client_certificate")
    return Http(
        timeout_seconds=float(table.get("timeout_seconds", 10.0)),
        verify=str(folder / verify) if isinstance(verify, str) else verify,
        proxy=table.get("proxy"),
        headers=table.get("headers", {}),
        client_certificate=str(folder / certificate) if certificate else None,
    )
