"""Settings of what the service says about itself to the public."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings


class PublishingSettings(BaseSettings):
    """Where the service is, and under which licence its data are.

    How a request came to the service, through which proxies and by which name, is not believed:
    answers are given again to others.
    """

    public_url: str = Field(
        default="",
        description="The address of the service, as in https://register.example.org; without it "
        "there is no sitemap, and addresses for machines are relative.",
    )
    data_licence: str = Field(
        default="CC-BY-4.0",
        pattern=r"^[A-Za-z0-9.+-]{1,50}$",
        description="The licence of the data, by its SPDX identifier.",
    )

    @field_validator("public_url")
    @classmethod
    def be_an_origin(cls, url: str) -> str:
        """Require a scheme and a host alone: paths of the service begin at its root."""
        parts = urlsplit(url)
        is_origin = parts.scheme in {"http", "https"} and url == f"{parts.scheme}://{parts.netloc}"
        if url and not (is_origin and parts.netloc):
            raise ValueError("write https://host, without a path or slash")
        return url

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
