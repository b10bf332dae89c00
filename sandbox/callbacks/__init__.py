"""Letters to the customer's application: signed, sent with Twilio's timeouts, retried, and spoiled on demand."""
