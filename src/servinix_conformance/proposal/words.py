"""Names as words: how a vendor's spelling, case and favourite synonym are taken out of a name before it is compared."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

VOCABULARY: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PLURAL = re.compile(r"(?<=[a-z]{3}[^sui])s\Z")
_SAME: dict[tuple[str, ...], str] = {
    tuple(said.split()): word for word, called in VOCABULARY["words"].items() for said in called
}
_LONGEST = max(map(len, _SAME))
_WRAPPING = frozenset(VOCABULARY["wrapping"])


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, whatever its case: `mfaToken`, `mfa-token` and `MFA_TOKEN` are (`mfa`, `token`)."""
    spelt = [part.lower() for part in _PARTS.findall(name)]
    found: list[str] = []
    while spelt:
        for length in range(min(_LONGEST, len(spelt)), 0, -1):
            word = _SAME.get(tuple(spelt[:length]))
            if word is not None or length == 1:
                found.append(word or _PLURAL.sub("", spelt[0]))
                del spelt[:length]
                break
    return tuple(word for word in found if word != "nothing")


def phrases(said: Iterable[str]) -> tuple[frozenset[str], ...]:
    """Phrases of the vocabulary, each as the set of its words."""
    return tuple(frozenset(words(phrase)) for phrase in said)


def every(said: Iterable[str]) -> frozenset[str]:
    """All words of some names."""
    return frozenset(word for name in said for word in words(name))


def bare(all_words: Iterable[str]) -> tuple[str, ...]:
    """Words without those that only wrap."""
    return tuple(word for word in all_words if word not in _WRAPPING)
