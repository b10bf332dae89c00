"""May this number be dialed now? Rules by jurisdiction, do-not-call, and the gate. Retries and pacing are others'."""
