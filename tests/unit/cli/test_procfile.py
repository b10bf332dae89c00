"""The Procfile: read as written, and what is asked of it checked."""

import pytest

from cli.procfile import Entry, chosen, read_counts, read_procfile
from cli.programs import COMMANDS, PROGRAMS
from cli.up import OWN_PROCFILE
from foundation.errors import Invalid


def test_entries_keep_the_order_of_the_file_and_comments_are_left_out() -> None:
    entries = read_procfile("# all of it\nweb: halali run web\n\nother: sh -c 'sleep 1'\n")
    assert entries == (Entry("web", ("halali", "run", "web")), Entry("other", ("sh", "-c", "sleep 1")))


def test_only_a_run_of_our_own_is_a_program() -> None:
    web, other = read_procfile("web: halali run web\nother: halali doctor\n")
    assert (web.program, other.program) == ("web", "")


@pytest.mark.parametrize("text", ["web halali run web", "web:", "web: a\nweb: b", "we b: x"])
def test_a_line_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="Line"):
        read_procfile(text)


def test_our_own_procfile_names_every_program_once() -> None:
    programs = [entry.program for entry in read_procfile(OWN_PROCFILE.read_text(encoding="utf-8"))]
    assert sorted(programs) == sorted([*PROGRAMS, *COMMANDS])


def test_counts_may_come_together_or_one_by_one() -> None:
    assert read_counts(["web=2,ticker=3", "worker=1"], ["web", "ticker", "worker"]) == {
        "web": 2,
        "ticker": 3,
        "worker": 1,
    }


@pytest.mark.parametrize("option", ["web", "web=", "web=two", "web=-1", "nothing=2"])
def test_a_count_that_cannot_be_used_is_refused(option: str) -> None:
    with pytest.raises(Invalid):
        read_counts([option], ["web"])


def test_only_narrows_and_a_count_of_none_leaves_out() -> None:
    web, ticker, worker = read_procfile("web: halali run web\nticker: halali run ticker\nworker: halali run worker")
    assert chosen((web, ticker, worker), [], {"ticker": 0, "worker": 2}) == {web: 1, worker: 2}
    assert chosen((web, ticker, worker), ["ticker"], {}) == {ticker: 1}
