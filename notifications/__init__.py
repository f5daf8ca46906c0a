"""Telling people: reminders, the delivery ledger and the channels."""
