"""Qualified calls become leads, leads reach one partner at a time. Knows nothing of calls."""
