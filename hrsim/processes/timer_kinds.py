"""The kinds of timers of the full model, in the order in which ties fall."""

from hrsim.engine.timers import FIRST_MODEL_KIND

STAY_END, CUSTODY_END, HIV_ACUTE_END, HCV_ACUTE_END, PATIENCE_END, RETENTION = range(
    FIRST_MODEL_KIND, FIRST_MODEL_KIND + 6
)
