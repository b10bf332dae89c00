"""Campaigns, their contact lists and contacts: who may be dialed next. Knows nothing of calls."""
