// SPDX-License-Identifier: MIT
//
// The report page: shows what the two JSON texts in it hold; what octets mean is in octets.js. Everything that came from a target reaches the page as
// text (textContent, attributes by setAttribute), never as markup. The address's hash keeps filters and the open case.
"use strict";

const root = document.documentElement;
root.dataset.errors = "0";
window.addEventListener("error", (event) => {
  root.dataset.errors = String(Number(root.dataset.errors) + 1);
  root.dataset.error = event.message;
});

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const VERDICTS = ["FAIL", "CRASH", "HANG", "BROKEN", "LENIENT", "PASS", "SKIP"];
  const FINE = new Set(["PASS", "LENIENT", "SKIP"]);
  const MANY_FRAMES = 400; // a ladder longer than this begins with so many, and a button
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const report = read("report");
  const view = read("view");
  const results = report.results;
  const $ = (id) => document.getElementById(id);

  // ---- small things ----

  // Control characters are shown, not obeyed: bidirectional overrides would reorder a line.
  function visible(text) {
    return String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => {
      const code = c.charCodeAt(0);
      return code < 256 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u" + code.toString(16);
    });
  }

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {}))
      element.setAttribute(key, value);
    for (const child of children)
      if (child !== null && child !== undefined)
        element.append(child instanceof Node ? child : visible(child));
    return element;
  }

  function draw(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes))
      element.setAttribute(key, value);
    if (text !== undefined)
      element.textContent = visible(text);
    return element;
  }

  function duration(ns) {
    const ms = ns / 1e6;
    if (ms < 10)
      return ms.toFixed(1) + " ms";
    if (ms < 1000)
      return ms.toFixed(0) + " ms";
    return ms < 60000 ? (ms / 1000).toFixed(1) + " s" : Math.floor(ms / 60000) + " min " + Math.round((ms % 60000) / 1000) + " s";
  }

  const isExpected = (result) => FINE.has(result.verdict) || Boolean(result.expected_by_baseline);
  const plural = (n, word) => n + " " + word + (n === 1 ? "" : "s");

  function changeOf(result) {
    if (!view.against)
      return "";
    const old = Object.hasOwn(view.against.results, result.id) ? view.against.results[result.id] : undefined;
    if (old === undefined)
      return "new";
    if (old === result.verdict)
      return "same";
    if (FINE.has(old) === FINE.has(result.verdict))
      return "changed";
    return FINE.has(old) ? "broken" : "fixed";
  }

  // ---- the address ----

  const state = { text: "", verdict: "", area: "", level: "", change: "", cell: "", case: "", octets: "", clauses: "" };

  function readHash() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const key of Object.keys(state))
      state[key] = given.get(key) || "";
  }

  function hashOf(wanted) {
    const parameters = new URLSearchParams();
    for (const [key, value] of Object.entries(wanted))
      if (value)
        parameters.set(key, value);
    return "#" + parameters.toString().replace(/%2F/g, "/");
  }

  // Replaced, so that typing does not fill the history.
  function writeHash() {
    history.replaceState(null, "", hashOf(state) === "#" ? location.pathname + location.search : hashOf(state));
  }

  function filter(changes) {
    Object.assign(state, changes);
    writeHash();
    show();
  }

  // ---- the first screen ----

  function showHead() {
    const run = report.run;
    $("target").textContent = visible(run.target || "");
    $("sentence").textContent = visible(view.sentence);
    $("sentence").classList.toggle("bad", !run.success);
    document.title = visible(view.sentence) + " · grpcspec";
    for (const verdict of VERDICTS) {
      const count = results.filter((result) => result.verdict === verdict).length;
      if (count === 0)
        continue;
      const button = make("button", { type: "button", "aria-label": `${count} ${verdict}: show these` },
        make("b", {}, count), make("span", { class: "badge " + verdict }, verdict));
      button.addEventListener("click", () => { filter({ verdict, case: "" }); $("results-title").scrollIntoView(); });
      $("counts").append(button);
    }
    for (const change of view.against ? ["broken", "fixed", "changed"] : []) {
      const count = results.filter((result) => changeOf(result) === change).length;
      const button = make("button", { type: "button", "aria-label": `${count} ${change} since the earlier run: show these` },
        make("b", {}, count), make("span", { class: "badge change-" + change }, change));
      button.addEventListener("click", () => { filter({ change, verdict: "", case: "" }); $("results-title").scrollIntoView(); });
      $("counts").append(button);
    }
    const cases = results.filter((result) => result.kind === "case").length;
    const facts = [["judged", plural(cases, "case") + (cases < results.length ? ", " + plural(results.length - cases, "rule") : "")], ["took", run.duration_ns ? duration(run.duration_ns) : ""],
      ["started", run.started], ["grpcspec", run.tool], ["nghttp2 (HPACK)", run.nghttp2], ["seed", run.tool && run.segmentation ? run.seed : ""],
      ["segmentation", run.segmentation], ...Object.entries(run.facts)];
    if (view.against)
      facts.push(["compared with", view.against.name]);
    for (const [name, value] of facts)
      if (value)
        $("facts").append(make("div", {}, make("dt", {}, name), make("dd", {}, value)));
    for (const problem of run.problems)
      $("problems").append(make("li", {}, problem));
    if (run.interrupted)
      $("problems").append(make("li", {}, "Interrupted: cases that had not begun are missing."));
  }

  function areasOf() {
    const areas = new Map();
    for (const result of results) {
      const name = result.area || "";
      areas.set(name, [...(areas.get(name) || []), result]);
    }
    return areas;
  }

  function showAreas(areas) {
    for (const [name, members] of areas) {
      const judged = members.filter((result) => result.verdict !== "SKIP");
      const fine = judged.filter(isExpected).length;
      const bar = make("span", { class: "bar", "aria-hidden": "true" });
      for (const verdict of ["PASS", "LENIENT", "FAIL", "CRASH", "HANG", "BROKEN", "SKIP"]) {
        const count = members.filter((result) => result.verdict === verdict).length;
        if (count === 0)
          continue;
        const part = make("span", { class: "fill-" + verdict });
        part.style.flexGrow = count;
        bar.append(part);
      }
      const button = make("button", { type: "button" }, make("span", { class: "name" }, name),
        make("span", { class: fine < judged.length ? "tally bad" : "tally" },
          judged.length ? `${fine} of ${judged.length} fine` : "skipped"), bar);
      button.addEventListener("click", () => { filter({ area: name, verdict: "", case: "" }); $("results-title").scrollIntoView(); });
      $("areas").append(make("li", {}, button));
    }
  }

  // ---- a case, opened ----

  const { typeName, flagNames } = octets;

  function drawArrow(frame, y, width, left, right) {
    const sent = frame.direction === "sent";
    const group = draw("g", { class: frame.offending ? "arrow offending" : "arrow" });
    const head = sent ? right - 3 : left + 3;
    const back = sent ? head - 8 : head + 8;
    if (frame.offending)
      group.append(draw("rect", { class: "wash", x: 0, y: y - 19, width, height: 26 }));
    group.append(draw("line", { x1: sent ? left : right, x2: back, y1: y, y2: y }),
      draw("path", { d: `M${head} ${y}L${back} ${y - 4}L${back} ${y + 4}Z` }),
      draw("text", { class: "quiet", x: 2, y: y + 4 }, (frame.at_ns / 1e6).toFixed(1)));
    const label = draw("text", { x: left + 10, y: y - 5 });
    const roomy = right - left > 380;
    const flags = flagNames(frame).map((name) => roomy ? name : name.replace("END_", "E_")).join(" ");
    const rest = (frame.stream !== undefined ? " stream " + frame.stream : "") + (frame.length !== undefined ? " len " + frame.length : "") + (flags ? " " + flags : "") +
      (frame.connection > 1 ? " conn " + frame.connection : "");
    const type = draw("tspan", { class: "type" }, (frame.offending ? "▶ " : "") + typeName(frame));
    label.append(type, draw("tspan", { class: "quiet" }, roomy ? rest : rest.replace(" stream ", " s")));
    group.append(label);
    return group;
  }

  function drawLadder(frames, width) {
    const left = 46, right = width - 14, row = 28;
    const height = 30 + frames.length * row + 6;
    const offending = frames.findIndex((frame) => frame.offending);
    const svg = draw("svg", { class: "ladder", role: "img", width, height, viewBox: `0 0 ${width} ${height}`, "aria-label":
      `Ladder of ${plural(frames.length, "entry").replace("entrys", "entries")} between grpcspec and the target` +
      (offending >= 0 ? `; number ${offending + 1} is the one that decided` : "") + ". The transcript below says the same in words." });
    svg.append(draw("text", { class: "who", x: left - 6, y: 12 }, "grpcspec"),
      draw("text", { class: "who", x: right + 6, y: 12, "text-anchor": "end" }, "target"),
      draw("text", { class: "quiet", x: 2, y: 24 }, "ms"),
      draw("line", { class: "life", x1: left, x2: left, y1: 18, y2: height }),
      draw("line", { class: "life", x1: right, x2: right, y1: 18, y2: height }));
    frames.forEach((frame, index) => {
      const y = 30 + (index + 1) * row - 6;
      if (frame.direction !== "remark") {
        svg.append(drawArrow(frame, y, width, left, right));
        return;
      }
      const most = Math.floor((right - left) / 6.6);
      const words = (frame.line || "").replace(/^\s*[\d.]+ ms\s+(c\d+ )?\*\s*/, "");
      svg.append(draw("text", { class: "quiet", x: (left + right) / 2, y: y - 2, "text-anchor": "middle" },
        words.length > most ? words.slice(0, most - 1) + "…" : words));
    });
    return svg;
  }

  function showLadder(frames, body) {
    const holder = make("div", {});
    body.append(make("h3", {}, "What was said"), holder);
    const width = Math.max(290, Math.min(holder.clientWidth || 700, 820));
    const put = (count) => holder.replaceChildren(drawLadder(frames.slice(0, count), width));
    put(MANY_FRAMES);
    if (frames.length <= MANY_FRAMES)
      return;
    const more = make("button", { type: "button", class: "small" }, `Draw all ${frames.length}`);
    more.addEventListener("click", () => put(frames.length));
    holder.append(more);
  }

  // Rows of octets, as many in each as fit.
  function hex(list) {
    const perRow = window.innerWidth < 640 ? 8 : 16, rows = [];
    for (let at = 0; at < list.length; at += perRow)
      rows.push(list.slice(at, at + perRow).map((octet) => octet.toString(16).padStart(2, "0")).join(" "));
    return rows.join("\n");
  }

  function showOctets(frame, parts) {
    const table = make("table", { class: "bytes" }, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "octets"),
      make("th", { scope: "col" }, "field"), make("th", { scope: "col" }, "value"))));
    const body = make("tbody", {});
    for (const [list, field, value] of parts)
      body.append(make("tr", {}, make("td", {}, hex(list)), make("td", { class: "field" }, field),
        make("td", { class: "value" }, value)));
    const kept = (frame.octets || "").length / 2;
    const whole = (frame.length || 0) + (frame.type !== undefined ? 9 : 0);
    if (kept < whole)
      body.append(make("tr", {}, make("td", { colspan: 3, class: "value" }, `${whole - kept} more octets were not kept`)));
    table.append(body);
    return table;
  }

  function showTranscript(result, body) {
    const list = make("ol", { class: "transcript" });
    const partsOf = octets.annotate(result.transcript);
    for (const frame of result.transcript) {
      if (!frame.octets) {
        list.append(make("li", { class: "remark" }, frame.line));
        continue;
      }
      const details = make("details", frame.offending ? { class: "offending" } : {},
        make("summary", {}, frame.line + (frame.offending ? "   ← the one that decided" : "")));
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1)
          details.append(showOctets(frame, partsOf(frame)));
      });
      details.open = Boolean(frame.offending) || state.octets === "open";
      list.append(make("li", {}, details));
    }
    const all = make("button", { type: "button", class: "small" });
    all.textContent = state.octets === "open" ? "Close all" : "Open all";
    all.addEventListener("click", () => {
      const lines = [...list.querySelectorAll("details")], open = lines.some((line) => !line.open);
      lines.forEach((line) => { line.open = open; });
      all.textContent = open ? "Close all" : "Open all";
    });
    body.append(make("div", { class: "heading" }, make("h3", {}, "Transcript (a line opens to its octets)"), all), list);
    if (result.transcript_dropped)
      body.append(make("p", {}, `${result.transcript_dropped} more entries could not be kept.`));
  }

  function showClausesOf(result, body) {
    for (const clause of result.clauses)
      body.append(make("div", { class: "clause" }, make("p", {}, clause.text || ""),
        make("p", { class: "from" }, [clause.id, clause.level, clause.source].filter(Boolean).join(" · "))));
  }

  function showPairs(result, body) {
    const pairs = make("dl", { class: "pairs" });
    const add = (name, value, kind) => {
      if (value)
        pairs.append(make("dt", {}, name), make("dd", kind ? { class: kind } : {}, value));
    };
    add("expected", result.expected);
    add(result.verdict === "SKIP" ? "why" : "seen", result.seen, isExpected(result) ? "" : "seen");
    add("notes", result.notes.join("\n"));
    add("baseline", result.expected_by_baseline ? result.baseline_reason || "a known deviation" : "");
    add("before", ["fixed", "broken", "changed"].includes(changeOf(result)) ? view.against.results[result.id] : "");
    add("source", result.where ? result.where.file + ":" + result.where.line : "");
    add("time", result.duration_ns ? duration(result.duration_ns) : "");
    if (result.first_case)
      pairs.append(make("dt", {}, "first case"),
        make("dd", {}, make("a", { href: hashOf({ case: result.first_case }) }, result.first_case)));
    body.append(pairs);
  }

  function showOutput(result, body) {
    if (result.output)
      body.append(make("h3", {}, "What the target printed meanwhile, for cases beside this one too"),
        make("pre", { class: "output", tabindex: "0" }, result.output));
  }

  function showRepeat(result, body) {
    const line = make("p", {}, make("a", { href: hashOf({ case: result.id }) }, "Link to this result"));
    if (result.repeat) {
      const copy = make("button", { type: "button", class: "small" }, "Copy");
      copy.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(result.repeat);
          copy.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(copy.previousSibling); // no clipboard from a file: select it instead
        }
      });
      body.append(make("h3", {}, "Run just this again"),
        make("div", { class: "command" }, make("pre", { tabindex: "0" }, result.repeat), copy));
    }
    body.append(line);
  }

  function fill(row, result) {
    const body = make("div", { class: "body" });
    row.append(body);
    showClausesOf(result, body);
    showPairs(result, body);
    if (result.transcript.length > 0) {
      showLadder(result.transcript, body);
      showTranscript(result, body);
    }
    showOutput(result, body);
    showRepeat(result, body);
  }

  // ---- the list ----

  const rows = new Map();
  const haystacks = new Map();

  // What needs a person comes first; otherwise the suite's order.
  const rank = (result) => isExpected(result) ? 1 + VERDICTS.indexOf(result.verdict) : 0;

  function makeRow(result) {
    const change = changeOf(result);
    const asides = [result.expected_by_baseline ? "known" : "", ["fixed", "broken", "changed"].includes(change) ? change : "",
      result.findings ? plural(result.findings, "finding") : "", result.duration_ns ? duration(result.duration_ns) : ""];
    const row = make("details", { class: "result", "data-id": result.id }, make("summary", {},
      make("span", { class: "badge " + result.verdict }, result.verdict), make("span", { class: "id" }, result.id),
      make("span", { class: "aside" }, asides.filter(Boolean).join(" · ")), make("span", { class: "title" }, result.title || "")));
    row.addEventListener("toggle", () => {
      if (row.open && row.children.length === 1)
        fill(row, result);
      if (row.open)
        state.case = result.id;
      else if (state.case === result.id)
        state.case = "";
      writeHash();
    });
    return row;
  }

  function showRows() {
    const list = $("results");
    for (const result of [...results].sort((a, b) => rank(a) - rank(b))) {
      const row = makeRow(result);
      rows.set(result, row);
      haystacks.set(result, [result.id, result.title, result.expected, result.seen, ...result.notes,
        ...result.clauses.map((clause) => `${clause.id} ${clause.source} ${clause.text}`)].join("\n").toLowerCase());
      list.append(row);
    }
    root.dataset.rows = String(rows.size);
  }

  function offer(id, label, values) {
    $(id).append(make("option", { value: "" }, label));
    for (const [value, text] of values)
      $(id).append(make("option", { value }, text));
    $(id).addEventListener("change", () => filter({ [id]: $(id).value, case: "" }));
  }

  function prepareFilters(areas) {
    const levels = [...new Set(results.map((result) => result.level).filter(Boolean))];
    offer("verdict", "all", [["unexpected", "not as expected"], ...VERDICTS.map((verdict) => [verdict, verdict])]);
    offer("area", "all", [...areas.keys()].map((area) => [area, area]));
    offer("level", "all", levels.map((level) => [level, level]));
    offer("change", "all", ["fixed", "broken", "changed", "new", "same"].map((change) => [change, change]));
    $("change-label").hidden = !view.against;
    $("text").addEventListener("input", () => filter({ text: $("text").value, case: "" }));
    $("reset").addEventListener("click", () => filter({ text: "", verdict: "", area: "", level: "", change: "", cell: "" }));
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
        return;
      event.preventDefault();
      $("text").focus();
    });
    document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); $("results").focus(); });
  }

  function matches(result) {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = state.verdict === "unexpected" ? !isExpected(result) : !state.verdict || result.verdict === state.verdict;
    return verdict && (!state.area || result.area === state.area) && (!state.level || result.level === state.level) &&
      (!state.change || changeOf(result) === state.change) && (!state.cell || cellOf(result)?.row === state.cell) && words.every((word) => haystacks.get(result).includes(word));
  }

  function openCase() {
    const result = results.find((candidate) => candidate.id === state.case);
    if (!result)
      return;
    const row = rows.get(result);
    row.hidden = false;
    row.open = true;
    if (row.children.length === 1)
      fill(row, result); // its toggle comes later
    row.scrollIntoView();
    root.dataset.frames = String(result.transcript.filter((frame) => frame.direction !== "remark").length);
    root.dataset.arrows = String(row.querySelectorAll("svg .arrow").length);
    root.dataset.offending = String(row.querySelectorAll("svg .offending").length);
  }

  function show() {
    let shown = 0;
    for (const [result, row] of rows) {
      row.hidden = !matches(result);
      shown += !row.hidden;
    }
    for (const id of ["text", "verdict", "area", "level", "change"])
      if ($(id).value !== state[id])
        $(id).value = state[id];
    $("shown").textContent = (shown === rows.size ? `all ${rows.size} shown` : `${shown} of ${rows.size} shown`) +
      (state.cell ? ` (${state.cell})` : "");
    $("none").hidden = shown > 0;
    root.dataset.shown = String(shown);
  }

  // ---- the linter ----

  function linkTo(result) {
    return make("a", { href: hashOf({ case: result.id }), class: result.verdict }, result.verdict + " " + result.id);
  }

  function showLinter() {
    const rules = results.filter((result) => result.kind === "rule");
    if (rules.length === 0)
      return;
    const broken = rules.filter((rule) => rule.findings);
    $("linter-section").hidden = false;
    $("linter-title").textContent = broken.length ? `The linter: ${broken.length} of ${plural(rules.length, "rule")} broken`
      : `The linter: none of its ${plural(rules.length, "rule")} was broken`;
    const list = make("ul", {});
    for (const rule of broken)
      list.append(make("li", {}, linkTo(rule), ` ${plural(rule.findings, "time")}, first in `,
        rule.first_case ? make("a", { href: hashOf({ case: rule.first_case }) }, rule.first_case) : "a case", `. ${rule.title || ""}`));
    $("linter").append(list);
  }

  // ---- clauses ----

  function clausesOf() {
    const clauses = new Map();
    for (const result of results)
      for (const clause of result.clauses)
        clauses.set(clause.id, { clause, about: [...(clauses.get(clause.id)?.about || []), result] });
    for (const clause of report.unjudged || [])
      if (!clauses.has(clause.id))
        clauses.set(clause.id, { clause, about: [] });
    return clauses;
  }

  function clauseRow({ clause, about }) {
    const cell = make("td", {});
    for (const result of about)
      cell.append(linkTo(result));
    if (about.length === 0)
      cell.append(clause.why || "No case is about it.");
    return make("tr", {}, make("td", {}, clause.id), make("td", {}, [clause.level, clause.source].filter(Boolean).join(", ")),
      make("td", {}, clause.text || ""), cell);
  }

  // Made when it is opened: it is as long as the results.
  function showClauses() {
    const clauses = clausesOf();
    if (clauses.size === 0)
      return;
    const without = [...clauses.values()].filter(({ about }) => about.length === 0).length;
    $("clauses-section").hidden = false;
    $("clauses-title").textContent = `The ${plural(clauses.size - without, "clause")} these results are about` +
      (without ? `, and ${without} that no case is about` : "");
    $("clauses").addEventListener("toggle", () => {
      if ($("clauses-body").children.length > 0)
        return;
      const body = make("tbody", {});
      for (const id of [...clauses.keys()].sort())
        body.append(clauseRow(clauses.get(id)));
      $("clauses-body").append(make("table", {}, make("thead", {}, make("tr", {}, ...["clause", "where", "what it says", "results"].map(
        (name) => make("th", { scope: "col" }, name)))), body));
      root.dataset.clauses = String(body.children.length);
    });
    $("clauses").open = state.clauses === "open";
  }

  // ---- the interop matrix: results whose ids are interop/CLIENT/SERVER/CASE[/tls][/via/PROXY] ----

  function cellOf(result) {
    const [kind, client, server, testCase, ...how] = result.id.split("/");
    if (kind !== "interop" || !testCase)
      return null;
    return { client, server: [server, ...how].join(" "), row: `interop/${client}/${server}/*` + how.map((word) => "/" + word).join("") };
  }

  function showMatrix() {
    const cells = new Map(), clients = new Set(), servers = new Set();
    for (const result of results) {
      const name = cellOf(result);
      if (!name)
        continue;
      clients.add(name.client);
      servers.add(name.server);
      const key = name.client + "\n" + name.server;
      const cell = cells.get(key) || { name, members: [] };
      cell.members.push(result);
      cells.set(key, cell);
    }
    if (cells.size === 0)
      return;
    const head = make("tr", {}, make("th", { scope: "col" }, "server \\ client"));
    for (const client of clients)
      head.append(make("th", { scope: "col" }, client));
    const body = make("tbody", {});
    for (const server of servers) {
      const row = make("tr", {}, make("th", { scope: "row" }, server));
      for (const client of clients)
        row.append(matrixCell(cells.get(client + "\n" + server)));
      body.append(row);
    }
    $("matrix").append(make("table", {}, make("thead", {}, head), body));
    $("matrix-section").hidden = false;
    $("areas-section").hidden = true;
    root.dataset.cells = String(cells.size);
  }

  function matrixCell(cell) {
    if (!cell)
      return make("td", {}, "–");
    const judged = cell.members.filter((result) => result.verdict !== "SKIP");
    const fine = judged.filter(isExpected).length;
    const kind = judged.length === 0 ? "SKIP" : fine < judged.length ? "FAIL" : "PASS";
    const words = judged.length === 0 ? "skipped" : `${fine}/${judged.length}`;
    const button = make("button", { type: "button", class: kind, "aria-label":
      `${cell.name.client} to ${cell.name.server}: ${words}; show these` }, words);
    button.addEventListener("click", () => {
      filter({ cell: cell.name.row, text: "", verdict: "", area: "", case: "" });
      $("results-title").scrollIntoView();
    });
    return make("td", {}, button);
  }

  const areas = areasOf();
  readHash();
  showHead();
  showMatrix();
  showAreas(areas);
  prepareFilters(areas);
  showRows();
  showLinter();
  showClauses();
  const follow = () => { readHash(); show(); openCase(); };
  window.addEventListener("hashchange", follow);
  follow();
  root.dataset.ms = String(Math.round(performance.now())); // from the navigation until all is shown
})();
