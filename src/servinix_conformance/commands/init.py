"""`init`: from an OpenAPI document to a target file, with every guess marked."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from ..document import Document, DocumentError
from ..names import OPERATIONS
from ..options import Options
from ..proposal import Found, Proposal, propose
from ..proposal.costs import costs
from ..proposal.references import is_reference
from ..proposal.text import BASE_URL, TOKEN, Frame, said, target_text, variable
from ..run import Run
from ..status import CONFORMANT, INCOMPLETE, UNUSABLE, USAGE
from ..suite import suite_root
from ..target import is_loopback
from . import fail
from .documents import WEB, UnreadableError, check_source, check_url, text_of


def main(options: argparse.Namespace) -> int:
    """Write a target file."""
    output = Path(options.output)
    try:
        _check(options, output)
        document = Document(text_of(options.document), options.document)
        proposal = propose(document)
        frame = _frame(options, document, output, proposal)
        text = target_text(proposal, frame)
        with output.open("w" if options.force else "x", encoding="utf-8") as file:
            file.write(text)
    except ValueError as error:
        return fail(UNUSABLE if isinstance(error, DocumentError) else USAGE, str(error))
    except UnreadableError as error:
        return fail(UNUSABLE, str(error))
    except OSError as error:
        return fail(USAGE, f"--output {output}: cannot be written: {error.strerror}")
    sys.stdout.write("".join(f"{line}\n" for line in _told(proposal, frame, document, output)))
    return CONFORMANT if proposal.whole else INCOMPLETE


def _check(options: argparse.Namespace, output: Path) -> None:
    """Raise `ValueError` for what can be told to be wrong before anything is asked of anybody."""
    if output.exists() and not options.force:
        raise ValueError(f"--output {output}: there is such a file already; name another one, or say --force")
    for option, url in (("", options.document), ("--base-url ", options.base_url or "")):
        check_source(url, option, clear_text=options.clear_text)
    if options.base_url is not None and not options.base_url.startswith(WEB):
        raise ValueError(f"--base-url {options.base_url}: write https://HOST, and the path that all operations share")


def _frame(options: argparse.Namespace, document: Document, output: Path, proposal: Proposal) -> Frame:
    base_url, why = (options.base_url, "") if options.base_url else _base_url(options, document)
    title = said(document.title)
    name = options.name or ("target" if is_reference(title) else title)
    source = options.document
    openapi = source if source.startswith(WEB) else _beside(Path(source), output)
    run = Run(Options(roots=(suite_root() / "features",)))
    run.read(steps=False)
    return Frame(
        name=name,
        title=title,
        base_url=base_url.rstrip("/") if base_url else None,
        base_why=why,
        openapi=openapi,
        clear_text=bool(
            options.clear_text and base_url and base_url.startswith("http://") and not is_loopback(base_url)
        ),
        costs=costs(proposal.missing, run.plan.scenarios, run.catalogue.clauses),
    )


def _base_url(options: argparse.Namespace, document: Document) -> tuple[str | None, str]:
    """Where the deployment is, as the document or its own place tells it, and how sure that is."""
    beside = options.document if options.document.startswith(WEB) else ""
    given = document.servers or (["/"] if beside else [])
    usable = [url for item in given if (url := urljoin(beside, item)) and _usable(url, options)]
    if not usable:
        told = "the document does not say where the deployment is"
        return None, told if not given else f"{told} in a way that can be used ({', '.join(given)})"
    others = f"; the document names {', '.join(usable[1:])} too" if usable[1:] else ""
    where = "the first server of the document" if document.servers else "where the document is from"
    return usable[0], f"{where}{others}; make sure that it may be tested"


def _usable(url: str, options: argparse.Namespace) -> bool:
    if not url.startswith(WEB) or "{" in url or is_reference(url):
        return False
    try:
        check_url("servers ", url, clear_text=options.clear_text)
    except ValueError:
        return False
    return True


def _beside(source: Path, output: Path) -> str:
    """The document's path as the target file has to name it."""
    try:
        return Path(os.path.relpath(source.resolve(), output.resolve().parent)).as_posix()
    except ValueError:  # pragma: no cover - another drive, which there is on Windows alone
        return str(source.resolve())


def _told(proposal: Proposal, frame: Frame, document: Document, output: Path) -> Iterator[str]:
    counts = f"{len(document.operations)} operations, {len(proposal.operations)} of them found to be ours"
    yield f"{said(document.title)}: {counts}"
    yield ""
    rows = [(name, said(str(it.operation.value)), _sure(it)) for name, it in proposal.operations.items()]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for name, theirs, sure in rows:
        yield f"  {name:<{widths[0]}}  {theirs:<{widths[1]}}  {sure}"
    for name, it in proposal.operations.items():
        yield from (f"  to be settled for {name}: {said(told)}" for told in it.open)
    if proposal.missing:
        yield from ("", "not found, and what that costs:")
        for name, why in proposal.missing.items():
            yield f"  {name}: {said(why)}"
            yield f"      {frame.costs[name]}"
    yield from (f"could not be read: {said(told)}" for told in proposal.unread)
    yield ""
    yield f"{output} was written: {_summary(proposal)}"
    if not proposal.whole:
        yield "The two stages of the sign-in could not be told. Bind them by hand, as the file shows at its end."
    for name in _variables(proposal, frame):
        yield f"  export {name}=..."
    yield f"next: servinix-conformance doctor {shlex.quote(str(output))}"


def _sure(found: Found) -> str:
    return f"{found.operation.sure}{', guessed: ' if found.guessed else ''}{said(', '.join(found.guessed))}"


def _summary(proposal: Proposal) -> str:
    guesses = [guess for table in proposal.bindings(OPERATIONS).values() for guess in _guesses(table)]
    counted = {sure: sum(1 for it in guesses if it == sure) for sure in ("likely", "guess")}
    if not any(counted.values()):
        return "all that was found is as in our contract"
    return f"its lines have {counted['likely']} likely values and {counted['guess']} guessed ones; look at each"


def _guesses(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        for item in table.values():
            yield from _guesses(item)
    else:
        yield str(getattr(table, "sure", ""))


def _variables(proposal: Proposal, frame: Frame) -> list[str]:
    found = [BASE_URL] if frame.base_url is None else []
    found += [variable(name) for name in proposal.headers]
    return [*found, *([TOKEN] if proposal.test_support else [])]
