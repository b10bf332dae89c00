"""Plays the product's own routing over a season of leads, beside simpler ways and the best that could be done."""
