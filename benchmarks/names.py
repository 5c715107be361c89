"""Made-up Vietnamese names, and ids made of them by the rules of the service."""

from random import Random

from app.core.vietnamese import slug
from app.core.vocabulary import SiteKind

_IN_PLACE_NAMES = """
An Ân Bản Bắc Bảo Bằng Bến Bình Cẩm Cam Cát Cao Châu Chánh Chi Chợ Chu Cốc Cường Dân Diễn Dương
Đa Đại Đàm Đạo Đắk Điện Định Đoàn Đông Đồng Đức Gia Giang Giao Hà Hải Hàm Hậu Hiệp Hoà Hoàng
Hồng Hội Hưng Hương Kế Khánh Khê Kiên Kim Kỳ La Lạc Lâm Lập Lệ Liên Linh Long Lộc Lục Lương Mai
Mỏ Mỹ Nà Nam Nga Nghi Nghĩa Ngọc Nguyên Nhân Nhơn Như Ninh Phong Phú Phúc Phước Quảng Quế Quỳnh
Sa Sầm Sơn Song Tam Tân Tây Thạch Thái Thanh Thành Thạnh Thiện Thịnh Thọ Thuận Thuỷ Thượng Tiên
Tiến Trà Tràng Trung Trường Từ Tường Vân Văn Vạn Vĩnh Vũ Xuân Yên
"""
_SYLLABLES = _IN_PLACE_NAMES.split()
_PREFIXES = {SiteKind.zone: ("KCN", "kcn"), SiteKind.cluster: ("CCN", "ccn")}


class Names:
    """Gives each site a name of its own; a name that is taken gets a number, as in life."""

    def __init__(self, random: Random) -> None:
        """Keep the source of chance and how often each name was given."""
        self._random = random
        self._given: dict[tuple[str, str], int] = {}

    def site(self, kind: SiteKind) -> tuple[str, str]:
        """Return the id and the name of a new site."""
        shown, prefix = _PREFIXES[kind]
        name = " ".join(self._random.sample(_SYLLABLES, 2))
        # Names that differ in accents only come to the same id.
        key = (prefix, slug(name))
        self._given[key] = self._given.get(key, 0) + 1
        if self._given[key] > 1:
            name = f"{name} {self._given[key]}"
        return f"{prefix}-{slug(name)}", f"{shown} {name}"

    def company(self) -> str:
        """Return the name of a company."""
        return "Công ty cổ phần hạ tầng " + " ".join(self._random.sample(_SYLLABLES, 3))
