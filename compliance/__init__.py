"""May this number be dialed now? Rules by jurisdiction, do-not-call, and the gate. Leaves retries and pacing to others."""
