"""Rules on size, names and opening words."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.architecture.rule import Rule
from tests.architecture.source_tree import BESIDE, PROGRAM, TESTS, Module, is_below

FILE_LINES = 400
FUNCTION_LINES = 50
OPENING_LINES = 5
BANNED = frozenset(
    {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "service", "services"}
    | {"handler", "handlers", "process", "data", "info"}
)
# Hooks that a library calls by these names, and names in which the operating system's process is meant.
EXCUSED = frozenset(
    {"process_bind_param", "process_result_value", "data_received", "get_extra_info", "handle_DATA"}
    | {"process_runtime", "process_parts", "ProcessDied"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_files(module: Module) -> Iterator[str]:
    """The module itself when it is too long; a migration is a list of steps and may be long."""
    if module.line_count > FILE_LINES and not is_below(module.path, "migrations/versions"):
        yield f"{module.line_count} lines"


def long_functions(module: Module) -> Iterator[ast.AST]:
    """Functions that do not fit on a screen; migrations excepted, too."""
    if is_below(module.path, "migrations"):
        return
    for node in module.nodes:
        if isinstance(node, Function) and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES:
            yield node


def empty_names(module: Module) -> Iterator[ast.AST | str]:
    """Names of files, functions and classes that say nothing about what they are for."""
    for part in PurePosixPath(module.path).with_suffix("").parts:
        if BANNED & set(words_of(part)):
            yield f"the name {part!r}"
    for node in module.nodes:
        if isinstance(node, Function | ast.ClassDef) and BANNED & set(words_of(node.name)):
            is_sentence = node.name.startswith("test_")  # in a sentence each of these words has a meaning
            if not is_sentence and node.name not in EXCUSED:
                yield node


def words_of(name: str) -> list[str]:
    """`place_call` and `PlaceCall` are both place, call."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def poor_openings(module: Module) -> Iterator[str]:
    """Modules that do not say in one to five lines what they are."""
    opening = ast.get_docstring(module.tree)
    lines = [line for line in (opening or "").splitlines() if line.strip()]
    if not lines:
        yield "no opening words"
    elif len(lines) > OPENING_LINES:
        yield f"{len(lines)} lines of opening words"


def unfinished_functions(module: Module) -> Iterator[ast.AST]:
    """Functions that only raise NotImplementedError."""
    for node in module.nodes:
        if isinstance(node, ast.Raise) and node.exc is not None:
            name = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(name, ast.Name) and name.id == "NotImplementedError":
                yield node


RULES = (
    Rule(
        "files stay short",
        f"a file has at most {FILE_LINES} lines",
        long_files,
        PROGRAM + BESIDE + TESTS,
        broken=(("dialer/calls.py", "a = 1\n" * (FILE_LINES + 1)),),
        kept=(("dialer/calls.py", "a = 1\n" * FILE_LINES),),
    ),
    Rule(
        "functions fit on a screen",
        f"a function has at most {FUNCTION_LINES} lines",
        long_functions,
        PROGRAM + BESIDE + TESTS,
        broken=(("dialer/calls.py", "def f():\n" + "    a = 1\n" * FUNCTION_LINES),),
        kept=(
            ("dialer/calls.py", "def f():\n" + "    a = 1\n" * (FUNCTION_LINES - 1)),
            ("migrations/versions/one.py", "def upgrade():\n" + "    a = 1\n" * FUNCTION_LINES),
        ),
    ),
    Rule(
        "names say what they are for",
        "one of " + ", ".join(sorted(BANNED)),
        empty_names,
        PROGRAM + BESIDE + TESTS,
        broken=(
            ("web/utils.py", "a = 1"),
            ("dialer/helpers/one.py", "a = 1"),
            ("dialer/calls.py", "def handle_data(): pass"),
            ("dialer/calls.py", "class CallManager: pass"),
        ),
        kept=(
            ("dialer/calls.py", "def update_database(): pass"),
            ("tests/a.py", "def test_a_killed_process_loses_nothing(): pass"),
        ),
    ),
    Rule(
        "modules introduce themselves",
        f"a module opens with one to {OPENING_LINES} lines: what it is and what it leaves to others",
        poor_openings,
        PROGRAM + BESIDE + TESTS,
        broken=(("web/app.py", "a = 1"), ("web/__init__.py", ""), ("web/app.py", '"""' + "Word.\n" * 6 + '"""')),
        kept=(("web/app.py", '"""The pages."""'),),
    ),
    Rule(
        "nothing is left for later",
        "what is called by its name must work; a protocol's body is its docstring",
        unfinished_functions,
        PROGRAM + BESIDE,
        broken=(
            ("web/app.py", "def f():\n    raise NotImplementedError"),
            ("web/app.py", "raise NotImplementedError()"),
        ),
    ),
)
