"""What stands in the applications and acts of the demonstration: subjects by item, plausible numbers, reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from catalog.models import ItemEdition
from portal.demonstration.names import (
    DISTRICTS,
    FIRM_TRADES,
    FIRM_WORDS,
    GIVEN_FEMALE,
    GIVEN_MALE,
    PROJECTS,
    SHOP_SCOPES,
    STREETS,
    SURNAMES,
)

#: Subjects that belong to single items, by their number; other text fields are filled by the words of their label.
SUBJECTS: Final[Mapping[int, tuple[str, ...]]] = {
    10: ("石碣峪石灰岩矿", "下窑子粘土矿", "小峪建筑石料矿", "吴家窑高岭土矿"),
    14: ("朔城区北城街道", "平鲁区井坪镇", "应县金城镇", "怀仁市云中镇"),
    18: ("雁门春大饭店", "桑干里宴会厅", "金沙滩影城", "同兴商场"),
    20: ("陶瓷制品制造", "热力生产和供应", "乳制品制造", "水泥制品制造"),
    26: (
        "热食类食品制售",
        "热食类食品制售，凉菜类食品制售",
        "预包装食品销售，散装食品销售",
        "糕点类食品制售",
        "自制饮品制售",
        "单位食堂，热食类食品制售",
    ),
    27: ("处方药、非处方药、中药饮片", "非处方药", "化学药制剂、中成药"),
    28: ("Ⅲ类：6815注射穿刺器械", "Ⅲ类：植入材料和人工器官", "Ⅲ类：体外诊断试剂"),
    29: ("雁门关边塞文化节", "右玉生态马拉松", "广场元宵灯会", "秋季汽车展销会"),
    30: ("平鲁区露天煤矿采区", "山阴县石料采区", "怀仁市隧道工程"),
    32: ("制造业、物业和餐饮岗位的劳务派遣", "煤炭洗选和装卸岗位的劳务派遣"),
    33: ("养老、失业、工伤", "养老、医疗、失业、工伤、生育"),
    34: ("朔州市桑干职业培训学校", "朔州市塞北家政职业培训学校", "朔州市鼎盛焊工职业培训学校"),
    35: ("高中语文", "高中数学", "高中英语", "中职汽车维修", "高中物理"),
    36: ("朔州市剪纸艺术协会", "朔州市羊产业协会", "朔州市志愿者联合会", "朔州市陶瓷行业协会"),
    37: ("朔州市夕阳红养老服务中心", "朔州市晨曦社会工作服务中心", "朔州市启明星幼儿园"),
    38: ("朔州同和综合门诊部", "朔州惠民中医医院", "朔州康宁口腔门诊部"),
    39: ("雁门春宾馆", "七里河游泳馆", "丽颜美容美发店", "金沙滩影城"),
    40: ("3类（易燃液体）", "2类1项（易燃气体）", "8类（腐蚀性物质）"),
    41: ("神头泉域一号井", "桑干河取水口", "七里河补水泵站"),
    43: ("C级、D级烟花爆竹", "D级烟花爆竹"),
    44: ("汽油、柴油", "氧（压缩的）、氮（压缩的）", "乙醇、丙酮"),
    45: ("极速网咖", "蓝鲸网络会所", "星空网吧"),
    46: ("绵羊，存栏3000只", "奶牛，存栏800头", "蛋鸡，存栏50000羽", "生猪，存栏2000头"),
    47: ("牧康兽药店", "塞北兽药经营部", "农牧源兽药店"),
    48: ("平鲁区高石庄乡", "右玉县右卫镇", "朔城区利民镇"),
    53: ("风力发电叶片", "变压器", "盾构机刀盘", "化工反应塔"),
}

OPINIONS: Final = (
    "材料齐全，内容真实，符合法定条件，建议准予。",
    "经审查，申请人具备法定条件，图件与现场情况一致，建议准予。",
    "现场核查合格，材料与公布的清单一致，建议准予。",
)
APPROVALS: Final = ("同意。", "同意审核意见，准予许可。", "符合法定条件，同意。")
REFUSAL_OPINION: Final = "经核查，不符合法定条件，建议不予许可。"
REFUSALS: Final = (
    ("现场核查发现场所布局与所交图纸不一致，生熟未分开。", "设施设备和布局达不到法定条件。"),
    ("所报场地不在规定的区域内，距离不足。", "选址不符合规定的距离要求。"),
    ("专业人员的资格证明已经过期，未能重新提供。", "人员条件达不到法定要求。"),
)
RETURNS: Final = ("请补充现场核查记录的签字页后再报。", "请核对面积与图纸是否一致后再报。")
CORRECTIONS: Final = (
    "缺少签字或者盖章，请由申请人签字（盖章）后重新提交。",
    "复印件不清楚，请重新复印，并注明“与原件一致”。",
    "证明已经过期，请提供有效期内的证明。",
    "图上没有标注面积和比例，请补充标注。",
)
EXTENSION_REASONS: Final = (
    "需要征求相关部门意见，在承诺期限内不能作出决定。",
    "情况复杂，需要再次到现场核查。",
)
PAUSE_REASONS: Final = (
    "依法需要组织专门程序，所需时间另行计算。",
    "材料中的技术内容需要由专业机构作出结论。",
)
PAUSE_RESULTS: Final = ("专门程序已经完成，结论为合格。", "已收到书面结论，恢复计时。")
WITHDRAWALS: Final = ("经营计划有变，不再申请。", "地址有变，准备好后重新申请。")
NOT_REQUIRED: Final = ("所申请的内容依法不需要取得许可。", "《中华人民共和国行政许可法》第三十二条第一款第一项")
NOT_COMPETENT: Final = (
    "山西省相关主管部门（演示）",
    "所申请的内容由省级机关负责。",
    "《中华人民共和国行政许可法》第三十二条第一款第二项",
)


def details(edition: ItemEdition, rng: Random, on: dt.date) -> dict[str, Any]:
    """A filled-in application form of the edition; only its required fields."""
    found = {}
    for field in edition.form_fields:
        if field.get("required"):
            found[str(field["name"])] = _value(field, edition, rng, on)
    return found


def _value(field: Mapping[str, Any], edition: ItemEdition, rng: Random, on: dt.date) -> Any:
    label, kind = str(field["label"]), field["type"]
    if kind == "choice":
        return rng.choice(field["choices"])
    if kind == "date":
        return (on + dt.timedelta(days=rng.randrange(20, 200))).isoformat()
    if kind == "money":
        return rng.randrange(10, 900) * 10_000_00
    if kind == "integer":
        return _count(label, rng)
    text = _text(label, edition, rng, is_subject=edition.application_subject in (label, field["name"]))
    return text[: int(field.get("max_length") or 200)]


def _count(label: str, rng: Random) -> int:
    if "面积" in label or "规模" in label:
        return rng.randrange(6, 240) * 10
    if "人数" in label or "人口" in label or "人员" in label:
        return rng.randrange(3, 9)
    return rng.randrange(2, 40)


def _text(label: str, edition: ItemEdition, rng: Random, *, is_subject: bool) -> str:
    subjects = SUBJECTS.get(edition.item.number or 0)
    if is_subject and subjects:
        return rng.choice(subjects)
    for words, make in _WORDS:
        if any(word in label for word in words):
            return make(rng)
    return "按申请书所附资料"


def _project(rng: Random) -> str:
    return f"{rng.choice(PROJECTS)}项目"


def _place(rng: Random) -> str:
    return f"朔州市{rng.choice(DISTRICTS)}{rng.choice(STREETS)}{rng.randrange(1, 260)}号"


def _person(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN_FEMALE + GIVEN_MALE)


def _code(rng: Random) -> str:
    return f"2026-1406-{rng.randrange(10, 99)}-{rng.randrange(100000):05d}"


def _company(rng: Random) -> str:
    return f"朔州{rng.choice(FIRM_WORDS)}{rng.choice(FIRM_TRADES)}（演示）"


#: Words of a label and what fills the field, the first that fits.
_WORDS: Final = (
    (("项目名称", "工程名称"), _project),
    (("代码", "编号", "证号", "报名号", "提交号"), _code),
    (("公司名称", "施工单位"), _company),
    (("主管单位",), lambda rng: "市直主管部门（演示）"),
    (("地址", "地点", "场所", "位置", "坐落", "住所", "房屋", "场地", "去向", "出生地"), _place),
    (("负责人", "责任人", "管理人员", "专管员"), _person),
    (("电话",), lambda rng: f"0349-000{rng.randrange(2000, 9000)}"),
    (("经营范围", "业务范围", "宗旨"), lambda rng: rng.choice(SHOP_SCOPES)),
    (("面积",), lambda rng: str(rng.randrange(60, 160))),
    (("尺寸",), lambda rng: "24.5×4.2×4.8"),
    (("车辆号牌",), lambda rng: f"晋F{rng.randrange(10000, 99999)}（演示）"),
    (("路线",), lambda rng: "朔城区—山阴县—应县"),
    (("规模",), lambda rng: f"总建筑面积{rng.randrange(8, 600) * 100}平方米，地上{rng.randrange(1, 18)}层"),
    (("资金来源",), lambda rng: "市级财政资金"),
    (("用地性质",), lambda rng: "商业服务业设施用地"),
    (("使用性质",), lambda rng: "公共建筑"),
    (("名录类别",), lambda rng: "四十四、房地产业"),
    (("消防设施",), lambda rng: "室内消火栓、自动喷水灭火、火灾自动报警"),
    (("预处理设施",), lambda rng: "隔油池一座，容积3立方米"),
    (("栋", "建筑"), lambda rng: f"{rng.randrange(1, 9)}号楼"),
    (("气源",), lambda rng: "国新能源管道天然气（演示）"),
    (("矿种",), lambda rng: "石灰岩"),
    (("开户银行",), lambda rng: "朔州市商业银行开发路支行（演示账号）"),
    (("诊疗科目",), lambda rng: "内科、外科、口腔科"),
    (("培训专业",), lambda rng: "焊工（四级）、家政服务员（五级）"),
    (("家庭情况",), lambda rng: "家庭成员患病，收入不足以维持基本生活。"),
    (("措施",), lambda rng: "种植樟子松、沙棘，成活率不低于85%"),
)
