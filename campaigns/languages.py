"""The languages that agents speak with contacts. Pure; which one a contact speaks is decided at the import."""

# The line of each language is looked at by itself, so the set is closed.
LANGUAGES = ("de", "fr", "it", "en")
