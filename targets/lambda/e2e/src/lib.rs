//! Nothing but tests: see `tests/cutover`.
