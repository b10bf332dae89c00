"""Routing rules, one file each, found by being here: each a `Rule`, some also `Sieve` or `Scale`, of `verdicts`."""

import importlib
import pkgutil
from typing import cast

from leads.verdicts import Rule, Scale, Sieve

RULES: dict[str, Rule] = {
    name: cast(Rule, importlib.import_module(f"{__name__}.{name}"))
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__))
}
# Those that can be asked beforehand, of what a partner offers alone.
SIEVES: dict[str, Sieve] = {name: cast(Sieve, rule) for name, rule in RULES.items() if hasattr(rule, "asked")}
# Those that can also say in numbers what they say in verdicts.
SCALES: dict[str, Scale] = {name: cast(Scale, rule) for name, rule in RULES.items() if hasattr(rule, "scale")}
