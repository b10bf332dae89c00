"""The `halali` command: starts the program, feeds it and asks about it. Decisions are left to the packages below."""
