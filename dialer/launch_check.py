"""Is everything there that a campaign needs before it may dial? Pure: facts in, one finding for each thing that counts.

A campaign with a red finding does not start, whoever asks. Reading the facts and the door itself are `dialer.launch`'s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

# Of the limit of abandoned calls: where the detector leaves no more, the pacing dials one line per agent.
DETECTOR_SLOWS_BELOW = 0.1
# Who lacks a ground is counted up to one more than this: then it is said that there are more.
MANY = 1000
NOTES = frozenset({"ground_abroad", "directory_abroad", "detector_slows"})


@dataclass(frozen=True)
class Demand:
    """Something that the law of the callees' country asks for, as compliance sees it.

    `missing` says how many contacts lack it (1 where it is about the campaign itself), `abroad` how many in another
    country than the campaign's; `words` goes with the finding. `places` are the countries abroad.
    """

    is_needed: bool
    missing: int = 0
    words: str = ""
    abroad: int = 0
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class LaunchFacts:
    """What the check looks at. Languages are those of the contacts who wait; `hours_left` counts today, local time."""

    waiting: frozenset[str]
    agents: Mapping[str, int]  # how many could take a call of this campaign, by language
    scripts: frozenset[str]
    messages: frozenset[str]  # languages in which an abandoned call hears who called
    announced_as: str
    hours_left: float
    opens_at: datetime | None  # when calling hours open next; None while they are open, or where no rules are known
    has_rules: bool
    spend_cap: float
    spent_today: float
    calls_cost: bool  # a real carrier, which sends a bill
    numbered: frozenset[str]  # languages in which there is a number to show
    mode_refusal: str = ""  # why it may not dial as it is set to, in one word
    own_limit: str = ""  # its own limit of abandoned calls, where that is below the lawful one: both in percent
    lawful_limit: str = ""
    detector_limit: str = ""  # where machines are recognised and people taken for them count: who may find nobody
    detector_left: float = 1.0  # what they leave of it, as a share of it
    detector_errors: str = ""  # people taken for machines, in percent
    ground: Demand = field(default_factory=lambda: Demand(is_needed=False))
    directory: Demand = field(default_factory=lambda: Demand(is_needed=False))


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `values` fill the texts' `%(name)s`; `languages` and `places` are codes."""

    code: str
    is_green: bool
    why: str
    mend: str = ""
    link: str = ""  # where it is mended: a path below the campaign's page when it does not begin with `/`
    values: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # countries, by their codes
    at: datetime | None = None

    @property
    def is_note(self) -> bool:
        """Whether it holds up nobody and yet is no good news: somebody is not called, or less is dialed."""
        return self.is_green and self.code in NOTES

    @property
    def plain(self) -> str:
        """The finding in English, with what mends it."""
        moment = f"{self.at:%Y-%m-%d %H:%M} UTC" if self.at else ""
        values = {name: f"{int(value):,}" if value.isdecimal() else value for name, value in self.values.items()}
        values |= {"languages": ", ".join(self.languages), "places": ", ".join(self.places), "moment": moment}
        return " ".join(text % values for text in (self.why, self.mend) if text)


# Green, red, what mends it, and where. The texts are translated where they are shown.
TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "numbers": (
        "There are numbers to dial.",
        "Nobody waits to be dialed.",
        "Upload a contact list, or recycle one.",
        "#lists",
    ),
    "ground": (
        "Every contact has a lawful ground.",
        "Contacts without a lawful ground: %(missing)s.",
        "Say why these contacts may be called.",
        "#mend-ground",
    ),
    "ground_many": (
        "",
        "Contacts without a lawful ground: more than %(missing)s.",
        "Say why these contacts may be called.",
        "#mend-ground",
    ),
    "ground_abroad": (
        "Contacts abroad who have no lawful ground there, and are not called: %(missing)s.",
        "",
        "",
        "#mend-ground",
    ),
    "ground_abroad_many": (
        "Contacts abroad who have no lawful ground there, and are not called: more than %(missing)s.",
        "",
        "",
        "#mend-ground",
    ),
    "directory": (
        "The caller number stands in the directory.",
        "Nobody has checked lately that %(words)s stands in the directory.",
        "Look it up, and note the day.",
        "#mend-directory",
    ),
    "directory_abroad": (
        "No caller number is known to stand in the directory of %(places)s: contacts there are not called.",
        "",
        "",
        "#mend-directory",
    ),
    "hours": (
        "It is lawful to call for %(hours)s more hours today.",
        "No lawful hour to call is left today.",
        "Start the campaign when they open again: %(moment)s.",
        "#why",
    ),
    "rules": (
        "The country's rules are known.",
        "No rules are known for the campaign's country, so nobody there may be called.",
        "Choose a country whose rules are known.",
        "#campaign-settings",
    ),
    "mode": (
        "The way of dialing is lawful there.",
        "The way of dialing is not lawful there.",
        "Choose another one under “How to dial”.",
        "#campaign-settings",
    ),
    "own_limit": (
        "At most %(own)s %% of those who answer may find nobody, less than the %(lawful)s %% that the law allows.",
        "",
        "",
        "#campaign-settings",
    ),
    "detector": (
        "Recognising answering machines leaves room below the limit of abandoned calls.",
        "Recognising answering machines takes about %(errors)s %% of people for machines; at most %(limit)s %% may be.",
        "Switch off “Recognise answering machines”.",
        "#campaign-settings",
    ),
    "detector_slows": (
        "Recognising answering machines uses up the limit of abandoned calls: one line per agent is dialed.",
        "",
        "",
        "#campaign-settings",
    ),
    "number_language": (
        "There is a number to show to contacts of every language.",
        "There is no caller number for %(languages)s.",
        "Add one under “Caller numbers”.",
        "#caller-number",
    ),
    "agents": (
        "Every language that the contacts speak is spoken by an agent.",
        "No agent speaks %(languages)s.",
        "Add an agent who does, or change an agent's languages.",
        "/people",
    ),
    "scripts": (
        "There is a script in every language that the contacts speak.",
        "There is no script in %(languages)s.",
        "Write it under “Settings and scripts”.",
        "#campaign-settings",
    ),
    "message": (
        "Whoever answers when no agent is free hears who has called.",
        "Nobody would know who has called when no agent is free.",
        "Fill in “Announced as” under “Settings and scripts”.",
        "#campaign-settings",
    ),
    "message_language": (
        "Whoever answers when no agent is free hears who has called.",
        "The message for calls that no agent can take is not there in %(languages)s.",
        "Take these contacts out of the campaign.",
        "#lists",
    ),
    "spend_cap": (
        "The day's spending has a limit.",
        "Nothing limits what a day of calls may cost.",
        "Set DAILY_SPEND_CAP, and start the program again.",
        "",
    ),
    "free": ("These calls cost nothing.", "", "", ""),
    "spend_left": (
        "The day's spending has a limit.",
        "The day's spending limit is used up.",
        "Wait for tomorrow, or set a higher DAILY_SPEND_CAP.",
        "",
    ),
}


def launch_check(facts: LaunchFacts) -> list[Finding]:
    """One finding for each thing that a campaign needs: the red ones first, then what is to be known."""
    findings = [
        _finding("numbers", is_green=bool(facts.waiting)),
        *_ground(facts.ground),
        *_demand("directory", facts.directory),
        *_directory_abroad(facts.directory),
        _hours(facts),
        _finding("mode", is_green=not facts.mode_refusal),
        *_own_limit(facts),
        *_detector(facts),
        _languages("number_language", facts.waiting - facts.numbered),
        _languages("agents", facts.waiting - {code for code, count in facts.agents.items() if count}),
        _languages("scripts", facts.waiting - facts.scripts),
        _message(facts),
        _spending(facts),
    ]
    return sorted(findings, key=lambda finding: (finding.is_green, not finding.is_note))


def reds(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep a campaign from starting."""
    return [finding for finding in findings if not finding.is_green]


def _demand(code: str, demand: Demand) -> list[Finding]:
    if not demand.is_needed:
        return []
    return [_finding(code, is_green=not demand.missing, values={"words": demand.words})]


def _ground(demand: Demand) -> list[Finding]:
    """Contacts abroad do not keep a campaign from starting: the gate leaves them out. It is said all the same."""
    if not demand.is_needed:
        return []
    abroad = [_counted("ground_abroad", demand.abroad, is_green=True)] if demand.abroad else []
    return abroad if abroad and not demand.missing else [_counted("ground", demand.missing), *abroad]


def _counted(code: str, count: int, *, is_green: bool = False) -> Finding:
    """A finding that names how many; the count ends at one more than `MANY`, and is then "more than" that."""
    is_many = count > MANY
    texts = f"{code}_many" if is_many else code
    found = _finding(texts, is_green=is_green or not count, values={"missing": str(MANY if is_many else count)})
    return replace(found, code=code)


def _directory_abroad(demand: Demand) -> list[Finding]:
    """As with grounds: whoever may not be shown the number is left out by the gate, and holds up nobody else."""
    found = replace(_finding("directory_abroad", is_green=True), places=demand.places)
    return [found] if demand.abroad else []


def _hours(facts: LaunchFacts) -> Finding:
    if not facts.has_rules:
        return _finding("rules", is_green=False)
    values = {"hours": f"{facts.hours_left:.1f}"}
    return _finding("hours", is_green=facts.hours_left > 0, values=values, at=facts.opens_at)


def _own_limit(facts: LaunchFacts) -> list[Finding]:
    values = {"own": facts.own_limit, "lawful": facts.lawful_limit}
    return [_finding("own_limit", is_green=True, values=values)] if facts.own_limit else []


def _detector(facts: LaunchFacts) -> list[Finding]:
    if not facts.detector_limit:
        return []
    values = {"errors": facts.detector_errors, "limit": facts.detector_limit}
    slows = 0 <= facts.detector_left <= DETECTOR_SLOWS_BELOW
    code = "detector_slows" if slows else "detector"
    return [_finding(code, is_green=facts.detector_left >= 0, values=values)]


def _languages(code: str, missing: frozenset[str]) -> Finding:
    return _finding(code, is_green=not missing, languages=tuple(sorted(missing)))


def _message(facts: LaunchFacts) -> Finding:
    missing = facts.waiting - facts.messages
    if missing:
        return _languages("message_language", missing)
    return _finding("message", is_green=bool(facts.announced_as.strip()))


def _spending(facts: LaunchFacts) -> Finding:
    if facts.spend_cap > 0:
        return _finding("spend_left", is_green=facts.spent_today < facts.spend_cap)
    return _finding("spend_cap", is_green=False) if facts.calls_cost else _finding("free", is_green=True)


def _finding(
    code: str,
    *,
    is_green: bool,
    values: Mapping[str, str] | None = None,
    languages: tuple[str, ...] = (),
    at: datetime | None = None,
) -> Finding:
    green, red, mend, link = TEXTS[code]
    if is_green:
        return Finding(code, True, green, values=values or {})
    return Finding(code, False, red, mend, link, values or {}, languages, at=at)
