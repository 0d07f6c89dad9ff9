"""Only the Procfile matters here; this file makes it a Python app."""
