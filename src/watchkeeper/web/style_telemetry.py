"""How the pages of telemetry look, beside what every page shares."""

CSS = """
.wk-fall td, table.wk.wk-fall th[scope=row] { border-top: 1px solid var(--line); padding: 4px 10px; }
table.wk.wk-fall th[scope=row] { font-weight: 400; font-size: 13px; color: var(--ink); position: static; }
table.wk.wk-fall th[scope=row] { box-shadow: none; white-space: normal; background: none; }
table.wk.wk-fall th[scope=row] { max-width: 380px; overflow-wrap: anywhere; }
.wk-fall th:nth-child(2), .wk-fall .wk-time { width: 46%; }
.wk-axis { position: relative; height: 1.4em; font-weight: 400; }
.wk-axis span { position: absolute; white-space: nowrap; } .wk-axis .wk-end { right: 0; }
.wk-track { position: relative; height: 14px; margin-top: 3px; }
.wk-track { background: linear-gradient(90deg, var(--line) 1px, transparent 1px) 0 0/25% 100%; }
.wk-stripe { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; }
.wk-stripe { background: var(--mark); }
.wk-stripe.wk-failed { background: repeating-linear-gradient(45deg, #d93025 0 5px, #8c1d18 5px 9px); }
table.wk.wk-fall tr.wk-chosen th { background: var(--chosen); box-shadow: inset 4px 0 0 var(--watch); }
.wk-split { display: grid; grid-template-columns: minmax(0, 1fr) minmax(320px, 32%); gap: 16px; }
.wk-split { align-items: start; } .wk-split > * { min-width: 0; }
.wk-aside { position: sticky; top: 12px; max-height: calc(100vh - 24px); overflow: auto; }
.wk-aside { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.wk-aside { padding: 12px 16px; font-size: 13px; } .wk-aside h2.wk { margin-top: 12px; }
.wk-aside h2.wk:first-child { margin-top: 0; } .wk-aside p { margin: 4px 0; }
.wk-facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 14px; margin: 0; }
.wk-facts { font-size: 13px; } .wk-facts dt { color: var(--quiet); }
.wk-facts dd { margin: 0; overflow-wrap: anywhere; }
.wk-message { border-left: 3px solid var(--line); padding: 2px 0 2px 10px; margin: 8px 0; }
pre.wk-said { font: inherit; font-size: 13px; line-height: 1.45; margin: 2px 0; }
pre.wk-said { white-space: pre-wrap; overflow-wrap: anywhere; }
details > summary { cursor: pointer; } details > summary:focus-visible { outline: 2px solid var(--link); }
summary { overflow-wrap: anywhere; } summary::before { content: "▸ "; }
details[open] > summary::before { content: "▾ "; }
form.wk label { color: var(--quiet); display: inline-flex; gap: 5px; align-items: center; }
form.wk input, form.wk textarea { background: var(--paper); color: var(--ink); font: inherit; }
form.wk input, form.wk textarea { border: 1px solid var(--line); border-radius: 6px; padding: 3px 8px; }
form.wk input:focus-visible, form.wk textarea:focus-visible { outline: 2px solid var(--link); }
form.wk { color-scheme: light dark; } .wk-filters { flex: 1 1 100%; }
.wk-filters > div { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 6px; align-items: center; }
.wk-filters summary { color: var(--quiet); }
form.wk select { max-width: 260px; } form.wk input { max-width: 100%; }
form.wk input[type=number] { width: 90px; } form.wk input[type=search] { width: 260px; }
form.wk input[type=text] { width: 150px; }
form.wk fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 8px; }
form.wk label.wk-wide { flex: 1 1 100%; flex-wrap: wrap; } form.wk label.wk-wide textarea { flex: 1 1 320px; }
form.wk legend { float: left; padding: 0 8px 0 0; } form.wk.wk-box { padding: 12px 16px; }
.wk-controls { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.wk-controls { padding: 10px 14px; display: flex; flex-direction: column; gap: 8px; }
table.wk td.wk-preview { max-width: 320px; min-width: 170px; overflow-wrap: anywhere; font-size: 12px; }
.wk-chart { width: 100%; height: 320px; background: var(--paper); border: 1px solid var(--line); }
.wk-chart { border-radius: 8px; } .wk-chart svg text { fill: var(--quiet) !important; }
figure.wk-figure-box { margin: 0; min-width: 0; display: flex; flex-direction: column; gap: 6px; }
.wk-many .wk-facts { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px 18px; }
.wk-many .wk-facts { grid-auto-flow: row; }
.wk-charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); }
.wk-charts { gap: 14px; } .wk-charts > * { min-width: 0; }
.wk-two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 16px; }
.wk-two > * { min-width: 0; } .wk-two > section { display: flex; flex-direction: column; gap: 6px; }
form.wk fieldset[hidden] { display: none; } form.wk button[type=submit] { font-weight: 650; }
.wk-wide-two { grid-template-columns: repeat(auto-fit, minmax(min(620px, 100%), 1fr)); }
details > .wk-sheet { margin-top: 8px; }
.wk-box { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; }
@media (max-width: 1000px) {
  .wk-split { grid-template-columns: minmax(0, 1fr); } .wk-aside { position: static; max-height: none; }
}
@media (max-width: 600px) {
  .wk-fall thead { display: none; }
  .wk-fall tr { display: grid; grid-template-columns: minmax(0, 1fr) 90px; padding: 3px 0; }
  .wk-fall tr { border-top: 1px solid var(--line); } .wk-fall td.num:empty { display: none; }
  .wk-fall td.num:last-child { grid-column: 2; }
  table.wk.wk-fall th[scope=row] { grid-column: 1 / -1; max-width: none; }
  table.wk.wk-fall td.wk-time { width: auto; } table.wk.wk-fall td { padding: 0 10px; }
  table.wk.wk-fall td, table.wk.wk-fall th[scope=row] { border-top: 0; }
  .wk-top { gap: 2px 15px; } .wk-top a { padding: 4px 0; } .wk-top a.wk-brand { flex: 1 0 100%; }
  form.wk input, form.wk select, form.wk textarea { width: 100%; max-width: none; flex: 1 1 100%; }
  form.wk input[type=search], form.wk input[type=text], form.wk input[type=number] { width: 100%; }
  form.wk input[type=radio] { width: auto; flex: 0 0 auto; }
  form.wk label { flex: 1 1 calc(50% - 8px); flex-wrap: wrap; min-width: 0; }
  .wk-controls form.wk, .wk-controls { gap: 8px; }
}
"""
