"""Electronic signatures: the process that holds the key, and what the portal asks of it.

`keeper` alone reads private keys. `protocol`, `authority`, `stamping`, `keeper` and `checker` import neither Django nor
the portal's apps, so that the processes that run them hold nothing else.
"""
