"""A report made by hand: three arms, two groups' worth of tables, one of every block."""

import datetime

import pandas as pd

from hrsim.report.facts import Facts, Report
from hrsim.report.fitness import Limit

ARMS = {"now": "As now", "more": "More", "site": "One site"}
MONEY = {"currency": "CAD", "price_year": 2024}
YEARS = (2026, 2027)
DRAWS = 50


def statistics(mean, spread=1.0, prefix=""):
    names = {
        "mean": mean,
        "sd": spread,
        "mcse": spread / 7,
        "low": mean - 2 * spread,
        "high": mean + 2 * spread,
    }
    return {f"{prefix}{name}" if name != "mean" or prefix else name: value for name, value in names.items()}


def outcome_tables():
    outcomes, differences, by_year, changes_by_year = [], [], [], []
    levels = {
        "overdose_death": 100.0,
        "emergency_visit_all": 2000.0,
        "hiv_infection": 0.0,
        "life_years": 9000.0,
    }
    for place, arm in enumerate(ARMS):
        for measure, level in levels.items():
            key = {"arm": arm, "comparator": "now", "group": "all", "measure": measure, "unit": "events"}
            outcomes.append(
                {**key, **statistics(level * (1 - 0.1 * place)), "n_draws": DRAWS, "discounted": False}
            )
            by_year += [
                {**key, "year": year, **statistics(level * (1 - 0.1 * place) / 2), "n_draws": DRAWS}
                for year in YEARS
            ]
            if place:
                differences.append(_difference(key, -0.1 * place * level, discounted=False))
                changes_by_year += [
                    {**key, "year": year, **statistics(-0.05 * place * level), "n_draws": DRAWS}
                    for year in YEARS
                ]
        key = {"arm": arm, "comparator": "now", "group": "all", "measure": "qalys", "unit": "QALY"}
        outcomes.append({**key, **statistics(6000.0 + 20 * place), "n_draws": DRAWS, "discounted": True})
        if place:
            differences.append(_difference(key, 20.0 * place, discounted=True))
            cost = {**key, "measure": "cost", "unit": "CAD", "perspective": "health_sector", **MONEY}
            differences.append(_difference(cost, 4e5 * place, discounted=True, spread=1e5))
    return {
        "outcomes": pd.DataFrame(outcomes),
        "outcomes_by_year": pd.DataFrame(by_year),
        "differences": pd.DataFrame(differences),
        "differences_by_year": pd.DataFrame(changes_by_year),
    }


def _difference(key, mean, discounted, spread=1.0):
    return {
        **key, **statistics(mean, spread), "n_draws": DRAWS, "per_cent": mean / 100,
        "draws_better": 45, "draws_same": 2, "draws_worse": 3,
        "discounted": discounted,
    }  # fmt: skip


def ratio_doubt(place):
    """Give the interval of a ratio and its draws by quadrant; none for the cheapest arm."""
    names = ("dearer_and_better", "cheaper_and_better", "dearer_not_better", "cheaper_not_better")
    if not place:
        return {
            "icer_low": float("nan"),
            "icer_high": float("nan"),
            **{f"draws_{name}": None for name in names},
        }
    counts = (DRAWS, 0, 0, 0) if place == 1 else (DRAWS - 3, 1, 2, 0)
    ends = {"icer_low": 15_000.0, "icer_high": 30_000.0 if place == 1 else float("nan")}
    return {**ends, **{f"draws_{name}": count for name, count in zip(names, counts, strict=True)}}


def money_tables(net_benefit=(0.0, 6e5, 1.2e6, 1e5, 2e5, 3e5), spread=2e5, tie=0.0):
    costs, effects, net, budget = [], [], [], []
    for place, arm in enumerate(ARMS):
        key = {"arm": arm, "comparator": "now", "group": "all"}
        cost = {**statistics(5e7 + 4e5 * place, 1e6), "n_draws": DRAWS}
        labels = {**key, "perspective": "health_sector", "measure": "cost", "discounted": True, **MONEY}
        for payer in ("all", "ministry_of_health"):
            costs.append({**labels, "payer": payer, "category": "all", "unit": "CAD", **cost})
        effects.append({
            **key, "perspective": "health_sector", **MONEY, "discounted": True,
            "cost": cost["mean"], "cost_mcse": 1e5, "qalys": 6000.0 + 20 * place, "qalys_mcse": 1.0,
            "status": "frontier", "against": "" if not place else list(ARMS)[place - 1],
            "icer": float("nan") if not place else 20_000.0, "n_draws": DRAWS,
            **ratio_doubt(place), "draws_best_50000": (5, 15, 25, 0, 0, 0)[place],
            "draws_tied_50000": (5, 0, 5, 0, 0, 0)[place],
        })  # fmt: skip
        net.append({
            **labels, "threshold": 50_000.0, "measure": "net_monetary_benefit", "unit": "CAD",
            **statistics(2.5e8 + net_benefit[place], 1e6), "n_draws": DRAWS,
            **{f"difference_{name}": value for name, value in statistics(net_benefit[place], spread).items()},
            "draws_best": (5, 15, 30, 0, 0, 0)[place], "draws_tied": 0,
            "shortfall": max(net_benefit) - net_benefit[place],
            "tied": max(net_benefit) - net_benefit[place] <= tie,
        })  # fmt: skip
        for year in YEARS:
            for kind, share in (("set_up", 0.25), ("running", 0.75), ("all", 1.0)):
                for measure, amount in (("spending", 2.5e7 + 2e5 * place), ("change", 2e5 * place)):
                    budget.append({
                        **key, "payer": "ministry_of_health", "kind": kind, "year": year, "measure": measure,
                        "discounted": False, "unit": "CAD", **MONEY, **statistics(amount * share, 1e4),
                        "n_draws": DRAWS,
                    })  # fmt: skip
    released = [
        {"arm": arm, "comparator": "now", "perspective": "health_sector", "releases": releases, **MONEY,
         **statistics(share * 4e5 * place, 1e5), "n_draws": DRAWS}
        for place, arm in enumerate(ARMS) for releases, share in (("cash", 1.5), ("capacity", -0.5), ("none", 0.0))
    ]  # fmt: skip
    used = [
        {"arm": arm, "comparator": "now", "service": "oat_methadone", "line": "oat_methadone.client_year",
         "per": "client_year", "payer": "ministry_of_health", "releases": "cash", "year": year,
         "fiscal_year": f"{year}-04-01 to {year + 1}-03-31", "share_of_year": 1.0 if year > YEARS[0] else 0.25,
         "quantity": 10.0, "price": 2_000.0, "spending": 20_000.0, **MONEY, "n_draws": DRAWS}
        for arm in ARMS for year in YEARS
    ]  # fmt: skip
    return {
        "cash_and_capacity": pd.DataFrame(released),
        "quantity_and_price": pd.DataFrame(used),
        "costs": pd.DataFrame(costs),
        "cost_effectiveness": pd.DataFrame(effects),
        "cost_per_qaly": cost_per_qaly_table(),
        "net_benefit": pd.DataFrame(net),
        "budget_impact": pd.DataFrame(budget),
    }


def cost_per_qaly_table():
    """Make ratios of two arms, decisions for life: half of what is gained lies after the horizon."""
    return pd.DataFrame([
        {"arm": arm, "comparator": "now", "group": "all", "perspective": "health_sector", **MONEY, "discounted": True,
         "part": part, "care": care, "decisions": (part, care) == ("total", "with"),
         **_named("cost", statistics(4e5 * place, 1e5)), **_named("qalys", statistics(20.0 * place)),
         "ratio": 20_000.0, "words": "", "share_beyond": 0.5, "n_draws": DRAWS}
        for part in ("within_horizon", "total") for care in ("with", "without")
        for place, arm in enumerate(ARMS) if place
    ])  # fmt: skip


def _named(measure, given):
    return {
        measure: given["mean"],
        **{f"{measure}_{name}": given[name] for name in ("sd", "mcse", "low", "high")},
    }


def analysis_tables():
    thresholds = (0.0, 50_000.0, 100_000.0)
    acceptability = [
        {"perspective": "health_sector", "threshold": threshold, "arm": arm,
         "probability_cost_effective": (0.5, 0.3, 0.2, 0.0, 0.0, 0.0)[place], "probability_tied": 0.0,
         "on_frontier": place == 0}
        for threshold in thresholds for place, arm in enumerate(ARMS)
    ]  # fmt: skip
    tornado = [
        {"arm": "site", "comparator": "now", "perspective": "health_sector", "measure": "net_monetary_benefit",
         "evidence": f"od.{place}", "label": f"Input {place}", "low_value": 0.1, "high_value": 0.3,
         "result_at_low": 1e6 - 1e5 * place, "result_at_high": 1e6 + 1e5 * place, "mcse": 1e4}
        for place in range(4)
    ]  # fmt: skip
    evpi = [
        {"perspective": "health_sector", "threshold": threshold, "evpi_per_study": 3e5, "mcse": 2e4}
        for threshold in thresholds
    ]
    evppi = [
        {"perspective": "health_sector", "threshold": 50_000.0, "parameters": "od.rate", "evppi": 1e5,
         "standard_error": 2e4, "clear": True, "method": "spline"}
    ]  # fmt: skip
    return {
        "acceptability": pd.DataFrame(acceptability),
        "tornado": pd.DataFrame(tornado),
        "evpi": pd.DataFrame(evpi),
        "evppi": pd.DataFrame(evppi),
    }


def evidence_tables(note="Nobody counted."):
    assumption = {
        "evidence_id": "exp.guess", "name": "A guess", "value": 0.25, "low": 0.1, "high": 0.5, "unit": "share",
        "grade": "placeholder", "source": "Elicited", "note": note,
    }  # fmt: skip
    parameter = {
        "evidence_id": "od.rate", "name": "Rate", "unit": "per person-year", "kind": "rate", "value": 0.0123456789,
        "stated_low": 0.01, "stated_high": 0.015, "distribution": "gamma", "grade": "A", **statistics(0.0124, 0.001),
        "n_draws": DRAWS,
    }  # fmt: skip
    source = {
        "citation": "Doe J. A study. 2020.",
        "identifier": "10.1000/xyz",
        "parameters": "od.rate, exp.guess",
    }
    inventory = [
        {"sector": "health", "category": "medicines", "considered": "considered", "lines": "a",
         "perspectives": "health_sector"},
        {"sector": "education", "category": "attainment", "considered": "not considered", "lines": "",
         "perspectives": ""},
    ]  # fmt: skip
    return {
        "assumptions": pd.DataFrame([assumption]),
        "parameters": pd.DataFrame([parameter]),
        "sources": pd.DataFrame([source]),
        "impact_inventory": pd.DataFrame(inventory),
    }


def service_table():
    measures = {"contacts": 40.0, "client_years": 12.0, "waiting_years": 3.0, "turned_away": 0.0, "load": 0.8}
    rows = [
        {"arm": arm, "service": "oat_methadone", "year": year, "measure": measure, "unit": "events",
         **statistics(value, 0.1 * value), "n_draws": DRAWS}
        for arm in ARMS for year in YEARS for measure, value in measures.items()
    ]  # fmt: skip
    return {"services": pd.DataFrame(rows)}


def facts(**other):
    values = {
        "people": 2500, "start": datetime.date(2026, 1, 1), "years": 2.0, "draws": DRAWS, "replicates": 1, "seed": 7,
        "uncertain": True, "discount_costs": ((0.0, 0.015),), "discount_effects": ((0.0, 0.015),),
        "thresholds": (50_000.0,),
        "perspectives": ("health_sector",), "currency": "CAD", "price_year": 2024, "fewest_to_rank": 30,
        "smallest_cell": None,        "content_hash": "0123456789abcdef", "version": "0.1",
    }  # fmt: skip
    return Facts(**(values | other))


def make(arms=ARMS, title="More or less?", notes="A note.", **tables):
    limits = (Limit("uncalibrated"),)
    found = {
        **outcome_tables(), **money_tables(), **analysis_tables(), **evidence_tables(), **service_table(), **tables,
    }  # fmt: skip
    return Report(
        title=title,
        notes=notes,
        about="2,500 people.",
        arm_labels=arms,
        comparator="now",
        banners=tuple(limit.words() for limit in limits),
        tables={name: table for name, table in found.items() if table is not None},
        facts=facts(),
        limits=limits,
    )


def distributional_table():
    """Make a distributional analysis of two groups."""
    keys = {
        "comparator": "now",
        "perspective": "health_sector",
        "threshold": 50_000.0,
        "part": "within_horizon",
    }
    rows = [
        {"arm": arm, **keys, "group": group, "measure": measure, "unit": "QALY", "aversion": float("nan"),
         **statistics(4.0 + place), "n_draws": DRAWS}
        for place, arm in enumerate(ARMS) for group in ("all", "zone=north", "zone=south")
        for measure in ("gain", "health_displaced", "net_health_benefit")
    ]  # fmt: skip
    rows += [
        {"arm": arm, **keys, "group": "all", "measure": "ede_atkinson", "unit": "QALY per person",
         "aversion": aversion, **statistics(3.0, 0.1), "n_draws": DRAWS}
        for arm in ARMS for aversion in (0.0, 1.5)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def budget_with_releases():
    """Make a budget impact by fiscal year that tells cash from capacity."""
    table = money_tables()["budget_impact"].assign(
        fiscal_year=lambda t: t["year"].map("from {}-04-01".format)
    )
    numbers = ["mean", "sd", "mcse", "low", "high"]
    split = table[table["kind"] != "all"]
    halves = [
        split.assign(releases=name, **{n: split[n] / 2 for n in numbers}) for name in ("cash", "capacity")
    ]
    return pd.concat([table.assign(releases="all"), *halves], ignore_index=True)
