"""The unregulated supply: what the share with fentanyl does to the overdose hazard. Applied by the world clock."""

from collections.abc import Mapping

EVIDENCE = ("od.mult_fentanyl", "od.noninj_fent_reduction")


def supply_multipliers(draw: Mapping[str, float], exposure: float, reference: float) -> tuple[float, float]:
    """Return the overdose hazard of people who inject, and of others, against the reference supply.

    `(1 + e r (M - 1)) / (1 + e0 r (M - 1))` with exposure e, reference exposure e0 (shares of the supply with
    fentanyl), M = od.mult_fentanyl, and r = 1 for people who inject, 1 - od.noninj_fent_reduction for others.
    """
    gain = draw["od.mult_fentanyl"] - 1.0
    less = 1.0 - draw["od.noninj_fent_reduction"]
    injecting = (1.0 + exposure * gain) / (1.0 + reference * gain)
    other = (1.0 + exposure * less * gain) / (1.0 + reference * less * gain)
    return injecting, other
