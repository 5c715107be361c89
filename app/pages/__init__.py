"""What people look at: pages of the register outside ``/v1``, in Vietnamese and English.

How one is added: CONTRIBUTING.md; why they are made like this: docs/decisions/0045-pages.md.
"""
