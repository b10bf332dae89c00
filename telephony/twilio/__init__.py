"""Twilio as the carrier, or any server that speaks its voice API."""
