"""What stands at the head of every report: what was tested, with what and how."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime

from . import __version__
from .catalogue import GENERATED
from .connection import Connection
from .events import Header
from .options import Options


def heading(  # noqa: PLR0913 - all that tells a run from others
    connection: Connection,
    options: Options,
    *,
    catalogue: str,
    profiles: Sequence[str],
    started_at: datetime,
    processes: int,
) -> Header:
    """The header of a run.

    Args:
        connection: the way to the target.
        options: what was asked for.
        catalogue: the version of the clauses.
        profiles: those that are judged.
        started_at: when it began.
        processes: how many run scenarios side by side.
    """
    target = connection.target
    return Header(
        suite=__version__,
        catalogue=catalogue,
        target=target.name,
        base_url=target.base_url,
        document=connection.document.title,
        document_source=connection.document.source,
        product=dict(target.product),
        profiles=list(profiles),
        not_claimed=sorted(target.not_claimed),
        policy=dict(target.policy),
        shortened=target.shortened,
        seed=options.sampling.seed if GENERATED in profiles else None,
        time="virtual" if connection.virtual else "real",
        uncertainty=round(connection.uncertainty, 3),
        skew=connection.skew,
        started_at=started_at.isoformat(timespec="seconds"),
        strict=options.strict,
        narrowed=options.narrowed,
        processes=processes,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
    )
