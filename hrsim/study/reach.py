"""How fast a service finds people: one level, or the sum of its channels."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from hrsim.study.groups import Access
from hrsim.study.times import Ramp, RampRate, check_ramp
from hrsim.study.values import RATE, Quantity, StudyModel, about


class Channel(StudyModel):
    """Find people in one way: at a fixed site, with a mobile unit, after hours, in people's own language, by peers."""

    rate: RampRate = about("Contacts or requests to start.", "per eligible person-year")
    access: Access = about("Factor on the rate for each group.", "ratio", default={})
    because: str | None = about("Why these numbers.", default=None)


class Reach(Ramp):
    """Give contacts per eligible person-year, as a level or ramp; `channels` add theirs to it."""

    first: Quantity = about(
        "Level at the start; 0 when only channels are given.", alias="from", default=Quantity(value=0.0)
    )
    channels: dict[str, Channel] = about("Ways of finding people, by name.", default={})

    @model_validator(mode="before")
    @classmethod
    def _from_level(cls, data: Any) -> Any:
        if isinstance(data, dict) and {"from", "to", "over", "starts", "channels"} & set(data):
            return data
        return data if isinstance(data, Reach) else {"from": data}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the short form, a bare quantity, in editors."""
        full = handler.resolve_ref_schema(handler(core))
        return {"title": "Reach", "description": cls.__doc__, "anyOf": [full["properties"]["from"], full]}


ReachRate = Annotated[Reach, AfterValidator(check_ramp(RATE)), RATE]
