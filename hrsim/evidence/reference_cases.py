"""Reference cases: discount rates, thresholds and perspectives that a body asks for, as dated data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict


class ReferenceCase(BaseModel):
    """Hold what one body asks for; numbers are evidence ids, and what it does not state is absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    since: int
    until: int | None = None
    currency: str
    discount: Mapping[str, str]
    thresholds: tuple[str, ...] = ()
    perspectives: tuple[str, ...]
    because: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """List the evidence ids it rests on."""
        return (*self.discount.values(), *self.thresholds)


@cache
def load_reference_cases() -> Mapping[str, ReferenceCase]:
    """Read the packaged reference cases, by name."""
    text = (files("hrsim.evidence") / "reference_cases.yaml").read_text(encoding="utf-8")
    return {name: ReferenceCase.model_validate(data) for name, data in yaml.safe_load(text).items()}
