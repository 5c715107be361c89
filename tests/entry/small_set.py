"""A small seed set with every file, to be changed and loaded."""

from pathlib import Path

SOURCES = """
[[sources]]
id = "report-2024"
kind = "report"
title = "Báo cáo năm 2024"
"""
ORGANIZATIONS = """
[[organizations]]
id = "onsen-fuji"
name = "Công ty Onsen Fuji"
"""
SITES = """
[[sites]]
id = "ccn-quang-chu"
kind = "cluster"

[[sites.statements]]
source_id = "report-2024"
effective_from = "2023"
values = { name = "CCN Quảng Chu", province_code = "06" }

[[sites.statements]]
source_id = "report-2024"
effective_from = "2024"
values = { area_ha = 74.4 }
"""
POLICIES = """
[[policies]]
id = "report-2024"

[[policies.statements]]
source_id = "report-2024"
effective_from = "2024"
values = { status = "in_force", approved_by = "onsen-fuji" }
"""
PROJECTS = """
[[projects]]
id = "du-an-giay-dep"

[[projects.statements]]
source_id = "report-2024"
effective_from = "2023"
cites = ["report-2024"]
values = { name = "Giày dép", province_code = "06", site = "ccn-quang-chu" }

[[projects.statements]]
source_id = "report-2024"
effective_from = "2024"
values = { design_capacity = 1.5, design_capacity_unit = "t" }
"""
PROVINCES = """
[[provinces]]
code = "06"

[[provinces.statements]]
source_id = "report-2024"
effective_from = "2024"
observations = [{ indicator = "cluster_count", value = 27 }]
"""
SMALL = {
    "organizations": ORGANIZATIONS,
    "sources": SOURCES,
    "policies": POLICIES,
    "sites": SITES,
    "projects": PROJECTS,
    "provinces": PROVINCES,
}
"""A set with every file, in the order in which they are recorded."""


def small_set(folder: Path, **changed: str) -> Path:
    """Write the small set, with some of its files changed, into a folder of seeds."""
    (folder / "small").mkdir(parents=True, exist_ok=True)
    for name, content in (SMALL | changed).items():
        (folder / "small" / f"{name}.toml").write_text(content, encoding="utf-8")
    return folder
