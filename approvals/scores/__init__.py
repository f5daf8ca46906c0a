"""Scores of a year: what each node, indicator, division and the office gets, line by line, and why.

`scheme` says how it is counted; `facts` where each node stands; `nodes`, `totals` and `year` count without
asking anybody; `collecting` reads the record, `freezing` keeps what was published, `wording` says it.
"""
