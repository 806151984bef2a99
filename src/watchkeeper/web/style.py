"""How pages look: one style sheet, by day and by night, with no font and no picture from elsewhere."""

CSS = """
:root {
  --ground: #f4f6f8; --paper: #ffffff; --line: #dfe4ea; --ink: #1b2632; --quiet: #566575;
  --good: #0f6b39; --watch: #8a5a00; --intervene: #b3261e; --link: #0b57d0; --top: #1b2632;
  --chosen: #fff3c9; --differ: #fdeceb; --partly: #fdf6e3; --mark: #1a73e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12171d; --paper: #1a2129; --line: #303a45; --ink: #e4e9ee; --quiet: #9fadbb;
    --good: #6fd39b; --watch: #f0c05a; --intervene: #ff9a90; --link: #8ab4f8; --top: #0b0f13;
    --chosen: #4a4119; --differ: #43262a; --partly: #37311f; --mark: #1a73e8;
  }
}
body, body.body--dark { background: var(--ground); color: var(--ink); font-family: system-ui, sans-serif; }
.nicegui-content { padding: 0; gap: 0; align-items: stretch; }
.wk-page { max-width: 1720px; width: 100%; margin: 0 auto; padding: 14px 22px; }
.wk-page { display: flex; flex-direction: column; gap: 14px; }
.wk-page > *, .wk-grow { min-width: 0; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
a:focus-visible, button:focus-visible, select:focus-visible { outline: 2px solid var(--link); }

.wk-top { display: flex; flex-wrap: wrap; gap: 4px 15px; align-items: baseline; }
.wk-top { background: var(--top); padding: 9px 22px; }
.wk-top a { color: #c9d3dd; font-size: 14px; } .wk-top a.wk-brand { color: #fff; font-weight: 650; }
.wk-top a.wk-brand { font-size: 16px; margin-right: 8px; }
.wk-top a[aria-current] { color: #fff; border-bottom: 2px solid #8ab4f8; }

h1.wk { font-size: 21px; font-weight: 650; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
h2.wk { font-size: 15px; font-weight: 650; line-height: 1.3; margin: 6px 0 0; }
h2.wk .wk-note { font-weight: 400; }
code { font-family: ui-monospace, monospace; font-size: .95em; }
.wk-trail { font-size: 13px; color: var(--quiet); overflow-wrap: anywhere; }
.wk-note { font-size: 13px; color: var(--quiet); }
.wk-good { color: var(--good); } .wk-watch { color: var(--watch); } .wk-intervene { color: var(--intervene); }
.wk-none { color: var(--quiet); } .wk-strong { font-weight: 650; }
.wk-mono { font-family: ui-monospace, monospace; font-size: 12px; }

.wk-row { display: flex; flex-wrap: wrap; gap: 12px; align-items: stretch; }
.wk-card { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.wk-card { padding: 11px 16px; min-width: 150px; max-width: 330px; flex: 1 1 150px; }
.wk-label { font-size: 12px; color: var(--quiet); }
.wk-figure { font-size: 25px; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
.wk-figure.wk-none { font-weight: 400; } .wk-figure.wk-words { font-size: 17px; line-height: 33px; }
.wk-telling { border: 1px solid var(--line); border-left: 4px solid var(--intervene); }
.wk-telling { background: var(--paper); border-radius: 6px; padding: 11px 16px; font-size: 14px; }
.wk-telling.wk-mild { border-left-color: var(--watch); }

.wk-sheet { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; overflow: auto; }
table.wk { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 1.4; }
table.wk th { text-align: left; font-size: 12px; font-weight: 600; color: var(--quiet); padding: 7px 10px; }
table.wk th { white-space: nowrap; background: var(--paper); position: sticky; top: 0; z-index: 1; }
table.wk th { box-shadow: inset 0 -2px 0 var(--line); }
table.wk td { padding: 5px 10px; border-top: 1px solid var(--line); vertical-align: top; }
table.wk td { overflow-wrap: break-word; max-width: 560px; }
table.wk .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.wk .wk-word { white-space: nowrap; } table.wk .wk-long { overflow-wrap: anywhere; }
table.wk td.wk-long { min-width: 220px; } .wk-fields table.wk td.wk-long { min-width: 0; }
table.wk tr[data-field] { cursor: pointer; }
table.wk tr.wk-differ td { background: var(--differ); }
table.wk tr.wk-missing td { background: var(--partly); }
table.wk tr.wk-chosen td { background: var(--chosen); }
table.wk tr.wk-chosen td:first-child { box-shadow: inset 4px 0 0 var(--watch); }
.wk-empty { padding: 18px; color: var(--quiet); font-size: 14px; }

.wk-tabs { display: flex; flex-wrap: wrap; gap: 6px; font-size: 13px; }
.wk-tabs a { padding: 3px 11px; border: 1px solid var(--line); border-radius: 14px; }
.wk-tabs a { background: var(--paper); }
.wk-tabs a[aria-current] { background: var(--link); border-color: var(--link); color: var(--paper); }
.wk-button { background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 6px; }
.wk-button { padding: 3px 11px; font: inherit; font-size: 13px; cursor: pointer; }
.wk-button[aria-pressed=true] { background: var(--link); border-color: var(--link); color: var(--paper); }
form.wk { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; font-size: 13px; }
form.wk select { background: var(--paper); color: var(--ink); border: 1px solid var(--line); }
form.wk select { border-radius: 6px; padding: 4px 8px; }

.wk-difference { margin: 0; padding: 10px 14px; font: 12px/1.5 ui-monospace, monospace; }
.wk-difference .wk-put-in { color: var(--good); } .wk-difference .wk-taken-out { color: var(--intervene); }

.wk-desk { display: flex; gap: 16px; align-items: flex-start; }
.wk-left { flex: 0 0 min(43%, 760px); min-width: 0; display: flex; flex-direction: column; gap: 8px; }
.wk-right { flex: 1 1 auto; min-width: 0; display: flex; flex-direction: column; gap: 8px; }
.wk-bar { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; min-height: 30px; font-size: 13px; }
.wk-view { max-height: calc(100vh - 166px); overflow: auto; border: 1px solid var(--line); background: #fff; }
.wk-view { border-radius: 4px; position: relative; }
.wk-paper { position: relative; } .wk-paper img { display: block; width: 100%; height: 100%; }
.wk-paper svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.wk-mark { fill: var(--mark); fill-opacity: .10; stroke: var(--mark); stroke-width: 1; cursor: pointer; }
.wk-mark.wk-mark-differ { fill: #e07800; stroke: #c05f00; stroke-width: 1.4; stroke-dasharray: 4 2; }
.wk-mark.wk-mark-chosen { fill: #d93025; stroke: #d93025; stroke-width: 2.4; fill-opacity: .14; }
.wk-mark.wk-mark-chosen { pointer-events: none; }
.wk-reading { display: flex; flex-direction: column; gap: 8px; }
.wk-reading { height: calc(100vh - 166px); min-height: 420px; }
.wk-fields { flex: 0 1 auto; min-height: 90px; } .wk-keys { margin-left: auto; }
.wk-fields table.wk { table-layout: fixed; min-width: 640px; }
.wk-fields table.wk th { padding: 7px 8px; width: auto; } .wk-fields table.wk td { padding: 5px 8px; }
.wk-fields table.wk th:first-child { width: 148px; } .wk-fields table.wk th.num { width: 62px; }
.wk-fields table.wk th:last-child { width: 82px; } .wk-fields table.wk td { overflow-wrap: anywhere; }
.wk-detail td:nth-child(2) { min-width: 112px; }
.wk-detail { background: var(--paper); border: 1px solid var(--line); border-left: 4px solid var(--watch); }
.wk-detail { border-radius: 6px; padding: 9px 14px; font-size: 13px; }
.wk-detail { flex: 0 0 auto; max-height: 45%; overflow: auto; }
.wk-detail table.wk td { padding: 3px 10px 3px 0; } .wk-detail table.wk th { padding: 3px 10px 3px 0; }
@media (max-width: 1000px) {
  .wk-desk { flex-direction: column; align-items: stretch; } .wk-left { flex: 0 0 auto; }
}
@media (max-width: 600px) {
  .wk-page { padding: 12px; } .wk-top { padding: 9px 12px; gap: 4px 16px; } .wk-card { min-width: 130px; }
  .wk-keys { display: none; }
}
"""
