"""What a rule over the source is: a check of one module, where it holds, and examples that it must tell apart."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.architecture.source_tree import Module

Check = Callable[[Module], Iterator[ast.AST | str]]


@dataclass(frozen=True)
class Rule:
    """A rule. `broken` and `kept` are pairs of path and code: the check must object to the former alone."""

    name: str
    why: str
    check: Check
    folders: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...] = ()

    def objections(self, module: Module) -> list[str]:
        """Each place in a module that breaks the rule, as `path:line: why`."""
        return [self._describe(module, found) for found in self.check(module)]

    def _describe(self, module: Module, found: ast.AST | str) -> str:
        if isinstance(found, str):
            return f"{module.path}: {found}: {self.why}"
        return f"{module.path}:{getattr(found, 'lineno', 1)}: {self.why}"


def calls_of(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls among these nodes."""
    return (node for node in nodes if isinstance(node, ast.Call))


def calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls below a node."""
    return calls_of(ast.walk(tree))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, with `()` for calls on the way; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return ""


def last_name(node: ast.AST) -> str:
    """The last word of a dotted expression."""
    return dotted(node).rpartition(".")[2]
