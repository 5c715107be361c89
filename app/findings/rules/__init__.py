"""The rules of findings: one module for each question, pure functions of the facts of a province.

A rule is a function that yields findings and, at the end of its module, a ``Rule`` with code,
titles and basis. A new one gets a module here (``rates.py`` is a short one) and a line in
``app/findings/catalogue.py``; facts that no rule reads yet are added in ``subject_facts.py`` or
``province_facts.py``.
"""
