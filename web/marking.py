"""Marks texts for the catalogues."""

from foundation.marking import N_

__all__ = ["N_"]
