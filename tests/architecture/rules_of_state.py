"""Rules on who may change and read what: one commit place, one clock, one door per status, settings from one class."""

import ast
from collections.abc import Iterator

from tests.architecture.rule import Rule, calls_in, calls_of, dotted, last_name
from tests.architecture.source_tree import PROGRAM, Module, is_below

# Each door and the things whose status it writes. A row's variable is named after what it is: `call`, `parent_call`.
DOORS = {
    "dialer/calls.py": ("call",),
    "dialer/agents.py": ("agent",),
    "dialer/lost_line_book.py": ("line",),
    "dialer/transfer_book.py": ("transfer",),
    "campaigns/campaigns.py": ("campaign",),
    "campaigns/contact_queue.py": ("contact",),
    "events/event_book.py": ("event",),
    "events/seat_book.py": ("seat",),
    "campaigns/uploads.py": ("upload",),
    "leads/lead_book.py": ("lead", "offer"),
    "leads/protection.py": ("window",),
    "leads/dispute_book.py": ("dispute",),
    "leads/claims.py": ("claim",),
    "leads/delivery.py": ("delivery",),
}
# Of these, which may move many rows at once: rows that they have locked, with a history row for each of them first.
BATCH_DOORS = frozenset({"campaigns/contact_queue.py"})
# Alembic asks its caller to end the transaction of a migration.
COMMIT_PLACES = ("foundation/database.py", "migrations/__init__.py", "migrations/env.py")
CLOCK_READS = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
)
CLOCKS = ("foundation/clock.py", "sandbox/engine/clock.py")
# Sortable ids begin with the wall time; nothing decides by it.
ID_MAKERS = ("foundation/ids.py",)
NETWORK = frozenset({"carrier", "httpx", "requests", "aiohttp", "urlopen"})
# Programs' entrances hand the environment on to the processes they start.
ENVIRONMENT_READERS = ("foundation/settings.py", "cli", "sandbox", "benchmarks")


def commits(module: Module) -> Iterator[ast.AST]:
    """Calls that commit or open a transaction that commits by itself."""
    if module.path in COMMIT_PLACES:
        return
    for call in calls_of(module.nodes):
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "begin"}:
            yield call


def clock_reads(module: Module) -> Iterator[ast.AST]:
    """Calls that ask the system for the time of day."""
    if module.path in CLOCKS + ID_MAKERS:
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in CLOCK_READS:
            yield node


def status_writes(module: Module) -> Iterator[ast.AST]:
    """Writes of a status outside its door, and bulk updates of one outside the doors that may."""
    words = DOORS.get(module.path, ())
    for node in module.nodes:
        for target in _targets(node):
            if isinstance(target, ast.Attribute) and target.attr == "status":
                owner = last_name(target.value)
                # What an object calls its own status, a row's door would write through a variable.
                if owner != "self" and not any(owner == word or owner.endswith(f"_{word}") for word in words):
                    yield target
        if isinstance(node, ast.Call) and _sets_status(node):
            yield node
        if isinstance(node, ast.Call) and _updates_status(node) and module.path not in BATCH_DOORS:
            yield node


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [part for target in node.targets for part in getattr(target, "elts", [target])]
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    return []


def _sets_status(call: ast.Call) -> bool:
    if dotted(call.func) != "setattr" or len(call.args) < 2:
        return False
    return isinstance(call.args[1], ast.Constant) and call.args[1].value == "status"


def _updates_status(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"values", "update"}:
        return False
    if call.func.attr == "values" and "update()" not in dotted(call.func.value).split("."):
        return False
    # A REST client's own `update` takes keywords and writes at the carrier; a query's takes a dictionary.
    keys: list[object] = [keyword.arg for keyword in call.keywords if call.func.attr == "values"]
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            keys += [key.value if isinstance(key, ast.Constant) else last_name(key) for key in argument.keys if key]
    return "status" in keys


def network_in_transactions(module: Module) -> Iterator[ast.AST]:
    """Calls of the carrier or of an HTTP client inside `with database.transaction()`."""
    for node in module.nodes:
        if isinstance(node, ast.With) and any(
            dotted(item.context_expr).endswith(".transaction()") for item in node.items
        ):
            for statement in node.body:
                for call in calls_in(statement):
                    if NETWORK & set(dotted(call.func).replace("()", "").split(".")[:-1]):
                        yield call


def environment_reads(module: Module) -> Iterator[ast.AST]:
    """Uses of the environment outside the settings."""
    if is_below(module.path, *ENVIRONMENT_READERS):
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv", "os.environb"}:
            yield node


def settings_at_import(module: Module) -> Iterator[ast.AST]:
    """Settings that are built while a module is being imported."""
    for statement in module.tree.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If):
            for call in calls_in(statement):
                if last_name(call.func) in {"Settings", "load_settings"}:
                    yield call


def lazy_relations(module: Module) -> Iterator[ast.AST]:
    """Relations that would read the database behind the reader's back."""
    for call in calls_of(module.nodes):
        if last_name(call.func) == "relationship":
            lazy = next((keyword.value for keyword in call.keywords if keyword.arg == "lazy"), None)
            if not (isinstance(lazy, ast.Constant) and lazy.value == "raise"):
                yield call


RULES = (
    Rule(
        "one commit place",
        "only foundation.database commits; use Database.transaction()",
        commits,
        PROGRAM,
        broken=(("dialer/calls.py", "session.commit()"), ("web/app.py", "with engine.begin() as c: pass")),
        kept=(
            ("foundation/database.py", "session.commit()"),
            ("web/app.py", "with database.transaction() as s: pass"),
            ("leads/lead_book.py", "with session.begin_nested(): pass"),
        ),
    ),
    Rule(
        "one clock",
        "only foundation.clock reads the time; take `now` as an argument",
        clock_reads,
        (*PROGRAM, "sandbox"),
        broken=(
            ("dialer/sweep.py", "now = datetime.now(UTC)"),
            ("leads/offers.py", "now = datetime.datetime.utcnow()"),
            ("web/app.py", "made_at = field(default_factory=time.time)"),
            ("sandbox/faults.py", "at = time.time()"),
        ),
        kept=(("foundation/clock.py", "datetime.now(UTC)"), ("dialer/ticker.py", "started = time.monotonic()")),
    ),
    Rule(
        "one door per status",
        "a status is written by its own module alone, row by row (batches: decision 0026): " + ", ".join(sorted(DOORS)),
        status_writes,
        PROGRAM,
        broken=(
            ("web/pages/board.py", "agent.status = 'ready'"),
            ("dialer/calls.py", "agent.status = AgentStatus.READY"),
            ("dialer/lifecycle.py", "a, call.status = 1, 'placed'"),
            ("leads/offers.py", "setattr(offer, 'status', 'accepted')"),
            ("campaigns/attempts.py", "session.execute(update(Contact).where(x).values(status='waiting'))"),
            ("dialer/calls.py", "session.execute(update(Call).values({Call.status: 'failed'}))"),
            ("leads/lead_book.py", "session.query(Lead).update({'status': 'open'})"),
        ),
        kept=(
            ("dialer/calls.py", "call.status = after"),
            ("leads/lead_book.py", "live_offer.status = OfferStatus.EXPIRED"),
            ("campaigns/contact_queue.py", "session.execute(update(Contact).where(x).values(status='waiting'))"),
            ("campaigns/imports.py", "session.execute(insert(Contact).values(status='waiting'))"),
            ("web/app.py", "if call.status == 'placed': pass"),
            ("web/errors.py", "class Problem(Exception):\n    def __init__(self):\n        self.status = 404"),
            ("telephony/one/client.py", "client.calls(sid).update(status='completed')"),
        ),
    ),
    Rule(
        "no transaction over the network",
        "claim, commit, call out, record: a transaction never waits for somebody else's server",
        network_in_transactions,
        PROGRAM,
        broken=(
            ("dialer/lifecycle.py", "with database.transaction() as session:\n    parts.carrier.place(order)"),
            ("leads/delivery.py", "with self.database.transaction() as s:\n    httpx.post(url)"),
        ),
        kept=(
            ("dialer/lifecycle.py", "with database.transaction() as s:\n    claim(s)\ncarrier.place(order)"),
            ("dialer/lifecycle.py", "with database.transaction() as s:\n    calls.apply(s)"),
        ),
    ),
    Rule(
        "settings come from one class",
        "the environment is read by foundation.settings",
        environment_reads,
        PROGRAM,
        broken=(("web/app.py", "key = os.environ['KEY']"), ("dialer/jobs.py", "os.getenv('KEY')")),
        kept=(("cli/up.py", "env = dict(os.environ)"),),
    ),
    Rule(
        "settings are built in main",
        "importing a module must not need settings",
        settings_at_import,
        (*PROGRAM, "sandbox"),
        broken=(("web/app.py", "settings = load_settings()"),),
        kept=(("cli/main.py", "def main() -> None:\n    settings = load_settings()"),),
    ),
    Rule(
        "relations are explicit",
        'a relationship needs lazy="raise"',
        lazy_relations,
        PROGRAM,
        broken=(("leads/tables.py", "offers = relationship('Offer')"),),
        kept=(("leads/tables.py", "offers = relationship('Offer', lazy='raise')"),),
    ),
)
