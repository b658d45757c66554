"""Visits to supervised sites: how many of those that clients want are met."""

from hrsim.engine.compiler import kernel_function


@kernel_function
def met_share(sim, a, s):
    """Return the share of the clients' wanted visits that a supervised service meets.

    All that fit, or fewer where the working day of the site is known and has a curve.
    """
    v = sim.service[a, s]
    if not v.open:
        return 0.0
    wanted = v.occupied * v.visits
    if v.curve > 0:
        return share_on_curve(sim, v.curve, wanted / v.visit_capacity)
    if v.visit_capacity < 0.0 or wanted <= v.visit_capacity:
        return 1.0
    return v.visit_capacity / wanted


@kernel_function
def share_on_curve(sim, row, load):
    """Return the share met at a load: straight between the points; beyond the last no more visits are met."""
    last = sim.curve_load.shape[0] - 1
    if load >= sim.curve_load[last]:
        return sim.curve_share[row, last] * sim.curve_load[last] / load
    k = 1
    while sim.curve_load[k] < load:
        k += 1
    part = (load - sim.curve_load[k - 1]) / (sim.curve_load[k] - sim.curve_load[k - 1])
    return sim.curve_share[row, k - 1] + part * (sim.curve_share[row, k] - sim.curve_share[row, k - 1])
