"""What years teach: small pure functions over frozen facts; only `reading` asks the database."""
