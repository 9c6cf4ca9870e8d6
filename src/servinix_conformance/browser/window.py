"""A window of the browser: its tabs, what it was given to keep, and which addresses it asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..inbox.text import reset_token_in
from ..redaction import Redactor
from ..target import Portal
from .evidence import Evidence, look
from .own import Own
from .tab import Tab

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

_MOST_LINES = 50


class Window:
    """A window without cookies, that is opened when it is first looked at.

    Attributes:
        kept: what it had been given to keep when each stage began, by stage.
        addresses: what it asked for so far.
        own: what the target alone is given.
    """

    def __init__(
        self, opened: Callable[[], BrowserContext], portal: Portal, redactor: Redactor, own: Own | None = None
    ) -> None:
        self.own = own or Own()
        self.kept: dict[str, list[Any]] = {}
        self.addresses: list[str] = []
        self._opened = opened
        self._portal = portal
        self._redactor = redactor
        self._context: BrowserContext | None = None
        self._tab: Tab | None = None
        self._second: Tab | None = None
        self._console: list[str] = []

    @property
    def context(self) -> BrowserContext:
        """Playwright's own."""
        if self._context is None:
            self._context = self._opened()
            self._context.on("console", self._hear)
            self._context.on("request", lambda request: self.addresses.append(request.url))
        return self._context

    @property
    def tab(self) -> Tab:
        """The first tab."""
        if self._tab is None:
            self._tab = Tab(self._page(self.context), self._portal)
        return self._tab

    @property
    def second(self) -> Tab:
        """Another tab, to look at something without leaving the first one."""
        if self._second is None:
            self._second = Tab(self._page(self.context), self._portal)
        return self._second

    @contextmanager
    def with_cookies(self, cookies: list[Any]) -> Iterator[Tab]:
        """A tab of another window that was given these cookies, for a while."""
        context = self._opened()
        try:
            context.add_cookies(cookies)
            yield Tab(self._page(context), self._portal)
        finally:
            context.close()

    def _page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        self.own.lend_to(page)
        return page

    def stage_begins(self, stage: str) -> None:
        """Note what the window keeps before a stage."""
        self.kept[stage] = list(self.context.cookies())

    def keep_secret_of(self, link: str) -> None:
        """Register the secret in a link."""
        self._redactor.register(reset_token_in(link), "RESET_TOKEN")

    def evidence(self) -> Evidence | None:
        """What is to be seen, redacted. The page is not to be used any more."""
        if self._tab is None:
            return None
        return look(self._tab.page, self._console, self._redactor)

    def close(self) -> None:
        """Shut it."""
        if self._context is not None:
            self._context.close()
        self._context = self._tab = self._second = None

    def _hear(self, message: ConsoleMessage) -> None:
        if len(self._console) < _MOST_LINES:
            self._console.append(f"{message.type}: {message.text}")
