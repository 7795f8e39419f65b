// SPDX-License-Identifier: MIT
//
// The report page: shows what the two JSON texts in it hold. Everything that came from a target reaches the page as
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
  const TYPES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE",
    "CONTINUATION"];
  const FLAGS = { // by frame type: RFC 9113 section 6
    0: { 1: "END_STREAM", 8: "PADDED" },
    1: { 1: "END_STREAM", 4: "END_HEADERS", 8: "PADDED", 32: "PRIORITY" },
    4: { 1: "ACK" }, 5: { 4: "END_HEADERS", 8: "PADDED" }, 6: { 1: "ACK" }, 9: { 4: "END_HEADERS" },
  };
  const SETTINGS = [, "HEADER_TABLE_SIZE", "ENABLE_PUSH", "MAX_CONCURRENT_STREAMS", "INITIAL_WINDOW_SIZE", "MAX_FRAME_SIZE",
    "MAX_HEADER_LIST_SIZE"];
  const ERRORS = ["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"];

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

  const state = { text: "", verdict: "", area: "", level: "", change: "", case: "" };

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
      button.addEventListener("click", () => { filter({ verdict, case: "" }); $("results").scrollIntoView(); });
      $("counts").append(button);
    }
    const cases = results.filter((result) => result.kind === "case").length;
    const facts = [["judged", plural(cases, "case") + ", " + plural(results.length - cases, "rule")], ["took", duration(run.duration_ns)],
      ["started", run.started], ["grpcspec", run.tool], ["nghttp2 (HPACK)", run.nghttp2], ["seed", run.seed],
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
      button.addEventListener("click", () => { filter({ area: name, verdict: "", case: "" }); $("filters").scrollIntoView(); });
      $("areas").append(make("li", {}, button));
    }
  }

  // ---- a case, opened ----

  const typeName = (frame) => frame.type === undefined ? "octets" : TYPES[frame.type] || "type " + frame.type;

  function flagNames(frame) {
    const names = [];
    let rest = frame.flags || 0;
    for (const [bit, name] of Object.entries(FLAGS[frame.type] || {}))
      if (rest & bit) {
        names.push(name);
        rest &= ~bit;
      }
    if (rest)
      names.push("0x" + rest.toString(16).padStart(2, "0"));
    return names;
  }

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
    const rest = (frame.stream !== undefined ? " stream " + frame.stream : "") + " len " + frame.length + (flags ? " " + flags : "") +
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

  const number = (octets) => octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const hex = (octets) => octets.map((octet) => octet.toString(16).padStart(2, "0")).join(" ");
  const ascii = (octets) => octets.map((octet) => octet >= 32 && octet < 127 ? String.fromCharCode(octet) : "·").join("");
  const errorName = (code) => code + (ERRORS[code] ? " " + ERRORS[code] : "");

  // [octets, field, value] of the payload's parts that have a fixed place; the rest is told in rows.
  function payloadParts(frame, payload) {
    const parts = [];
    const take = (count, field, describe) => {
      if (payload.length < count)
        return false;
      const octets = payload.splice(0, count);
      parts.push([octets, field, describe(octets)]);
      return true;
    };
    const flags = frame.flags || 0;
    const last = (octets) => String(number([octets[0] & 127, ...octets.slice(1)]));
    if ([0, 1, 5].includes(frame.type) && flags & 8)
      take(1, "pad length", (o) => String(o[0]));
    if (frame.type === 2 || (frame.type === 1 && flags & 32)) {
      take(4, "dependency", (o) => "stream " + last(o) + (o[0] & 128 ? ", exclusive" : ""));
      take(1, "weight", (o) => String(o[0] + 1));
    }
    if (frame.type === 3)
      take(4, "error code", (o) => errorName(number(o)));
    if (frame.type === 5)
      take(4, "promised stream", last);
    if (frame.type === 7 && take(4, "last stream", last))
      take(4, "error code", (o) => errorName(number(o)));
    if (frame.type === 8)
      take(4, "increment", last);
    while (frame.type === 4 && take(6, "setting", (o) => (SETTINGS[number(o.slice(0, 2))] || "id " + number(o.slice(0, 2))) + " = " + number(o.slice(2))))
      ;
    const names = { 0: "data", 1: "field block", 5: "field block", 6: "opaque", 7: "debug data", 9: "field block" };
    const perRow = window.innerWidth < 640 ? 8 : 16;
    for (let at = 0; at < payload.length; at += perRow) {
      const octets = payload.slice(at, at + perRow);
      parts.push([octets, at === 0 ? names[frame.type] || "payload" : "", ascii(octets)]);
    }
    return parts;
  }

  function annotate(frame) {
    const octets = (frame.octets || "").match(/../g)?.map((pair) => parseInt(pair, 16)) || [];
    const parts = [];
    if (frame.type !== undefined && octets.length >= 9) {
      parts.push([octets.slice(0, 3), "length", String(number(octets.slice(0, 3)))],
        [octets.slice(3, 4), "type", typeName(frame)],
        [octets.slice(4, 5), "flags", flagNames(frame).join(" ") || "none"],
        [octets.slice(5, 9), "stream", String(frame.stream)], ...payloadParts(frame, octets.slice(9)));
    } else {
      parts.push(...payloadParts({}, octets));
    }
    const table = make("table", { class: "bytes" }, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "octets"),
      make("th", { scope: "col" }, "field"), make("th", { scope: "col" }, "value"))));
    const body = make("tbody", {});
    for (const [bytes, field, value] of parts)
      body.append(make("tr", {}, make("td", {}, hex(bytes)), make("td", {}, field), make("td", { class: "value" }, value)));
    const whole = (frame.length || 0) + (frame.type !== undefined ? 9 : 0);
    if (octets.length < whole)
      body.append(make("tr", {}, make("td", { colspan: 3, class: "value" }, `${whole - octets.length} more octets were not kept`)));
    table.append(body);
    return table;
  }

  function showTranscript(result, body) {
    const list = make("ol", { class: "transcript" });
    for (const frame of result.transcript) {
      if (!frame.octets) {
        list.append(make("li", { class: "remark" }, frame.line));
        continue;
      }
      const details = make("details", frame.offending ? { class: "offending" } : {},
        make("summary", {}, frame.line + (frame.offending ? "   ← the one that decided" : "")));
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1)
          details.append(annotate(frame));
      });
      details.open = Boolean(frame.offending);
      list.append(make("li", {}, details));
    }
    body.append(make("h3", {}, "Transcript (a line opens to its octets)"), list);
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
    add("time", result.kind === "case" ? duration(result.duration_ns) : "");
    if (result.first_case)
      pairs.append(make("dt", {}, "first case"),
        make("dd", {}, make("a", { href: hashOf({ case: result.first_case }) }, result.first_case)));
    body.append(pairs);
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
      result.findings ? plural(result.findings, "finding") : "", result.kind === "case" ? duration(result.duration_ns) : ""];
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
    $("reset").addEventListener("click", () => filter({ text: "", verdict: "", area: "", level: "", change: "" }));
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
      (!state.change || changeOf(result) === state.change) && words.every((word) => haystacks.get(result).includes(word));
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
    $("shown").textContent = shown === rows.size ? `all ${rows.size} shown` : `${shown} of ${rows.size} shown`;
    $("none").hidden = shown > 0;
    root.dataset.shown = String(shown);
  }

  // ---- clauses ----

  function showClauses() {
    const clauses = new Map();
    for (const result of results)
      for (const clause of result.clauses)
        clauses.set(clause.id, { clause, about: [...(clauses.get(clause.id)?.about || []), result] });
    if (clauses.size === 0)
      return;
    $("clauses-section").hidden = false;
    $("clauses-title").textContent = `The ${plural(clauses.size, "clause")} these results are about`;
    $("clauses").addEventListener("toggle", () => {
      if ($("clauses-body").children.length > 0)
        return;
      const body = make("tbody", {});
      for (const id of [...clauses.keys()].sort()) {
        const { clause, about } = clauses.get(id);
        const cases = make("td", {});
        for (const result of about)
          cases.append(make("a", { href: hashOf({ case: result.id }), class: result.verdict }, result.verdict + " " + result.id));
        body.append(make("tr", {}, make("td", {}, clause.id), make("td", {}, [clause.level, clause.source].filter(Boolean).join(", ")),
          make("td", {}, clause.text || ""), cases));
      }
      $("clauses-body").append(make("table", {}, make("thead", {}, make("tr", {}, ...["clause", "where", "what it says", "results"].map(
        (name) => make("th", { scope: "col" }, name)))), body));
    });
  }

  const areas = areasOf();
  showHead();
  showAreas(areas);
  prepareFilters(areas);
  showRows();
  showClauses();
  const follow = () => { readHash(); show(); openCase(); };
  window.addEventListener("hashchange", follow);
  follow();
})();
