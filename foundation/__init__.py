"""Ground that every other package stands on: settings, database, queue, clock, ids. Not one business word."""
