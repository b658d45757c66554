"""Simulate the working days of every site of a study, arm by arm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hrsim.cli.progress import progress
from hrsim.errors import HrsimError
from hrsim.evidence import central_parameters, load_register
from hrsim.experiment.parameters import register_of
from hrsim.operations.measures import measures, simulate_days
from hrsim.operations.settling import unsettled
from hrsim.operations.site import Site
from hrsim.report.operations import OperationsReport, SiteHeading
from hrsim.services.sites import Key, PlannedSite, planned_sites
from hrsim.study.load import load_study
from hrsim.study.named import evidence_named
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.services import Service
from hrsim.study.tree import nearest


class UnknownArm(HrsimError):
    """Report an arm that the study lacks."""

    exit_code = 2


class NothingToOperate(HrsimError):
    """Report a study without any site."""

    exit_code = 3


@dataclass(frozen=True)
class OperationsRequest:
    """Say which sites to simulate for how many days; `arm` empty for all, `seed` None for the study's."""

    file: Path
    overrides: tuple[str, ...]
    arm: str
    days: int
    seed: int | None


def operate(request: OperationsRequest) -> OperationsReport:
    """Simulate days of each site at point values and report them; raises StudyError at a site's line."""
    resolved = load_study(request.file, request.overrides)
    study = resolved.study
    if request.arm and request.arm not in study.arms:
        raise UnknownArm(f"expected an arm, got '{request.arm}': {nearest(request.arm, study.arms, 'arms')}")
    arms = [request.arm] if request.arm else list(study.arms)
    services = {
        (name, arm): service
        for arm in arms
        for name, service in _operated(resolved, arm)
        if service.operations
    }
    if not services:
        raise NothingToOperate(
            f"{request.file}: no service has 'operations:', the working day of a site; "
            "scenarios/site_operations.yaml is a study that has, and docs/operations.md says how to write it"
        )
    point = central_parameters(register_of(resolved).values())
    planned = planned_sites(resolved, services, point)
    seed = study.analysis.seed if request.seed is None else request.seed
    return OperationsReport(
        title=study.title,
        days=request.days,
        seed=seed,
        arm_labels={arm: study.arms[arm].label or arm for arm in arms},
        headings={key: _heading(services[key], plan) for key, plan in planned.items()},
        placeholders=_placeholders(services),
        table=_simulated(planned, request.days, seed),
    )


def _operated(resolved: ResolvedStudy, arm: str) -> Iterator[tuple[str, Service]]:
    found = resolved.study.arms[arm]
    if found.processes.services:
        yield from found.services.items()


def _simulated(planned: Mapping[Key, PlannedSite], days: int, seed: int) -> pd.DataFrame:
    """Return all measures with arm and service; arms with the same site share its days."""
    done: dict[tuple[str, Site], pd.DataFrame] = {}
    tables = []
    with progress("sites", len(planned)) as advance:
        for (name, arm), plan in planned.items():
            if plan.sites > 0:
                key = (name, plan.site)
                if key not in done:
                    done[key] = measures(plan.site, simulate_days(plan.site, days, seed, name))
                table = done[key].copy()
                table.insert(0, "service", name)
                table.insert(0, "arm", arm)
                tables.append(table)
            advance()
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _heading(service: Service, plan: PlannedSite) -> SiteHeading:
    assert service.operations is not None
    site = plan.site
    return SiteHeading(
        label=service.label,
        kind=service.operations.kind,
        servers=site.servers,
        staff=site.attendance.staff if site.attendance else None,
        windows=site.windows,
        sites=plan.sites,
        demand_given=plan.demand_given,
        settles_in=unsettled(site),
    )


def _placeholders(services: Mapping[Key, Service]) -> tuple[str, ...]:
    """Return the ids of judgements that the sites rest on."""
    register = load_register()
    used: set[str] = set()
    for service in services.values():
        used |= {*evidence_named(service.operations), *evidence_named(service.capacity)}
    return tuple(sorted(name for name in used if name in register and register[name].is_placeholder))
