"""What societies and institutes work on, and the discipline group it belongs to."""

from __future__ import annotations

from typing import NamedTuple


class Topic(NamedTuple):
    zh: str
    en: str
    discipline: str


TOPICS = (
    Topic("材料工程", "Materials", "engineering"),
    Topic("精密制造", "Precision Manufacturing", "engineering"),
    Topic("光电技术", "Photonics", "engineering"),
    Topic("智能控制", "Control", "engineering"),
    Topic("能源工程", "Energy", "engineering"),
    Topic("环境科学", "Environment", "science"),
    Topic("生物技术", "Biotechnology", "science"),
    Topic("临床医学", "Clinical Medicine", "medicine"),
    Topic("中药资源", "Herbal Resources", "medicine"),
    Topic("作物育种", "Crop Breeding", "agriculture"),
    Topic("农业装备", "Farm Machinery", "agriculture"),
    Topic("海洋技术", "Marine Technology", "science"),
    Topic("软件工程", "Software", "engineering"),
    Topic("通信网络", "Networks", "engineering"),
    Topic("物流系统", "Logistics", "interdisciplinary"),
    Topic("系统科学", "Systems Science", "interdisciplinary"),
    Topic("应用数学", "Applied Mathematics", "science"),
    Topic("测量物理", "Metrology", "science"),
    Topic("科技传播", "Science Communication", "interdisciplinary"),
    Topic("创新管理", "Innovation", "interdisciplinary"),
)
