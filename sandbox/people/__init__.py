"""Simulated people: described in a few settings, drawn by a formula. How they act on the line is the engine's."""

from sandbox.people.draw import Town, draw
from sandbox.people.settings import People, PeopleFault, change_people, read_people

__all__ = ["People", "PeopleFault", "Town", "change_people", "draw", "read_people"]
