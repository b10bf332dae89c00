"""Events that campaigns invite to: seats, the waiting list, letters, who came. Calls are strangers to it."""
