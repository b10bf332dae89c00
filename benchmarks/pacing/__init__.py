"""Pacing compared with how other dialers pace, in a simulated world: see docs/pacing.md."""
