"""What a rehearsal prints: one object whose numbers add up, and a summary for people. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cli.output import say
from cli.rehearsal.books import Books
from cli.rehearsal.checks import check_all, doubly_placed, number_mismatches
from cli.rehearsal.plan import Plan
from dialer.call_states import CallStatus

_BUSY = frozenset({"reserved", "on_call", "wrapping_up"})
_AWAY = frozenset({"offline"})


def make_report(plan: Plan, books: Books, wall_seconds: float) -> dict[str, Any]:
    """The report. Times are of the simulated clock unless they say `wall`."""
    statuses, carrier, checks = books.by_status(), books.played.carrier, check_all(books)
    imported = books.cast.imported
    signed_in, busy = _agent_seconds(books)
    talk_seconds = sum(float(prospect["bridged_seconds"]) for prospect in books.prospects)
    return {
        "ok": all(check.ok for check in checks),
        "seed": plan.seed,
        "speed": plan.speed,
        "agents": plan.agents,
        "rows": imported.rows,
        "accepted": imported.accepted,
        "refused": imported.refused,
        "contacts_final": dict(books.contacts_final),
        "attempts": sum(call.kind == "contact" for call in books.calls),
        "live_transfers": dict(sorted(books.transfers.items())),
        "attempts_by_ending": dict(sorted(statuses.items())),
        "calls_placed": len(books.placed),
        "carrier_calls": carrier["placed"],
        "number_mismatches": number_mismatches(books),
        "calls_double_placed": doubly_placed(books),
        "answered": carrier["answered"],
        "bridged": statuses[CallStatus.COMPLETED],
        "abandoned": statuses[CallStatus.ABANDONED],
        "hung_up_before_bridge": statuses[CallStatus.HUNG_UP_BEFORE_BRIDGE],
        "dispositions": dict(sorted(Counter(call.disposition for call in books.calls if call.disposition).items())),
        "leads": len(books.leads),
        "leads_by_grade": dict(sorted(Counter(lead.grade for lead in books.leads).items())),
        "leads_by_complexity": dict(sorted(Counter(str(lead.complexity or "none") for lead in books.leads).items())),
        "leads_final": dict(sorted(Counter(lead.status for lead in books.leads).items())),
        "offers": dict(sorted(Counter(offer for lead in books.leads for offer in lead.offers).items())),
        "call_to_offer_wall_ms": _percentiles([1000 * seconds for seconds in books.offer_waits()]),
        "answer_to_bridge_ms": _percentiles(
            [float(each["answer_to_bridge_ms"]) for each in books.prospects if each["answer_to_bridge_ms"] is not None]
        ),
        "occupancy": round(busy / signed_in, 4) if signed_in else 0.0,
        "talk_minutes_per_agent_hour": round(talk_seconds / 60 / (signed_in / 3600), 2) if signed_in else 0.0,
        "wall_seconds": round(wall_seconds, 1),
        "carrier_seconds": round((books.played.ended_at - books.played.began_at).total_seconds(), 1),
        "faults_struck": carrier["faults_struck"] | Counter(books.played.struck),
        "checks": [asdict(check) for check in checks],
    }


def say_summary(report: dict[str, Any]) -> None:
    """The same in a few lines."""
    wait = report["answer_to_bridge_ms"]
    say("")
    say(f"{report['rows']} rows: {report['accepted']} contacts, {sum(report['refused'].values())} refused")
    say(
        f"{report['calls_placed']} calls, the carrier counts {report['carrier_calls']}; {report['answered']} answered: "
        f"{report['bridged']} bridged, {report['abandoned']} abandoned, {report['hung_up_before_bridge']} left before"
    )
    say(
        f"answer to bridge {wait['p50']:.0f} / {wait['p95']:.0f} / {wait['p99']:.0f} ms (p50/p95/p99), "
        f"on the wall {wait['p50'] / report['speed']:.0f} / {wait['p95'] / report['speed']:.0f} / "
        f"{wait['p99'] / report['speed']:.0f}"
    )
    say(f"{report['leads']} leads: {_listed(report['leads_final'])}; offers: {_listed(report['offers'])}")
    complexities = ", ".join(f"{count} of {band}" for band, count in report["leads_by_complexity"].items())
    say(f"by grade: {_listed(report['leads_by_grade'])}; by complexity: {complexities or 'none'}")
    offered = report["call_to_offer_wall_ms"]
    say(
        f"end of call to offer {offered['p50']:.0f} / {offered['p95']:.0f} / {offered['p99']:.0f} ms on the wall "
        "(p50/p95/p99), from what the agent said to the partner's eyes"
    )
    say(
        f"agents busy {report['occupancy']:.0%} of the time, {report['talk_minutes_per_agent_hour']} minutes of talk "
        f"an hour; {report['carrier_seconds'] / 3600:.1f} h in {report['wall_seconds']:.0f} s"
    )
    for name, one in report.get("forecast", {}).items():
        said = "as forecast" if one["is_within"] else "NOT as forecast"
        mean, low, high = (one[key] for key in ("expected", "low", "high"))
        say(f"{name.replace('_', ' ')} {one['fact']:.3g}, {said}: {mean:.3g}, a day from {low:.3g} to {high:.3g}")
    for check in report["checks"]:
        if not check["ok"]:
            say(f"NOT SO: {check['name']}: {check['detail']}")
    say("All checks hold." if report["ok"] else "Some checks do not hold.")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {"p50": 0.0, "p95": 0.0, "p99": 0.0}
    return {
        f"p{share}": round(ordered[min(len(ordered) - 1, -(-len(ordered) * share // 100) - 1)], 1)
        for share in (50, 95, 99)
    }


def _agent_seconds(books: Books) -> tuple[float, float]:
    """Seconds that agents were signed in, and of these how many they were with a contact or wrapping up."""
    signed_in = busy = 0.0
    began, ended = books.played.began_at, books.played.ended_at
    by_agent: dict[str, list[tuple[datetime, str]]] = {}
    for agent_id, at, status in books.agent_events:
        by_agent.setdefault(agent_id, []).append((at, status))
    for events in by_agent.values():
        following = [at for at, _ in events[1:]] + [ended]
        for (at, status), until in zip(events, following, strict=True):
            seconds = max(0.0, (min(until, ended) - max(at, began)).total_seconds())
            signed_in += seconds if status not in _AWAY else 0.0
            busy += seconds if status in _BUSY else 0.0
    return signed_in, busy
