"""What experts wrote when they answered a need. A few bodies, where anybody cheats, send the same text again and again."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import codes, happens

#: An answer has one of each; the parts of a row share few characters, so that two answers are alike only where most parts are the same.
PARTS: Final = (
    (
        "从描述看主要是热应力没有释放", "问题多半出在前处理环节", "关键在于界面结合不牢", "初步判断为原料批次差异", "瓶颈应当是混合均匀度",
        "症结可能是温控滞后", "这属于典型的共振干扰", "根子在配方窗口太窄", "看来是传感采样不足", "我们遇到过相近的失效模式",
        "难点是多参数耦合", "首要矛盾是刀具磨损过快", "大概率与湿度波动有关", "多见于设备老化后的偏移", "像是模型标注质量不高",
        "根据照片系涂层厚薄不一", "应属工艺路线选择不当", "估计杂质离子超标", "或因装夹定位误差累积", "主因似为流场存在死区",
    ),
    (
        "建议先做正交试验筛选", "可用有限元仿真定位", "宜引入在线光谱检测", "不妨改为分段升温", "推荐更换国产替代助剂",
        "能以机器视觉代替人工判读", "最好重新设计流道结构", "请采集三个月运行数据", "适合采用数字孪生调参", "需要补一组对照样品",
        "先行清洗管路并校准仪表", "尝试降低转速延长保压", "改用复合菌剂发酵", "增设缓冲槽稳定供料", "将单机升级为联动控制",
        "以激光熔覆修复磨损面", "按国标方法复测强度", "加装减振底座隔离噪声", "把人工经验整理为知识库", "用膜分离替换蒸馏工序",
    ),
    (
        "本单位有中试线可供验证", "实验室具备全套检测资质", "团队曾为同类企业解决过", "手头有两项授权专利适用", "已有成熟软件模块可移植",
        "近期刚完成相似课题结题", "现存样机可以借用三周", "合作院所能够提供表征", "专家库里另有两位同行", "国外同行文献亦有支持",
        "去年在外省园区落地过", "相关标准由我们参与起草", "配套供应商名录可一并给出", "数据集已脱敏能够开放", "学生实习小组可驻厂跟踪",
        "上游材料厂愿意试供", "行业分会掌握对标参数", "首台套保险政策可以衔接", "备件目录附后请查收", "演示视频随信发送",
    ),
    (
        "下周可安排工程师到现场", "方便时请电话沟通细节", "欢迎带样品来访", "将邀请院士工作站会诊", "拟于月底组织线上研讨",
        "请补充图纸后再细谈", "稍后寄送书面方案", "也可委托服务团驻点", "明日回传计算结论", "期待面谈后确定分工",
        "如需急件请注明", "静候贵方选定日期", "愿意参加揭榜", "先签意向再派人", "节后统一答疑",
        "另约时间参观产线", "随时接受远程调试", "由技术经纪人跟进", "届时携带便携设备", "余下问题逐条回复",
    ),
)  # fmt: skip
#: Bodies that copy, how often they do, and from how many texts of their own.
COPIERS, COPIED, MODELS = 8, 0.4, 3
#: What they change about a copy: nothing, or the last words.
CLOSINGS: Final = ("", "", "盼复", "谢谢")
#: Who answers less often is no copier.
_BUSY = 60


def worded(
    rng: np.random.Generator, answers: pl.DataFrame, needs: pl.DataFrame, planted: bool
) -> tuple[pl.DataFrame, dict[str, list[str]]]:
    """The answers with their texts, and of each body that copies the answers that are copies. A copy is about the need of its model."""
    drawn = [codes(part, rng.integers(0, len(part), answers.height)) for part in PARTS]
    title = answers.select("need_id").join(needs.select("need_id", "title"), on="need_id", how="left", maintain_order="left")["title"]
    about = title.fill_null("").str.replace("技术需求$", "")
    spoken = pl.DataFrame([about.alias("about"), *(part.alias(f"part{k}") for k, part in enumerate(drawn))])
    text = spoken.select(text=pl.format("关于{}：{}，{}。{}，{}。", *spoken.columns))["text"]
    often = answers.group_by("org_id").len().filter(pl.col("len") >= _BUSY).sort("org_id")["org_id"]
    who = often.gather(np.sort(rng.choice(len(often), min(COPIERS, len(often)), replace=False))).to_list()
    again, model = happens(rng, COPIED, answers.height), rng.integers(0, MODELS, answers.height)
    closing = codes(CLOSINGS, rng.integers(0, len(CLOSINGS), answers.height))
    position = answers.with_row_index("at").sort("answered_at", "answer_id").select("at", "org_id")
    source, copies = np.arange(answers.height), {}
    for body in who if planted else []:
        own = position.filter(pl.col("org_id") == body)["at"].to_numpy()
        later = own[MODELS:][again[own[MODELS:]]]
        source[later] = own[model[later]]
        copies[body] = answers["answer_id"].gather(np.sort(later)).to_list()
    pasted = pl.Series(source != np.arange(answers.height))
    told = pl.when(pasted).then(text.gather(source) + closing).otherwise(text)
    return answers.with_columns(told.alias("text")), copies
