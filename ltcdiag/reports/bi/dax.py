"""The measures of the Power BI model: what each one is, where it lives, how it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from ...words import say


@dataclass(frozen=True)
class Measure:
    """A measure. key: its name is the sentence bi.m_<key>. table: where it lives. dax: names of other measures stand in
    braces by their keys. folder: bi.folder_<folder>. form: how it is shown."""

    key: str
    table: str
    folder: str
    dax: str
    form: str = "#,0"

    def name(self, lang: str) -> str:
        """What it is called."""
        return say(f"bi.m_{self.key}", lang)

    def text(self, lang: str) -> str:
        """Its DAX, with the names of a language."""
        names = {each.key: f"[{each.name(lang)}]" for each in MEASURES}
        return self.dax.format_map(names)


_DAYS, _SHARE = "#,0.0", "0.0%"
_TIME_LEDGER = 'fact_finding[ledger] = "time"'

MEASURES = (
    Measure("cases", "dim_case", "cases", "COUNTROWS(dim_case)"),
    Measure("open_cases", "dim_case", "cases", 'CALCULATE({cases}, KEEPFILTERS(dim_case[state] = "open"))'),
    Measure("closed_cases", "dim_case", "cases", 'CALCULATE({cases}, KEEPFILTERS(dim_case[state] = "closed"))'),
    Measure("open_share", "dim_case", "cases", "DIVIDE({open_cases}, {cases})", _SHARE),
    Measure("cases_started", "dim_case", "cases",
            "CALCULATE({cases}, USERELATIONSHIP(dim_case[start_date_key], dim_date[date_key]))"),
    Measure("cases_ended", "dim_case", "cases",
            "CALCULATE({closed_cases}, USERELATIONSHIP(dim_case[end_date_key], dim_date[date_key]))"),
    Measure("median_closed_days", "dim_case", "time",
            'CALCULATE(MEDIAN(dim_case[days]), KEEPFILTERS(dim_case[state] = "closed"))', _DAYS),
    Measure("median_open_days", "dim_case", "time", "MEDIAN(dim_case[open_days])", _DAYS),
    Measure("events", "fact_event", "cases", "COUNTROWS(fact_event)"),
    Measure("events_per_case", "fact_event", "cases", "DIVIDE({events}, DISTINCTCOUNT(fact_event[case_key]))", "0.0"),
    Measure("moves", "fact_move", "time", "COUNTROWS(fact_move)"),
    Measure("median_gap", "fact_move", "time", "MEDIAN(fact_move[gap_days])", "#,0.00"),
    Measure("p90_gap", "fact_move", "time", "PERCENTILE.INC(fact_move[gap_days], 0.9)", "#,0.00"),
    Measure("mean_gap", "fact_move", "time", "AVERAGE(fact_move[gap_days])", "#,0.00"),
    Measure("total_gap", "fact_move", "time", "SUM(fact_move[gap_days])", _DAYS),
    Measure("handover_share", "fact_move", "time",
            "DIVIDE(CALCULATE({moves}, KEEPFILTERS(fact_move[changes_party] = TRUE())), "
            "CALCULATE({moves}, KEEPFILTERS(NOT ISBLANK(fact_move[changes_party]))))", _SHARE),
    # money of different currencies is never added: no number unless one currency is left
    Measure("case_value", "fact_money", "money",
            "IF(HASONEVALUE(fact_money[currency]), SUM(fact_money[amount]))", "#,0.00"),
    Measure("findings", "fact_finding", "findings", "COUNTROWS(fact_finding)"),
    # days of findings outside the ledger of time are those of others, seen from another side
    Measure("finding_days", "fact_finding", "findings",
            f"CALCULATE(SUM(fact_finding[days]), KEEPFILTERS({_TIME_LEDGER}))", _DAYS),
    Measure("finding_cases", "bridge_finding_case", "findings", "DISTINCTCOUNT(bridge_finding_case[case_key])"),
)
