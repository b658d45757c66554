"""Read what a validation case expects: studies to run, measures, published values, and when hrsim agrees."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from hrsim.errors import HrsimError, StudyError
from hrsim.study.documents import refuse_other_kinds
from hrsim.study.limits import LARGEST_NUMBER, MOST_REPLICATES
from hrsim.study.parents import packaged_scenarios
from hrsim.study.reader import read_file
from hrsim.study.tree import MapNode, Problems, nearest
from hrsim.study.validate import validate
from hrsim.study.values import StudyModel, Whole, about, as_tuple, fault
from hrsim.validate.expressions import parse_expression

SUFFIX = ".expected.yaml"
FOLDER = "published"
Heading = Literal["internal", "cross", "external"]
Obtained = Literal["seen", "recalled", "derived", "computed"]


class UnknownCase(HrsimError):
    """Report a case that is not shipped."""

    exit_code = 2


def _expression(text: str) -> str:
    try:
        parse_expression(text)
    except ValueError as error:
        fix = "write counts of arms and arithmetic: events(none, overdose_death) / person_years(none)."
        raise fault("FORM", f"expected a formula of a measure, {error}", fix) from None
    return text


def _by_year(series: dict[str, float]) -> dict[str, float]:
    wrong = [year for year in series if not (year.isdecimal() and len(year) == 4)]
    if wrong:
        raise fault("TYPE", f"expected a year before each colon, got '{wrong[0]}'", "write {2010: 4559}.")
    return series


class Accept(StudyModel):
    """State when hrsim agrees: every given rule that is about size, or as near as chance explains."""

    within: float | None = about(
        "Largest difference, as a share of the value.", default=None, gt=0, le=LARGEST_NUMBER
    )
    within_points: float | None = about(
        "Largest difference, in the measure's own unit.", default=None, gt=0, le=LARGEST_NUMBER
    )
    low: float | None = about(
        "Lowest value that agrees.", default=None, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER
    )
    high: float | None = about(
        "Highest value that agrees.", default=None, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER
    )
    standard_errors: float | None = about(
        "So many Monte Carlo standard errors from the value also agree.",
        default=None,
        gt=0,
        le=LARGEST_NUMBER,
    )

    @model_validator(mode="after")
    def _some_rule(self) -> Accept:
        if all(given is None for _, given in self):
            raise fault("FORM", "expected a rule, got none", "write 'within: 0.1', or 'low' and 'high'.")
        if self.low is not None and self.high is not None and self.low > self.high:
            message = f"expected low <= high, got {self.low:g} and {self.high:g}"
            raise fault("ORDER", message, "put the two numbers in order.")
        return self


class Measured(StudyModel):
    """Describe one number that was published, and the same number in hrsim."""

    name: str = about("What it is, in words.")
    of: Annotated[str, AfterValidator(_expression)] = about("The formula of the number in hrsim.")
    published: float | None = about(
        "Value as published.", default=None, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER
    )
    exact: float | None = about(
        "Value that the comparison is with, when the published one is rounded.",
        default=None,
        ge=-LARGEST_NUMBER,
        le=LARGEST_NUMBER,
    )
    low: float | None = about(
        "Lower end of the published interval.", default=None, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER
    )
    high: float | None = about(
        "Upper end of the published interval.", default=None, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER
    )
    unit: str = about("Unit.", default="")
    obtained: Obtained = about("How the published value was obtained.")
    note: str = about("Remark on the value.", default="")
    accept: Accept = about("When hrsim agrees.")
    because: str = about("Why hrsim differs: names the mechanism; shown for a miss.", default="")
    known_gap: bool = about("True: a miss here is declared and does not fail the command.", default=False)

    @property
    def value(self) -> float | None:
        """Return the value that hrsim's is compared with."""
        return self.published if self.exact is None else self.exact

    @model_validator(mode="after")
    def _whole(self) -> Measured:
        rule = self.accept
        if self.value is None and (rule.within or rule.within_points or rule.standard_errors):
            message = "expected 'published' or 'exact' beside a rule that is about the distance from it"
            raise fault("MISSING", message, "add the value, or state 'low' and 'high'.")
        if self.known_gap and not self.because:
            message = "expected 'because' beside 'known_gap: true', got none"
            raise fault("MISSING", message, "name the mechanism that makes the difference.")
        return self


class StudyRun(StudyModel):
    """Name one study of a case and how often it is run, or a cohort document or results, which run once."""

    file: str = about("File beside this one.")
    replicates: Whole | None = about(
        "Runs of a study with different luck at point values; none: a document without luck.",
        default=None,
        ge=2,
        le=MOST_REPLICATES,
    )
    quick: Whole | None = about("Runs of a study with --quick.", default=None, ge=2, le=MOST_REPLICATES)
    overrides: Annotated[tuple[str, ...], as_tuple] = about(
        "Values that differ from the file's, as 'path=value'.", default=(), alias="set"
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> StudyRun:
        if (self.replicates is None) != (self.quick is None):
            message = "expected 'replicates' and 'quick' together, got one of them"
            raise fault("FORM", message, "give both for a study, none for a cohort document or results.")
        return self


class Case(StudyModel):
    """Describe one validation case."""

    hrsim_case: Literal[1] = about("Version of this form.")
    title: str = about("Title.")
    heading: Heading = about(
        "internal: a closed form; cross: another model, which is no evidence about the world; external: the world."
    )
    tier: Literal["A", "B", "C"] = about("A: inputs complete; B: in part; C: direction and size only.")
    citation: str = about("Source.")
    obtained_from: str = about("Where the numbers were read.")
    acceptance: str = about("The rule of acceptance in words, as agreed before any run.")
    notes: str = about("How the case is told in hrsim, and what is left out.", default="")
    studies: dict[str, StudyRun] = about("Studies by name.", min_length=1)
    series: dict[str, Annotated[dict[str, float], AfterValidator(_by_year)]] = about(
        "Numbers by calendar year that formulas multiply by: `times=name`.", default={}
    )
    measures: Annotated[tuple[Measured, ...], as_tuple] = about("What is compared.", min_length=1)


def shipped_cases() -> dict[str, Path]:
    """Return the shipped cases by name."""
    folder = packaged_scenarios() / FOLDER
    return {path.name.removesuffix(SUFFIX): path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def read_case(path: Path) -> Case:
    """Return one case; raise StudyError, which holds every fault of the file."""
    return read_case_tree(path)[0]


def read_case_tree(path: Path) -> tuple[Case, MapNode]:
    """Return one case, and where its values stand in the file.

    Raises:
        StudyError: the file has faults; it holds every one.
    """
    problems = Problems()
    tree = read_file(path, problems)
    refuse_other_kinds(tree, ("hrsim_case",), problems)
    case = validate(Case, tree, {}, problems)
    if problems.found or case is None:
        raise StudyError(problems.found)
    return case, tree


def chosen_cases(names: Iterable[str]) -> dict[str, Path]:
    """Return the named cases, all when none is named; a name may also be the path of a file of one's own."""
    known = shipped_cases()
    found: dict[str, Path] = {}
    for name in names:
        path = Path(name)
        if name in known:
            found[name] = known[name]
        elif name.endswith(SUFFIX) and path.is_file():
            found[path.name.removesuffix(SUFFIX)] = path
        else:
            raise UnknownCase(
                f"expected a case or a file that ends in {SUFFIX}, got '{name}': {nearest(name, known, 'cases')}"
            )
    return found or known
