"""`halali leads …`: try a changed routing policy on past leads, before it decides about new ones."""

from typing import Annotated

import typer
from sqlalchemy import select

from cli.access import ACTOR, act, opened, record
from cli.options import AsJson, group
from cli.output import say, show, show_json
from foundation.errors import Invalid
from leads import policy_lab
from leads.lab import Trial
from leads.policy import current_policy
from leads.policy_dials import points_of, turned
from leads.policy_lab import Asking
from leads.tables import Partner

commands = group("Leads, and how they are shared out.")


@commands.callback()
def _group() -> None:
    """Keeps this a group while it has a single command."""


@commands.command("lab")
def try_in_lab(
    dial: Annotated[list[str] | None, typer.Option(help="Such as credit_points_a_week=60; repeatable.")] = None,
    points: Annotated[
        list[str] | None, typer.Option(help="Such as solution=400; repeatable. All rules add up to 1000.")
    ] = None,
    last: Annotated[int, typer.Option(help="Over the last so many leads.")] = 500,
    adopt: Annotated[str, typer.Option(help="Adopt it, and tell partners this.")] = "",
    as_json: AsJson = False,
) -> None:
    """What a changed policy would have done: who gains and loses, fairness, fit. Changes nothing unless adopted."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.reading() as session:
            current = current_policy(session, runtime.settings)
            policy = turned(current, _read(dial), points_of(current) | _read(points) if points else {})
            trial = policy_lab.trial_of(session, policy, last)
            names = dict(session.execute(select(Partner.id, Partner.name)).all())
        if adopt:
            with runtime.database.transaction() as session:
                run = policy_lab.keep_trial(session, policy, trial, Asking(last, ACTOR, now))
                policy_lab.adopt(runtime, session, run.id, adopt, Asking(last, ACTOR, now))
                record(session, act("policy_adopted", run.id, policy=policy.mark), now)
    if as_json:
        show_json(trial.to_json() | {"policy": policy.mark})
        return
    _show(trial, names)
    say(f"policy {policy.mark} " + ("decides from now on" if adopt else "was tried; nothing has changed"))


def _read(given: list[str] | None) -> dict[str, int]:
    found = {}
    for text in given or []:
        name, _, value = text.partition("=")
        if not value.strip().lstrip("-").isdecimal():
            raise Invalid(f"{text}: write a name and a whole number, such as solution=400")
        found[name.strip()] = int(value)
    return found


def _show(trial: Trial, names: dict[str, str]) -> None:
    show(f"{trial.changed} of {trial.leads} leads would have gone elsewhere")
    before, after = trial.followed
    if before or after:
        show(f"{after} went on from a partner who had let that very lead go, {before} under the policies in force then")
    for name in ("fit_milli", "jain_milli", "worst_milli", "routed"):
        before, after = getattr(trial.before, name), getattr(trial.after, name)
        show(f"{name.removesuffix('_milli'):<8} {before:>7} → {after:>7}")
    for one in sorted(trial.effects, key=lambda effect: effect.before - effect.after):
        if one.before != one.after:
            name = names.get(one.holder, one.holder)
            show(f"{one.after - one.before:+5}  {one.before:>5} → {one.after:>5}  {name}")
