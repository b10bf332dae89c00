"""Calls, conferences and TwiML as discrete events on a clock. No HTTP here: the edges come in through `ports`."""
