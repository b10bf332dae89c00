"""The same policies on a simulated floor, in virtual time: what a campaign may expect before anybody's phone rings."""
