"""Five sample portals in five families of page: the demo's input and part of the tests.

`python -m tests.portals` serves them on loopback.
"""
