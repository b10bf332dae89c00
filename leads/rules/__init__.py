"""Routing rules, one file each, found by being here. A rule is `leads.verdicts.Rule` as a module."""

import importlib
import pkgutil
from typing import cast

from leads.verdicts import Rule

RULES: dict[str, Rule] = {
    name: cast(Rule, importlib.import_module(f"{__name__}.{name}"))
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__))
}
