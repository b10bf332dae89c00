"""The carrier's office: accounts, numbers, applications, prices and usage. No HTTP and no telephony here."""
