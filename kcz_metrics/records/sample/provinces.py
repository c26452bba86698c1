"""The province-level divisions: real names and codes (GB/T 2260; 660000 is the code ministries use for the XPCC).

``area`` is the statistical area, ``lon`` and ``lat`` a point near the middle, the tile our own map. How many invented pilots lie in a
province, how rich it is and how large are made up for the sample.
"""

from __future__ import annotations

from typing import NamedTuple


class Province(NamedTuple):
    code: str
    name_zh: str
    short_zh: str
    name_en: str
    tile_col: int
    tile_row: int
    association: bool
    area: str
    lon: float
    lat: float
    pilots: int
    rich: float
    size: float

    def row(self) -> dict[str, object]:
        """Its row of the province table."""
        return {
            "province_code": self.code,
            "name_zh": self.name_zh,
            "short_zh": self.short_zh,
            "name_en": self.name_en,
            "tile_col": self.tile_col,
            "tile_row": self.tile_row,
            "has_association": self.association,
        }


# fmt: off
PROVINCES = (
    Province("110000", "北京市", "北京", "Beijing", 7, 2, True, "east", 116.4, 40.0, 1, 1.35, 1.0),
    Province("120000", "天津市", "天津", "Tianjin", 7, 3, True, "east", 117.3, 39.2, 1, 1.35, 0.7),
    Province("130000", "河北省", "河北", "Hebei", 6, 2, True, "east", 115.2, 38.4, 3, 1.35, 1.0),
    Province("140000", "山西省", "山西", "Shanxi", 5, 2, True, "central", 112.3, 37.6, 2, 1.0, 1.0),
    Province("150000", "内蒙古自治区", "内蒙古", "Inner Mongolia", 5, 1, True, "west", 111.5, 41.5, 1, 0.75, 1.0),
    Province("210000", "辽宁省", "辽宁", "Liaoning", 8, 2, True, "northeast", 122.8, 41.5, 3, 0.8, 1.0),
    Province("220000", "吉林省", "吉林", "Jilin", 8, 1, True, "northeast", 126.0, 43.6, 2, 0.8, 1.0),
    Province("230000", "黑龙江省", "黑龙江", "Heilongjiang", 8, 0, True, "northeast", 127.5, 46.8, 2, 0.8, 1.0),
    Province("310000", "上海市", "上海", "Shanghai", 7, 4, True, "east", 121.5, 31.2, 1, 1.35, 1.1),
    Province("320000", "江苏省", "江苏", "Jiangsu", 6, 4, True, "east", 119.5, 32.9, 5, 1.35, 2.2),
    Province("330000", "浙江省", "浙江", "Zhejiang", 6, 5, True, "east", 120.0, 29.2, 4, 1.35, 1.7),
    Province("340000", "安徽省", "安徽", "Anhui", 5, 4, True, "central", 117.2, 31.8, 3, 1.0, 1.0),
    Province("350000", "福建省", "福建", "Fujian", 5, 6, True, "east", 118.0, 26.1, 3, 1.35, 1.0),
    Province("360000", "江西省", "江西", "Jiangxi", 5, 5, True, "central", 115.7, 27.6, 3, 1.0, 1.0),
    Province("370000", "山东省", "山东", "Shandong", 6, 3, True, "east", 118.2, 36.4, 4, 1.35, 2.0),
    Province("410000", "河南省", "河南", "Henan", 5, 3, True, "central", 113.6, 33.9, 3, 1.0, 2.0),
    Province("420000", "湖北省", "湖北", "Hubei", 4, 3, True, "central", 112.5, 31.0, 3, 1.0, 1.0),
    Province("430000", "湖南省", "湖南", "Hunan", 4, 4, True, "central", 111.9, 27.7, 3, 1.0, 1.0),
    Province("440000", "广东省", "广东", "Guangdong", 4, 5, True, "east", 113.5, 23.4, 4, 1.35, 2.4),
    Province("450000", "广西壮族自治区", "广西", "Guangxi", 3, 5, True, "west", 108.8, 23.8, 1, 0.75, 1.0),
    Province("460000", "海南省", "海南", "Hainan", 3, 7, True, "east", 109.8, 19.2, 1, 1.35, 0.35),
    Province("500000", "重庆市", "重庆", "Chongqing", 3, 3, True, "west", 107.8, 30.0, 1, 0.75, 1.0),
    Province("510000", "四川省", "四川", "Sichuan", 2, 3, True, "west", 103.8, 30.6, 2, 0.75, 2.2),
    Province("520000", "贵州省", "贵州", "Guizhou", 3, 4, True, "west", 106.7, 26.8, 1, 0.75, 1.0),
    Province("530000", "云南省", "云南", "Yunnan", 2, 4, True, "west", 101.6, 25.0, 1, 0.75, 1.0),
    Province("540000", "西藏自治区", "西藏", "Tibet (Xizang)", 1, 3, True, "west", 91.5, 30.2, 1, 0.75, 0.2),
    Province("610000", "陕西省", "陕西", "Shaanxi", 4, 2, True, "west", 108.8, 35.2, 2, 0.75, 1.0),
    Province("620000", "甘肃省", "甘肃", "Gansu", 2, 2, True, "west", 103.2, 36.2, 1, 0.75, 1.0),
    Province("630000", "青海省", "青海", "Qinghai", 1, 2, True, "west", 100.8, 36.4, 1, 0.75, 0.25),
    Province("640000", "宁夏回族自治区", "宁夏", "Ningxia", 3, 2, True, "west", 106.2, 37.4, 1, 0.75, 0.25),
    Province("650000", "新疆维吾尔自治区", "新疆", "Xinjiang", 0, 1, True, "west", 86.5, 43.2, 1, 0.75, 1.0),
    Province("660000", "新疆生产建设兵团", "兵团", "Xinjiang Production and Construction Corps",
             1, 1, True, "west", 83.5, 43.8, 0, 0.75, 0.25),
    Province("710000", "台湾省", "台湾", "Taiwan", 7, 6, False, "east", 121.0, 23.7, 0, 1.35, 1.0),
    Province("810000", "香港特别行政区", "香港", "Hong Kong", 4, 6, False, "east", 114.2, 22.3, 0, 1.35, 1.0),
    Province("820000", "澳门特别行政区", "澳门", "Macao", 3, 6, False, "east", 113.5, 22.2, 0, 1.35, 1.0),
)
# fmt: on
