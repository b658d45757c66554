"""One study in which every service of the catalogue is off, on alone, and on without effect."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from hrsim.compile import Prepared
from hrsim.engine.ledger import Ledger
from hrsim.study.catalogue import read_catalogue
from hrsim.study.tree import plain
from tests.simulation.studies import bare, prepared, run

LUCKS = range(1, 9)
PEOPLE, YEARS = 1500, 2.0
TABLE: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "table.yaml").read_text())
CATALOGUE: dict[str, dict[str, Any]] = {name: plain(service) for name, service in read_catalogue().items()}
# More overdoses, sharing, custody and infections than anywhere, so that a small study sees every effect.
LIVELY = {
    "od.nf_rate_pwid_us_post2016": 3.0,
    "exp.sharing_acts_year": 300.0,
    "exp.custody_entry_rate": 1.0,
    "inf.ssti_acute_rate_us": 0.5,
    "hsu.ed_rate_pwid_melb": 4.0,
    "hsu.adm_rate_heroin_london": 2.0,
}
PEOPLE_WHO = {
    "use": {"injecting": 0.7, "other_route": 0.2},
    "unstable_housing": 0.4,
    "hiv": {"prevalence": 0.2, "diagnosed": 0.5, "treated": 0.3},
    "hcv": {"prevalence": 0.4, "diagnosed": 0.5, "ever_treated": 0.2},
    "frailty_shape": 2.0,
}
PROCESSES_ON = (
    "background_mortality", "use", "overdose", "custody", "housing", "hiv", "hcv", "skin_infection", "endocarditis",
    "emergency_visits", "admissions",
)  # fmt: skip


def without(service: str) -> str:
    """Name the arm that has only what a service needs."""
    return "_".join(["without", *TABLE[service].get("needs", ())])


def neutral(service: str) -> dict[str, Any]:
    """Return the changes that leave a service its clients and costs, and take away all that it does for them."""
    entry = CATALOGUE[service]
    effects = [{**effect, "multiplier": 1.0} for effect in entry.get("effects", ())]
    delivers = {
        name: {"visits_per_client_year": 0} if name == "supervised_use" else 0
        for name in entry.get("delivers", ())
    }
    return {**TABLE[service].get("set", {}), "effects": effects, "delivers": delivers, "refers_to": []}


def tree() -> dict[str, Any]:
    """Return the study: an arm for each set of needs, and two for each service."""
    arms: dict[str, Any] = {"without": {"services": {}}}
    for service, row in TABLE.items():
        base: dict[str, Any] = {name: {} for name in row.get("needs", ())}
        arms[without(service)] = {"services": base}
        arms[service] = {"services": {**base, service: row.get("set", {})}}
        arms[f"{service}_neutral"] = {"services": {**base, service: neutral(service)}}
    made = bare(PEOPLE, YEARS, {}, PROCESSES_ON, arms, parameters=LIVELY, **PEOPLE_WHO)
    return {**made, "processes": {**made["processes"], "distress": True}}


@cache
def study() -> Prepared:
    """Return the study, compiled."""
    return prepared(tree())


@cache
def ledgers() -> tuple[Ledger, ...]:
    """Return a ledger for each luck."""
    return tuple(run(study(), luck) for luck in LUCKS)


def arm(name: str) -> int:
    """Return the place of an arm."""
    return study().frame.arms.index(name)


def measured(ledger: Ledger, what: str, name: str) -> float:
    """Return the total of a measure of the table in one arm: an event, service.flow, or state:dimension=level."""
    a = arm(name)
    if what.startswith("state:"):
        dimension, level = what.removeprefix("state:").split("=")
        return float(state_ticks(ledger, a, dimension)[level])
    if "." in what:
        service, flow = what.split(".")
        return float(ledger.flow(service, flow)[a].sum())
    return float(ledger.event_counts(what)[a].sum())


def state_ticks(ledger: Ledger, a: int, dimension: str) -> dict[str, int]:
    """Return person-ticks of an arm by level of one dimension."""
    names = [name for name, _ in ledger.state_dimensions]
    shape = [len(levels) for _, levels in ledger.state_dimensions]
    cube = ledger.state_ticks[a].sum(axis=(0, 1)).reshape(shape)
    place = names.index(dimension)
    totals = cube.sum(axis=tuple(n for n in range(len(shape)) if n != place))
    return dict(zip(ledger.state_dimensions[place][1], totals.tolist(), strict=True))


def differences(service: str, what: str) -> NDArray[np.float64]:
    """Return, for each luck, how much more of a measure there is with the service than without."""
    return np.array(
        [measured(one, what, service) - measured(one, what, without(service)) for one in ledgers()]
    )


def standard_errors(service: str, what: str) -> float:
    """Return the mean difference in standard errors."""
    gap = differences(service, what)
    return float(gap.mean() / (gap.std(ddof=1) / np.sqrt(gap.size)))
