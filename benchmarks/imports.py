"""Rows a second that `halali import` takes in, against a bare loop over `phonenumbers` through the same numbers.

Both run in the same run, the loop before and after each import, so that both meet the same foreign load. The memory is
the most that the command itself ever had in use, and the most that its largest reader had.
"""

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import phonenumbers

from benchmarks.figures import Figure, Goal
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad
from benchmarks.programs import full_environment
from benchmarks.settings import Stage
from campaigns import uploads
from campaigns.campaigns import CampaignDraft, create_campaign
from campaigns.guarded_reader import read_head
from campaigns.uploads import Shelf
from dialer.wiring import build_parts
from tests.workbook_files import workbook

ROWS, QUICK_ROWS = 1_000_000, 50_000
LOOKED_AT = 100_000
LOOP_NUMBERS = 30_000
RATE_GOAL = Goal(0.5, of_ratio=True)
MEMORY_GOAL = Goal(200, is_upper=True)
PREVIEW_GOAL = Goal(3, is_upper=True)

_HEADER = ("Firma", "Ansprechperson", "Telefon", "E-Mail", "PLZ", "Ort", "Kanton", "Mitarbeitende", "Branche")
_AREAS = ("44", "43", "31", "22", "91", "79", "78", "76", "61", "52")
_PLACES = (("8005", "Zürich", "ZH"), ("3011", "Bern", "BE"), ("1201", "Genève", "GE"), ("6900", "Lugano", "TI"))
_TRADES = ("Bau", "Treuhand", "Gastro", "IT", "Industrie")


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """Rate and memory for CSV on each kind of database, then for a workbook, then the time of a preview."""
    rows = QUICK_ROWS if is_quick else ROWS
    looked_at = QUICK_ROWS if is_quick else LOOKED_AT
    list_path = grounds.folder / "list.csv"
    numbers = _write_list(list_path, rows)
    book_path = grounds.folder / "list.xlsx"
    book_path.write_bytes(workbook([_HEADER, *_rows(looked_at)]))
    for kind in grounds.kinds:
        with grounds.fresh(kind) as ground:
            yield from _measure_import(ground, list_path, numbers, rows, "CSV")
        with grounds.fresh(kind) as ground:
            yield from _measure_import(ground, book_path, numbers, looked_at, "XLSX")
    short_path = grounds.folder / "short.csv"
    _write_list(short_path, looked_at)
    with grounds.fresh("sqlite") as ground:
        yield from _measure_preview(ground, short_path, looked_at)


def _measure_import(ground: Ground, path: Path, numbers: list[str], rows: int, form: str) -> Iterator[Figure]:
    load = ForeignLoad()
    loops = [_bare_loop(numbers)]
    run = _import(ground, path)
    loops.append(_bare_loop(numbers))
    if run.report["created"] != rows:
        raise RuntimeError(f"of {rows} rows {run.report['created']} were taken in: {run.report}")
    what = f"import of {rows:,} {form} rows"
    yield Figure(
        benchmark="imports",
        what=what,
        where=ground.kind,
        unit="/s",
        runs=(rows / run.seconds,),
        samples=rows,
        foreign_cores=load.cores(),
        baseline_runs=tuple(loops),
        baseline_is="bare loop",
        goal=RATE_GOAL,
    )
    yield Figure(
        benchmark="imports",
        what=f"{what}: most memory",
        where=ground.kind,
        unit=" MB",
        runs=(_most_at_once(run.peaks) / 1024,),
        samples=len(run.peaks),
        foreign_cores=load.cores(),
        goal=MEMORY_GOAL,
        note="each process: " + ", ".join(f"{peak / 1024:.0f} MB" for peak in run.peaks.values()),
    )


def _measure_preview(ground: Ground, path: Path, rows: int) -> Iterator[Figure]:
    """Seconds until the columns are shown, and until it is known what would become of each row."""
    parts = build_parts(Stage(ground, time.time()).settings())
    load = ForeignLoad()
    started = time.perf_counter()
    read_head(path, path.name, "CH")
    head_seconds = time.perf_counter() - started
    shelf = Shelf(parts.database, ground.folder / "uploads", parts.clock.now)
    with parts.database.transaction() as session:
        campaign_id = create_campaign(session, CampaignDraft("Preview", "+41446681800"), parts.clock.now()).id
    started = time.perf_counter()
    with path.open("rb") as content:
        upload_id = uploads.receive(shelf, campaign_id, path.name, content)
    uploads.read_through(shelf, upload_id)
    seconds = time.perf_counter() - started
    parts.database.dispose()
    yield Figure(
        benchmark="imports",
        what=f"preview of {rows:,} rows, every row read",
        where=ground.kind,
        unit=" s",
        runs=(seconds,),
        samples=rows,
        foreign_cores=load.cores(),
        goal=PREVIEW_GOAL,
        note=f"columns shown after {head_seconds:.2f} s",
    )


@dataclass
class _Run:
    seconds: float = 0.0
    report: dict[str, int] = field(default_factory=dict)
    peaks: dict[int, int] = field(default_factory=dict)  # kB by process


def _import(ground: Ground, path: Path) -> _Run:
    run = _Run()
    environment = full_environment(Stage(ground, time.time()).environment())
    words = [sys.executable, "-m", "cli", "import", str(path), "--json"]
    started = time.perf_counter()
    with subprocess.Popen(words, env=environment, cwd=ground.folder, stdout=subprocess.PIPE) as process:
        watch = threading.Thread(target=_watch_memory, args=(process, run.peaks), daemon=True)
        watch.start()
        written, _ = process.communicate()
        run.seconds = time.perf_counter() - started
        watch.join()
    run.report = json.loads(written)
    return run


def _watch_memory(process: subprocess.Popen[bytes], peaks: dict[int, int]) -> None:
    """Note the most memory that the process and its children ever had, as the kernel keeps it, until it ends."""
    while process.poll() is None:
        for number in (process.pid, *_children(process.pid)):
            peaks[number] = max(peaks.get(number, 0), _peak_kb(number))
        time.sleep(0.1)


def _most_at_once(peaks: dict[int, int]) -> int:
    """The command's own peak and that of its largest reader: readers run one after the other."""
    own, *readers = peaks.values()
    return own + max(readers, default=0)


def _children(number: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
    except OSError:
        return []


def _peak_kb(number: int) -> int:
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def _bare_loop(numbers: list[str]) -> float:
    """Numbers a second through parse, type and format, and nothing else."""
    started = time.perf_counter()
    for text in numbers:
        number = phonenumbers.parse(text, "CH")
        phonenumbers.number_type(number)
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return len(numbers) / (time.perf_counter() - started)


def _write_list(path: Path, rows: int) -> list[str]:
    """A list, and some of its numbers spread over all of it."""
    some: list[str] = []
    step = max(1, rows // LOOP_NUMBERS)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(";".join(_HEADER) + "\r\n")
        for position, row in enumerate(_rows(rows)):
            file.write(";".join(row) + "\r\n")
            if position % step == 0:
                some.append(row[2])
    return some


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    """Contacts with a number each that no other has, written in five ways."""
    chance = random.Random(7)
    for number, digits in enumerate(chance.sample(range(10_000_000), min(count, 1_000_000))):
        area = _AREAS[number % len(_AREAS)]
        place = _PLACES[chance.randrange(len(_PLACES))]
        trade = _TRADES[chance.randrange(len(_TRADES))]
        yield (
            *(f"Muster {trade} {number} AG", f"Frau Muster {number}", _written(number, area, f"{digits:07}")),
            *(f"info@firma-{number}.example", *place, str(chance.randrange(1, 500)), trade),
        )


def _written(number: int, area: str, digits: str) -> str:
    three, two, last = digits[:3], digits[3:5], digits[5:]
    ways = (
        f"+41 {area} {three} {two} {last}",
        f"0{area} {three} {two} {last}",
        f"0041{area}{digits}",
        f"+41{area}{digits}",
        f"0{area}{digits}",
    )
    return ways[number // len(_AREAS) % len(ways)]
