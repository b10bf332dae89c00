"""The page at the root and its sockets: the phone network now, live, and the hand on every phone."""
