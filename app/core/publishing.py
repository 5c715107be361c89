"""Settings of what the service says about itself to the public."""

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

_ADDRESS = re.compile(r"https?://[^/?#\s\"'<>]+(/[A-Za-z0-9._~-]+)*")


class PublishingSettings(BaseSettings):
    """Where the service is, and under which licence its data are.

    How a request came to the service, through which proxies and by which name, is not believed:
    answers are given again to others.
    """

    public_url: str = Field(
        default="",
        description="The address of the service, as in https://register.example.org, with the path "
        "below which a proxy serves it; without it there is no sitemap, and addresses for machines "
        "are relative.",
    )
    data_licence: str = Field(
        default="CC-BY-4.0",
        pattern=r"^[A-Za-z0-9.+-]{1,50}$",
        description="The licence of the data, by its SPDX identifier.",
    )

    @field_validator("public_url")
    @classmethod
    def be_an_address(cls, url: str) -> str:
        """Require a scheme, a host and the path of the service, if it has one, and no more."""
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("write https://host or https://host/path, without a slash at the end")
        return url

    @property
    def public_origin(self) -> str:
        """The scheme and host of the service, as pages name them; empty where none is set."""
        return self.public_url.removesuffix(self.root)

    @property
    def root(self) -> str:
        """The path below which a proxy serves the service, as in /register; mostly empty."""
        return urlsplit(self.public_url).path

    @property
    def licence_url(self) -> str:
        """The address of the licence of the data."""
        return f"https://spdx.org/licenses/{self.data_licence}"


class MapSettings(BaseSettings):
    """The base map under the service's own outlines."""

    map_tiles: str | None = Field(
        default=None,
        description="Tiles, as in https://tiles.example.org/{z}/{x}/{y}.png; no base map without.",
    )
    map_attribution: str = Field(default="", description="Who made them, as they ask to be named.")

    @field_validator("map_tiles")
    @classmethod
    def be_an_address_of_tiles(cls, url: str | None) -> str | None:
        """Refuse what has no place for the tile, and what others could change on the way."""
        if not url:
            return None
        has_place = all(part in url for part in ("{z}", "{x}", "{y}"))
        if urlsplit(url).scheme != "https" or not has_place:
            raise ValueError("write an https address with {z}, {x} and {y} in it")
        return url
