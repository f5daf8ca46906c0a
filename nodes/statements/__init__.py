"""Uniform statements: how each kind of work is put into words, and good ones to go by."""
