"""Write a resolved study as YAML."""

from __future__ import annotations

from typing import Any

import yaml

from hrsim.plain_words import visible
from hrsim.study.posterior import KEY
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.scalars import ScalarError, resolve_scalar
from hrsim.study.tree import describe


class _Dumper(yaml.SafeDumper):
    """Quote exactly the text that the reader would not read back as text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write shared values out in full."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        is_text = isinstance(resolve_scalar(text), str)
    except ScalarError:
        is_text = False
    style = '"' if visible(text) != text else None if is_text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _float(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    """Write a number; YAML wants a point in it: 1e-06 as 1.0e-06."""
    text = repr(number)
    return dumper.represent_scalar(
        "tag:yaml.org,2002:float", text if "." in text else text.replace("e", ".0e")
    )


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _float)


def resolved_data(resolved: ResolvedStudy) -> dict[str, Any]:
    """Return the plain data of a study that stands alone: arms complete, no parents, no catalogue."""
    data = dict(resolved.raw)
    ordered = {"hrsim": data.pop("hrsim"), "resolved": True}
    if resolved.posterior is not None:
        data["parameters"] = {KEY: resolved.posterior.name, **data.get("parameters", {})}
    return ordered | {key: value for key, value in data.items() if key != "resolved"}


def resolved_yaml(resolved: ResolvedStudy) -> str:
    """Write a study that stands alone as YAML; the same study gives the same bytes.

    What cannot be seen stands as an escape in double quotes, which reads back to the same text.
    """
    return visible(
        yaml.dump(
            resolved_data(resolved),
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=110,
            default_flow_style=False,
        )
    )


def in_words(value: Any) -> str:
    """Write a value on one line, as YAML would."""
    if isinstance(value, dict | list):
        return yaml.dump(value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=10**6).strip()
    return describe(value)
