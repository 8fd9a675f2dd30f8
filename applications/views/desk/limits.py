"""The words around an act: its button, its limits by law, what it does, what comes next."""

from __future__ import annotations

from applications import rules
from applications.models import Case
from portal.web.dates import date_text, day_text

#: Where the transition's own word says too little on a button.
VERBS = {
    "accept": "受理",
    "ask_correction": "出具补正告知书",
    "supply": "收下补正材料",
    "review": "签名并提交批准人",
    "grant": "签名并准予",
    "refuse": "作出不予决定",
    "return_to_reviewer": "退回审核人",
    "pause": "启动特别程序（暂停计时）",
    "resume": "结束特别程序",
    "extend": "批准延期",
    "conclude": "办结",
    "deliver": "登记送达",
    "post": "登记交寄",
    "announce": "登记公告送达",
    "delivery_failed": "登记退回或者送达不成",
    "withdraw": "登记撤回申请",
    "release": "退回待办，转给别人",
}
DONE = {
    "accept": "已受理",
    "ask_correction": "已告知补正",
    "supply": "补正齐全，已受理",
    "not_required": "已作出不受理决定",
    "not_competent": "已作出不予受理决定",
    "review": "审核意见已提交批准人",
    "return_to_reviewer": "已退回审核人",
    "pause": "特别程序已启动，计时暂停",
    "resume": "特别程序已结束，恢复计时",
    "extend": "已延期",
    "grant": "已作出准予决定",
    "refuse": "已作出不予决定",
    "conclude": "已办结",
    "deliver": "已送达",
    "post": "已登记交寄",
    "announce": "已登记公告送达",
    "delivery_failed": "已登记送达不成",
    "withdraw": "已撤回",
}


#: What each step of the delivery does.
DELIVERY = {
    "deliver": ["系统出具送达回证，送达日期写在回证上。"],
    "post": ["寄出不是送达：对方签收以后登记送达，退回的登记退回。"],
    "announce": ["受送达人下落不明，或者别的方式送不到的，才能公告。自公告之日起满三十日视为送达，期满以后登记送达。"],
    "delivery_failed": ["登记以后本件仍然要送达，请换一种方式。"],
}


#: What an answer that takes no case up means.
_ENDED = "本件到此结束，不再审核。申请人收到决定书后 60 日内可以申请复议，6 个月内可以起诉。"


def short(action: str, case: Case) -> str:
    """One line beside a rare act."""
    if action == "pause":
        names = "、".join(procedure.name for procedure in rules.procedures_of(case.edition))
        return f"仅限{names}等法定情形" if names else "本事项没有可以暂停计时的法定程序"
    if action == "extend":
        most, due = rules.longest_extension(case.edition), case.clock.promised_due_on
        when = f"{day_text(due)}以前，" if due is not None else ""
        return f"{when}最多 {most} 个工作日，一次" if most else "本事项不能延期"
    return {
        "resume": "比预计提前结束时使用；到预计日期自动恢复",
        "release": "别人可以认领",
        "not_required": "依法不需要许可的，当天告知",
        "not_competent": "不属于本机关职权的，当天告知",
        "withdraw": "申请人交来书面申请的",
    }.get(action, "")


def explained(action: str, case: Case) -> list[str]:
    """What the page of an act says before the form: effect, limit, law."""
    due = case.clock.promised_due_on
    sentences: dict[str, list[str]] = {
        "accept": ["受理后当天出具受理通知书，承诺期限从第二天算第 1 天。"],
        "ask_correction": [
            "补正只能告知一次，请把要补的都写全（行政许可法第三十二条）。",
            f"申请人有 {case.edition.correction_days} 天补正；补齐的当天受理。",
        ],
        "supply": ["每一项都收到材料后当天受理，出具受理通知书。缺一项就不能提交。"],
        "not_required": [
            "依法不需要取得许可的，当天告知；以后作出的注明逾期。",
            "作出后本件结束，不再审核，不能撤回。救济途径要写明复议 60 日、诉讼 6 个月。",
        ],
        "not_competent": [
            "依法不属于本机关职权的，当天告知，并说明向哪个机关申请。",
            "作出后本件结束，不再审核，不能撤回。救济途径要写明复议 60 日、诉讼 6 个月。",
        ],
        "review": ["意见签上您的姓名，交给批准人。审核人不能同时是批准人。"],
        "return_to_reviewer": ["退回后由原审核人继续办理，期限照常计算。"],
        "pause": [
            short("pause", case) + "（行政许可法第四十五条）。",
            "暂停期间不计入期限。系统出具特别程序告知书，书面告诉申请人。",
        ],
        "resume": ["恢复计时，从第二天接着算。"],
        "extend": [
            "由本行政机关负责人批准，理由告诉申请人（行政许可法第四十二条）。",
            f"{short('extend', case)}。承诺和法定两个到期日一起后移。",
        ],
        "grant": ["当天出具准予行政许可决定书。作出后不能撤回。"],
        "refuse": ["说明理由，告知复议和诉讼的权利（行政许可法第三十八条）。作出后不能撤回。"],
        "conclude": ["登记证照或者批文的编号。办结以后登记送达。"],
        "withdraw": ["申请人交来书面撤回申请的，写明理由。撤回后办件结束。"],
    }
    found = sentences.get(action, [])
    if action in DELIVERY and case.clock.delivery_due_on is not None:
        due_sentence = f"送达最迟 {date_text(case.clock.delivery_due_on)}（行政许可法第四十四条）。"
        found = [due_sentence, *DELIVERY[action]]
    if action in ("review", "grant", "refuse") and due is not None and case.decided_at is None:
        found = [*found, f"承诺 {date_text(due)}到期。"]
    return found


def what_follows(action: str, case: Case) -> str:
    """The last line of the confirmation: whose turn it is."""
    due = case.clock.promised_due_on
    if action in ("accept", "supply") and due is not None:
        return f"承诺 {date_text(due)}到期。审核人可以认领办理。"
    follows = {
        "review": "批准人可以认领办理。",
        "return_to_reviewer": "由原审核人继续办理。",
        "grant": "由窗口登记证照编号并办结。",
        "refuse": "由窗口办结并送达决定书。",
        "conclude": "请登记送达。",
        "deliver": "本件全部办完。",
        "not_required": _ENDED,
        "not_competent": _ENDED,
        "post": "签收以后登记送达；退回的登记退回。",
        "announce": "公告期满以后登记送达。",
        "delivery_failed": "请换一种方式送达。",
    }
    if action == "ask_correction" and case.clock.correction_due_on is not None:
        return f"申请人最迟 {date_text(case.clock.correction_due_on)}补正。"
    if action == "pause" and case.clock.pause_until is not None:
        return f"预计 {date_text(case.clock.pause_until)}恢复计时。"
    if action == "extend" and due is not None:
        return f"新的承诺到期日是 {date_text(due)}。"
    return follows.get(action, "")
