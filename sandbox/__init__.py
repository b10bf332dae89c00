"""A Twilio-compatible carrier that runs on your own machine.

It knows nothing of Halali and Halali knows nothing of it.
"""
