"""The phone network: what we ask of a carrier and what it tells us. No campaign and no agent logic."""
