"""Risk compensation: how people may change what they risk because a service makes it safer. Nobody does by default."""

from __future__ import annotations

from typing import Literal

from hrsim.study.effects import Effect, Window
from hrsim.study.values import Ratio, StudyModel, about

COMPENSATED = ("overdose", "start_injecting", "stop_use")


class RiskCompensation(StudyModel):
    """Multiply hazards because the service makes use feel safer; 1, or omitted: not at all."""

    overdose: Ratio | None = about("Factor on the overdose hazard.", "ratio", default=None)
    start_injecting: Ratio | None = about("Factor on taking up injecting.", "ratio", default=None)
    stop_use: Ratio | None = about("Factor on stopping use.", "ratio", default=None)
    during: Literal["enrolled", "carrying"] = about(
        "While enrolled (or in the window after a contact), or while carrying a naloxone kit.",
        default="enrolled",
    )

    def effects(self, contact: Effect | None) -> tuple[Effect, ...]:
        """Return the effects that this stands for; `contact` is an effect of the service's contacts, if it has any."""
        during, share = Window.model_validate(self.during), None
        if self.during == "enrolled" and contact is not None:
            during, share = contact.during, contact.share
        given = ((target, getattr(self, target)) for target in COMPENSATED)
        return tuple(
            Effect(on=target, multiplier=ratio, during=during, share=share, scope="direct")
            for target, ratio in given
            if ratio is not None
        )
