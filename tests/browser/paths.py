"""Every page that people look at, on a register with all seeds: in this one place."""

PATHS = {
    "/": 100_000,
    "/search?q=cho moi": 100_000,
    "/map?as_of=2023-12-31": 600_000,
    "/provinces/06?as_of=2023-12-31": 100_000,
    "/provinces/19": 100_000,
    "/country?from=2020-01-01": 100_000,
    "/sites": 100_000,
    "/sites/ccn-cam-giang": 100_000,
    "/sites/ccn-huyen-tung?as_of=2023-12-31": 100_000,
    "/projects": 100_000,
    "/projects/du-an-giay-dep-huyen-tung": 100_000,
    "/organizations": 100_000,
    "/organizations/ubnd-tinh-bac-kan": 100_000,
    "/sources?kind=decision": 100_000,
    "/sources/bac-kan-press-2023-12": 100_000,
    "/values?attribute=area_ha&province_code=06&as_of=2023-12-31": 100_000,
    "/statements/11-1": 100_000,
    "/findings": 100_000,
    "/changes": 100_000,
    "/revisions/5": 100_000,
    "/compare?province_code=06&as_of=2024-12-31&other_as_of=2020-12-31": 100_000,
}
"""How many bytes each may transfer at most, scripts and styles included."""
