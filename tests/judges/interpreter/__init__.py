"""An interpreter of state machines: offline, deterministic, in virtual time.

The evaluator is moto's. `adapt` replaces, while the program runs, every place where moto reaches outside: task calls
get their outcome from a scenario, waits and retries advance a virtual clock, branches take turns in the order of that
clock, and expressions go to the reference engine of JSONata. Where moto differs from AWS's documentation, `adapt`
follows the documentation.
"""
