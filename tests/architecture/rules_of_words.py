"""Rules on words that stop at a border: the carrier's name, pickle, spliced SQL, what a log line may carry."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.rule import Rule, calls_of, dotted, last_name
from tests.architecture.source_tree import PROGRAM, Module, is_below

# The log setup quiets the SDK's own logger; settings name the carrier's credentials; webhooks mounts its callbacks.
CARRIER_WORD_ALLOWED = ("telephony", "foundation/settings.py", "foundation/logs.py", "webhooks")
SETTING_NAME = re.compile(r"\btwilio_[a-z_]+\b|\bTWILIO_[A-Z_]+\b")
UNSAFE_FORMATS = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "cloudpickle"})
SQL_CALLS = frozenset({"text", "execute", "exec_driver_sql", "executescript", "executemany", "scalar", "scalars"})
LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "bind"})
PRIVATE_WORDS = frozenset(
    {"phone", "phone_number", "number", "to_number", "from_number", "caller_number", "address", "email"}
    | {"name", "person", "company", "notes", "answers", "token", "password", "secret"}
)


def carrier_words(module: Module) -> Iterator[str]:
    """The carrier's name in code or comments where any carrier is meant. Names of settings do not count."""
    if is_below(module.path, *CARRIER_WORD_ALLOWED):
        return
    for number, line in enumerate(module.text.splitlines(), start=1):
        if "twilio" in SETTING_NAME.sub("", line).lower():
            yield f"line {number}"


def unsafe_formats(module: Module) -> Iterator[ast.AST]:
    """Formats whose reading runs what others wrote."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
            names = [str(node.value.value)] if node.arg == "serializer" else []
        else:
            continue
        if UNSAFE_FORMATS & {name.split(".")[0] for name in names}:
            yield node


def spliced_sql(module: Module) -> Iterator[ast.AST]:
    """Statements put together from text. SQLite's PRAGMA takes no parameters; the database module writes its own."""
    if module.path == "foundation/database.py":
        return
    for call in calls_of(module.nodes):
        if last_name(call.func) in SQL_CALLS and call.args and _is_spliced(call.args[0]):
            yield call


def _is_spliced(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return not all(_is_constant(part) for part in _parts(node))
    # psycopg's SQL("… {}").format(Identifier(name)) quotes what it is given.
    is_format = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return is_format and dotted(node) != "sql.SQL().format()"


def _parts(node: ast.expr) -> list[ast.expr]:
    return [*_parts(node.left), *_parts(node.right)] if isinstance(node, ast.BinOp) else [node]


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def private_logs(module: Module) -> Iterator[ast.AST]:
    """Log lines that carry people's names or numbers: logs are kept longer and read by more than rows are."""
    for call in calls_of(module.nodes):
        owner, _, method = dotted(call.func).rpartition(".")
        is_log = owner.rpartition(".")[2] in {"log", "logger", "_log"} and method in LOG_METHODS
        if is_log and PRIVATE_WORDS & {keyword.arg for keyword in call.keywords}:
            yield call


RULES = (
    Rule(
        "the carrier's name stops in telephony",
        "say carrier; what is particular to one belongs to telephony",
        carrier_words,
        PROGRAM,
        broken=(("dialer/calls.py", "# as Twilio does"), ("web/app.py", "from twilio.rest import Client")),
        kept=(
            ("telephony/twilio/client.py", "import twilio"),
            ("cli/doctor.py", "check(settings.twilio_account_sid, 'TWILIO_ACCOUNT_SID')"),
        ),
    ),
    Rule(
        "nothing is unpickled",
        "jobs, caches and sessions are JSON",
        unsafe_formats,
        (*PROGRAM, "sandbox", "benchmarks"),
        broken=(
            ("web/app.py", "import pickle"),
            ("web/app.py", "from pickle import loads"),
            ("foundation/queue.py", "Queue(serializer='pickle')"),
        ),
        kept=(("foundation/queue.py", "Queue(serializer='json')"),),
    ),
    Rule(
        "SQL is not spliced",
        "bind values; build statements with SQLAlchemy",
        spliced_sql,
        (*PROGRAM, "benchmarks"),
        broken=(
            ("web/app.py", "session.execute(text(f'SELECT {name}'))"),
            ("web/app.py", "cursor.execute('SELECT %s' % name)"),
            ("web/app.py", "text('SELECT {}'.format(name))"),
            ("web/app.py", "text('SELECT ' + name)"),
        ),
        kept=(
            ("web/app.py", "session.execute(text('SELECT 1'))"),
            ("web/app.py", "text('SELECT ' + _COLUMNS + ' FROM calls')"),
            ("cli/up.py", "server.execute(sql.SQL('DROP DATABASE {}').format(sql.Identifier(name)))"),
        ),
    ),
    Rule(
        "logs name no people",
        "log ids and states, never names or numbers of people",
        private_logs,
        PROGRAM,
        broken=(("dialer/calls.py", "log.info('call_placed', to_number=number)"),),
        kept=(("dialer/calls.py", "log.info('call_placed', call_id=call.id)"), ("a.py", "math.log(1, name=2)")),
    ),
)
