"""Who comes in, and how: log-in, second factor, single sign-on; allauth's machinery, our rules and words."""
