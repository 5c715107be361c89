"""What the facts are about, by hand: the path of each entity, and who and what it is called."""

PATHS = {
    "Bắc Kạn": "provinces/06",
    "Hòa Bình": "provinces/17",
    "Hòa Bình: processed products (rượu)": "provinces/17",
    "Hòa Bình: traditional wood/bamboo/ceramic/textile": "provinces/17",
    "Hòa Bình: bamboo/rattan (within the 7)": "provinces/17",
    "Hòa Bình: brocade weaving (within the 7)": "provinces/17",
    "Hòa Bình: handicraft art": "provinces/17",
    "Hòa Bình: ornamental stone (within handicraft art)": "provinces/17",
    "Hòa Bình: driftwood + ornamental stone (within handicraft art)": "provinces/17",
    "CCN Quảng Chu": "sites/ccn-quang-chu",
    "CCN Huyền Tụng": "sites/ccn-huyen-tung",
    "CCN Cẩm Giàng": "sites/ccn-cam-giang",
    "CCN Thanh Thịnh": "sites/ccn-thanh-thinh",
    "CCN Vằng Mười": "sites/ccn-vang-muoi",
    "CCN Nam Bằng Lũng": "sites/ccn-nam-bang-lung",
    "KCN Thanh Bình": "sites/kcn-thanh-binh",
    "KCN Chợ Mới 1": "sites/kcn-cho-moi-1",
    "KCN Chợ Mới 2": "sites/kcn-cho-moi-2",
    "Làng nghề miến dong Côn Minh": "sites/lang-nghe-mien-dong-con-minh",
    "Nhà máy luyện gang Bắc Kạn": "projects/du-an-luyen-gang-bac-kan",
    "Nhà máy luyện kim phi cốc": "projects/du-an-luyen-kim-phi-coc",
    "Nhà máy chế biến canxi cacbonat": "projects/du-an-canxi-cacbonat",
    "Nhà máy chế biến gỗ Sahabak (ván ghép thanh)": "projects/du-an-go-sahabak",
    "Xưởng sản xuất ván dăm tận dụng": "projects/du-an-van-dam-tan-dung",
    "Khu liên hợp gang thép": "projects/du-an-gang-thep-kim-son",
    "Nhà máy nung tuyển quặng sắt": "projects/du-an-nung-tuyen-quang-sat",
    "Nhà máy sản xuất, lắp ráp ô tô": "projects/du-an-o-to-tracimexco",
    "Nhà máy sản xuất, gia công giày, dép, đế giày xuất khẩu": "projects/du-an-giay-dep-huyen-tung",
    "Manganese-rich slag (xỉ giàu mangan)": "projects/du-an-xi-giau-mangan",
    "Pig iron (gang)": "projects/du-an-gang",
    "Zinc sulphate (kẽm sunfat)": "projects/du-an-kem-sunfat",
    "Footwear projects (sản xuất, gia công giày dép)": "projects/du-an-giay-dep",
    "Kết luận 02-KL/TU (Tỉnh ủy Bắc Kạn)": "sources/conclusion-02-kl-tu-2016",
    "Chương trình hỗ trợ đầu tư hạ tầng kỹ thuật CCN tỉnh Bắc Kạn đến năm 2025": (
        "sources/bac-kan-cluster-infrastructure-programme-2025"
    ),
    "Hỗ trợ giá thuê mặt bằng cho DNNVV tại KCN, CCN": "sources/bac-kan-rent-support",
    "Điều chỉnh quy hoạch phát triển công nghiệp tỉnh Bắc Kạn đến 2020, tầm nhìn 2030": (
        "sources/bac-kan-industry-plan-2020"
    ),
    "Quy hoạch tỉnh Bắc Kạn thời kỳ 2021-2030, tầm nhìn đến năm 2050": (
        "sources/bac-kan-province-plan-2021-2030"
    ),
    "Nghị quyết về phát triển công nghiệp tỉnh Bắc Kạn giai đoạn 2021-2025, định hướng 2030": (
        "sources/bac-kan-industry-resolution-2021-2025"
    ),
    "Đề án 07-ĐA/TU (Tỉnh ủy Hòa Bình)": "sources/programme-07-da-tu",
    "Quy hoạch tỉnh Hòa Bình thời kỳ 2021-2030, tầm nhìn đến năm 2050": (
        "sources/hoa-binh-province-plan-2021-2030"
    ),
    "Nghị định 52/2018/NĐ-CP (12/4/2018)": "sources/decree-52-2018-nd-cp",
    "Kế hoạch 146/KH-UBND (19/8/2022, UBND tỉnh Hòa Bình)": "sources/plan-146-kh-ubnd-2022",
    "Nghị quyết 55-NQ/TW (11/02/2020)": "sources/resolution-55-nq-tw-2020",
    "Nghị quyết Đại hội Đảng bộ tỉnh Hòa Bình lần thứ XVII 2020-2025": (
        "sources/hoa-binh-party-congress-resolution-2020-2025"
    ),
    "Luật Quy hoạch": "sources/planning-law",
    "Đề án phát triển công nghiệp chế biến tỉnh Bắc Kạn đến năm 2025, định hướng đến năm 2030": (
        "sources/bac-kan-processing-industry-programme-2025"
    ),
    "Kế hoạch phát triển ngành công nghiệp tỉnh Bắc Kạn 05 năm (2026-2030)": (
        "sources/bac-kan-industry-plan-2026-2030"
    ),
}
"""The path of each entity, below ``/v1``."""

COMPANIES = {
    "sahabak": "Công ty Cổ phần Sahabak",
    "khoang-san-gang-thep-kim-son": "Công ty Cổ phần khoáng sản và gang thép Kim Sơn",
    "o-to-tracimexco": "Công ty Cổ phần sản xuất và chế tạo ô tô Tracimexco",
    "better-power": "Công ty TNHH Tập đoàn BETTER POWER",
    "onsen-fuji-bac-kan": "Công ty Cổ phần Onsen Fuji Bắc Kạn",
    "ban-quan-ly-kcn-bac-kan": "Ban quản lý các KCN tỉnh Bắc Kạn",
    "hdnd-tinh-bac-kan": "HĐND tỉnh Bắc Kạn",
    "tinh-uy-bac-kan": "Tỉnh ủy Bắc Kạn",
}
"""The organizations that facts name, with their names."""

NUMBERED = {
    "sources/conclusion-02-kl-tu-2016": ("02-KL/TU", "2016-04-22", "tinh-uy-bac-kan"),
    "sources/programme-07-da-tu": ("07-ĐA/TU", None, "tinh-uy-hoa-binh"),
    "sources/decree-52-2018-nd-cp": ("52/2018/NĐ-CP", "2018-04-12", "chinh-phu"),
    "sources/plan-146-kh-ubnd-2022": ("146/KH-UBND", "2022-08-19", "ubnd-tinh-hoa-binh"),
    "sources/resolution-55-nq-tw-2020": ("55-NQ/TW", "2020-02-11", "bo-chinh-tri"),
}
"""Number, date and issuer of the policy documents whose names give them."""
