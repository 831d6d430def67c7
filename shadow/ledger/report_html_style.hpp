#pragma once

#include <string_view>

namespace pgduet::ledger {

/// The style sheet of the HTML report: system fonts, light and dark, no outside resource.
inline constexpr std::string_view html_style = R"css(
:root { color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --line: #e1e4ea; --text: #1b2130; --soft: #5c6577;
  --good: #14804a; --good-back: #e3f5ea; --bad: #c02b2b; --bad-back: #fdeaea;
  --warn: #9a6200; --warn-back: #fdf3dc; --accent: #2f5fd0; --shadow-bar: #8a5cd6;
  --code: #f0f2f6; --skip: #b6bdcb; --raise: 0 1px 2px rgb(20 28 48 / .06),
  0 4px 16px rgb(20 28 48 / .05); }
@media (prefers-color-scheme: dark) { :root {
  --page: #11141b; --card: #1a1f2a; --line: #2c3342; --text: #e6e9f0; --soft: #98a2b5;
  --good: #4ccb88; --good-back: #12301f; --bad: #ff7b7b; --bad-back: #3a1a1c;
  --warn: #f0b849; --warn-back: #35290f; --accent: #7ea2ff; --shadow-bar: #b48cff;
  --code: #11151d; --skip: #4a5366; --raise: none; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 64px; }
header { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: baseline;
  margin-bottom: 18px; }
header b { font-size: 18px; letter-spacing: -.01em; }
header span { color: var(--soft); font-size: 13.5px; }
h2 { font-size: 17px; margin: 38px 0 12px; letter-spacing: -.01em; }
h2 small { color: var(--soft); font-weight: 400; font-size: 13.5px; margin-left: 8px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: var(--raise); }
.verdict { display: flex; gap: 20px; padding: 24px 26px; border-left-width: 6px;
  align-items: center; }
.verdict svg { flex: none; width: 48px; height: 48px; }
.verdict h1 { font-size: 25px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -.02em; }
.verdict p { margin: 0; } .verdict p + p { margin-top: 4px; color: var(--soft); }
.parity { border-left-color: var(--good); background: linear-gradient(90deg, var(--good-back),
  var(--card) 60%); }
.findings { border-left-color: var(--bad); background: linear-gradient(90deg, var(--bad-back),
  var(--card) 60%); }
.insufficient { border-left-color: var(--warn); background: linear-gradient(90deg,
  var(--warn-back), var(--card) 60%); }
.parity h1, .parity svg { color: var(--good); } .findings h1, .findings svg { color: var(--bad); }
.insufficient h1, .insufficient svg { color: var(--warn); }
.route { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; margin-top: 14px;
  padding: 12px 18px; font-size: 14px; }
.store { border: 1px solid var(--line); border-radius: 8px; padding: 3px 12px; font-weight: 600; }
.store small { color: var(--soft); font-weight: 400; margin-left: 6px; }
.route .push { margin-left: auto; color: var(--soft); font-size: 13px; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr));
  gap: 12px; }
.number { padding: 14px 16px; } .number b { display: block; font-size: 24px; line-height: 1.25;
  letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; } .number span { color: var(--soft); font-size: 13px; }
.number.bad b { color: var(--bad); } .number.warn b { color: var(--warn); }
.stack { margin-top: 12px; padding: 16px 18px; }
.stack svg { display: block; width: 100%; height: 18px; border-radius: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 10px; font-size: 13px;
  color: var(--soft); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px;
  margin-right: 6px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px;
  white-space: nowrap; }
th, td { padding: 9px 16px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre { font: 12.5px/1.55 ui-monospace, "SF Mono", "Cascadia Mono", Menlo,
  "DejaVu Sans Mono", monospace; }
td code { overflow-wrap: anywhere; }
pre { margin: 0; padding: 12px 14px; background: var(--code); border: 1px solid var(--line);
  border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 340px; overflow: auto; }
.finding { padding: 18px 20px; margin-bottom: 14px; border-left: 4px solid var(--bad); }
.finding header { margin-bottom: 10px; } .finding h3 { margin: 0; font-size: 15.5px; }
.tag { font-size: 12px; font-weight: 600; border-radius: 999px; padding: 2px 10px;
  background: var(--bad-back); color: var(--bad) !important; }
.label { color: var(--soft); font-size: 12.5px; font-weight: 600; margin: 12px 0 4px; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0 14px; }
@media (max-width: 720px) { .sides { grid-template-columns: 1fr; }
  .verdict { align-items: flex-start; padding: 18px; } th, td { padding: 8px 10px; } }
.sides > div { min-width: 0; display: flex; flex-direction: column; } .sides pre { flex: 1; }
mark { background: var(--bad-back); color: var(--bad); font-weight: 600; border-radius: 3px;
  padding: 1px 3px; margin: 0 -3px; }
.sides .p pre { border-top: 3px solid var(--accent); }
  .sides .s pre { border-top: 3px solid var(--shadow-bar); }
.meta { margin: 12px 0 0; color: var(--soft); font-size: 13px; }
.bars { min-width: 190px; } .bars svg { display: block; width: 100%; height: 20px; }
.times { white-space: nowrap; font-size: 13px; } .times i { display: inline-block; width: 8px;
  height: 8px; border-radius: 2px; margin-right: 6px; }
i.p { background: var(--accent); } i.s { background: var(--shadow-bar); }
rect.p { fill: var(--accent); } rect.s { fill: var(--shadow-bar); }
.slow { color: var(--bad); font-weight: 600; } .quiet { color: var(--soft); }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
@media print { body { background: #fff; } .card { box-shadow: none; break-inside: avoid; }
  pre { max-height: none; } }
)css";

}  // namespace pgduet::ledger
