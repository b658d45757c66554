"""Groups of people that results are cut by, and how well a service is open to each of them."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from hrsim.evidence.kinds import HIGHEST_RATIO
from hrsim.study.tree import describe
from hrsim.study.values import Meaning, Probability, Quantity, StudyModel, Whole, about, as_tuple, fault

DERIVED = "derived"
REST = "rest"
_ROUNDING = 1e-9  # shares are written in decimals, whose sum is a float


class Dimension(StudyModel):
    """Tell people apart in one respect, for life: by labels with shares, or derived from who they are.

    Short forms: labels with shares alone, one of which may be `rest`; `derived` for `sex` and `housing_at_start`.
    """

    shares: dict[str, Probability] = about("Share of people with each label.", "proportion", default={})
    rest: str | None = about("Label of everybody else; written `label: rest` among the shares.", default=None)
    edges: Annotated[tuple[Whole, ...], as_tuple] = about(
        "Ages at which the bands of `age_band` part; age when a person enters the study.", "years", default=()
    )
    mixing: Probability | None = about(
        "Share of meetings (partners, witnesses with naloxone) within the own group, the others across the whole "
        "place; omitted: all across.",
        "proportion",
        default=None,
    )
    governance: str | None = about(
        "Who governs the use of these labels and agreed to it; demanded for identities.", default=None
    )
    because: str | None = about("Why these numbers.", default=None)

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, data: Any) -> Any:
        if data == DERIVED:
            return {}
        if not isinstance(data, dict):
            fix = "write labels with shares, 'derived', or {edges: [30, 45]}."
            raise fault("TYPE", f"expected labels with shares, got {describe(data)}", fix)
        full = data if set(data) & set(cls.model_fields) else {"shares": data}
        shares = full.get("shares")
        if not isinstance(shares, dict):
            return full
        rest = [label for label, share in shares.items() if share == REST]
        if len(rest) > 1:
            message = f"expected one label with the rest, got {' and '.join(rest)}"
            raise fault("SHARES", message, "give all labels but one a share.")
        given = {label: share for label, share in shares.items() if share != REST}
        return {**full, "shares": given, **({REST: rest[0]} if rest else {})}

    @model_validator(mode="after")
    def _one_whole(self) -> Dimension:
        known = [share.value for share in self.shares.values() if share.value is not None]
        certain = all(share.value is not None and share.low is None for share in self.shares.values())
        total = math.fsum(known)
        if self.shares and self.rest is None and not certain:
            message = "expected a label with the rest beside shares that vary between draws, got none"
            raise fault("SHARES", message, "write 'rest' for the share of one label.")
        whole = total >= 1.0 - _ROUNDING if self.rest is None else True
        if self.shares and (total > 1.0 + _ROUNDING or not whole):
            sum_words = "at most 1" if self.rest is not None else "1"
            message = f"expected shares that add to {sum_words}, got {total:.10g}"
            raise fault("SHARES", message, "correct the shares, or write 'rest' for one of them.")
        return self

    @model_validator(mode="after")
    def _edges_in_order(self) -> Dimension:
        if any(later <= earlier for earlier, later in zip(self.edges, self.edges[1:], strict=False)):
            raise fault("ORDER", "expected edges that rise", "put the ages in order.")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the declared labels by name, so that their order in the file means nothing."""
        return tuple(sorted({*self.shares, *((self.rest,) if self.rest is not None else ())}))

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the short forms in editors."""
        full = handler.resolve_ref_schema(handler(core))
        short = {"type": "object", "additionalProperties": {"anyOf": [{"type": "number"}, {}]}}
        words = {"title": "Dimension", "description": cls.__doc__}
        return {**words, "anyOf": [{"const": DERIVED}, full, short]}


FACTOR = Meaning("a ratio or a share", ("ratio", "share"), highest=HIGHEST_RATIO)
Factor = Annotated[Quantity, AfterValidator(FACTOR.check)]
Access = dict[str, dict[str, Factor]]
"""Factors by dimension and label; a label left out has the factor 1."""

Barriers = dict[str, dict[str, Probability]]
"""Shares that get through, by dimension and label; a label left out has no barrier."""
