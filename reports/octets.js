// SPDX-License-Identifier: MIT
//
// What the octets of a transcript mean, part by part: frame headers, payloads, HPACK field blocks (RFC 7541) and gRPC's
// length-prefixed messages. Reads only; a block is decoded with the dynamic table that the blocks before it left, so the
// frames are taken in order. Nothing here touches the page.
"use strict";

const octets = (() => {
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
  // RFC 7541 Appendix A, from 1; "name: value"
  const STATIC = (":authority|:method: GET|:method: POST|:path: /|:path: /index.html|:scheme: http|:scheme: https|:status: 200|" +
    ":status: 204|:status: 206|:status: 304|:status: 400|:status: 404|:status: 500|accept-charset|accept-encoding: gzip, deflate|" +
    "accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|" +
    "content-encoding|content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|" +
    "from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|" +
    "proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|" +
    "transfer-encoding|user-agent|vary|via|www-authenticate").split("|").map((entry) => {
    const colon = entry.indexOf(": ");
    return colon < 0 ? [entry, ""] : [entry.slice(0, colon), entry.slice(colon + 2)];
  });
  // Appendix B: the length of each octet's code, a digit in base 36; the code is canonical, so lengths say it all.
  const LENGTHS = "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f5656566657766" +
    "6567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmpqqqrrqopjlqrrqrollqq" +
    "srrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu";

  const codes = (() => { // by length: a map from code to octet (256: the end)
    const order = [...LENGTHS].map((digit, octet) => [parseInt(digit, 36), octet]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const byLength = Array.from({ length: 31 }, () => new Map());
    let code = 0, last = order[0][0];
    for (const [length, octet] of order) {
      code *= 2 ** (length - last);
      last = length;
      byLength[length].set(code++, octet);
    }
    return byLength;
  })();

  const number = (list) => list.reduce((sum, octet) => sum * 256 + octet, 0);
  const ascii = (list) => list.map((octet) => octet >= 32 && octet < 127 ? String.fromCharCode(octet) : "·").join("");
  const errorName = (code) => code + (ERRORS[code] ? " " + ERRORS[code] : "");
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

  // ---- HPACK ----

  function huffman(coded) {
    const out = [];
    let code = 0, length = 0;
    for (const octet of coded)
      for (let bit = 7; bit >= 0; bit--) {
        code = code * 2 + (octet >> bit & 1);
        length++;
        const symbol = codes[length]?.get(code);
        if (symbol !== undefined) {
          out.push(symbol);
          code = length = 0;
        } else if (length > 30) {
          throw new Error("no Huffman code");
        }
      }
    return out;
  }

  // A field block of one side of a connection: reads `block` from `at` on, remembering in `table`.
  class Reader {
    constructor(block, table) {
      this.block = block;
      this.table = table;
      this.at = 0;
    }

    octet() {
      if (this.at >= this.block.length)
        throw new Error("ends too early");
      return this.block[this.at++];
    }

    integer(bits) {
      const most = 2 ** bits - 1;
      let value = this.octet() & most;
      if (value < most)
        return value;
      for (let shift = 1; ; shift *= 128) {
        const octet = this.octet();
        value += (octet & 127) * shift;
        if (octet < 128)
          return value;
        if (shift > 2 ** 40)
          throw new Error("an integer without end");
      }
    }

    string() {
      const coded = this.block[this.at] >> 7;
      const length = this.integer(7);
      if (this.at + length > this.block.length)
        throw new Error("a string ends too early");
      const list = this.block.slice(this.at, this.at + length);
      this.at += length;
      return { text: ascii(coded ? huffman(list) : list), coded: coded === 1 };
    }

    entry(index) {
      const dynamic = this.table.entries[index - STATIC.length - 1];
      if (index > 0 && index <= STATIC.length)
        return STATIC[index - 1];
      if (dynamic)
        return dynamic;
      if (this.table.lost)
        return ["(entry " + index + ", of a block that was not kept)", "?"];
      throw new Error(index === 0 ? "index 0" : "index " + index + " is beyond the tables");
    }

    add(name, value) {
      this.table.entries.unshift([name, value]);
      this.trim(this.table.size);
    }

    trim(size) {
      this.table.size = size;
      let used = 0;
      this.table.entries = this.table.entries.filter(([name, value]) => (used += name.length + value.length + 32) <= size);
    }

    literal(bits, how) {
      const index = this.integer(bits);
      const named = index ? null : this.string();
      const name = index ? this.entry(index)[0] : named.text;
      const value = this.string();
      if (bits === 6)
        this.add(name, value.text);
      const coding = named?.coded || value.coded ? ", Huffman" : "";
      return { field: "literal, " + (index ? "name " + index : "new name") + how + coding, name, value: value.text };
    }

    // [what it is, name, value] of the next representation
    next() {
      const first = this.block[this.at];
      if (first & 128) {
        const index = this.integer(7);
        const [name, value] = this.entry(index);
        return { field: "indexed " + index, name, value };
      }
      if (first & 64)
        return this.literal(6, ", indexed");
      if (first & 32) {
        const size = this.integer(5);
        this.trim(size);
        return { field: "table size", value: String(size) };
      }
      return this.literal(4, first & 16 ? ", never indexed" : "");
    }
  }

  // Parts of a whole block; where it is wrong, the rest is one part that says so.
  function fieldParts(block, cut, table, fields) {
    const reader = new Reader(block, table), parts = [];
    while (reader.at < block.length) {
      const start = reader.at;
      try {
        const { field, name, value } = reader.next();
        if (name !== undefined)
          fields.push([name, value]);
        parts.push([block.slice(start, reader.at), field, name === undefined ? value : name + ": " + value]);
      } catch (error) {
        parts.push([block.slice(start), cut ? "" : "not decodable", cut ? "the rest was not kept" : error.message]);
        break;
      }
    }
    return parts;
  }

  // ---- frames ----

  // Takes parts off the front of a payload.
  class Payload {
    constructor(list, parts) {
      this.list = list;
      this.parts = parts;
    }

    take(count, field, describe) {
      if (this.list.length < count)
        return false;
      const list = this.list.splice(0, count);
      this.parts.push([list, field, describe(list)]);
      return true;
    }
  }

  const streamOf = (list) => String(number([list[0] & 127, ...list.slice(1)]));

  function takeFixed(frame, payload) {
    const flags = frame.flags || 0;
    if (frame.type === 2 || (frame.type === 1 && flags & 32)) {
      payload.take(4, "dependency", (o) => "stream " + streamOf(o) + (o[0] & 128 ? ", exclusive" : ""));
      payload.take(1, "weight", (o) => String(o[0] + 1));
    }
    if (frame.type === 3)
      payload.take(4, "error code", (o) => errorName(number(o)));
    if (frame.type === 5)
      payload.take(4, "promised stream", streamOf);
    if (frame.type === 7 && payload.take(4, "last stream", streamOf))
      payload.take(4, "error code", (o) => errorName(number(o)));
    if (frame.type === 8)
      payload.take(4, "increment", streamOf);
    while (frame.type === 4 && payload.take(6, "setting",
      (o) => (SETTINGS[number(o.slice(0, 2))] || "id " + number(o.slice(0, 2))) + " = " + number(o.slice(2))))
      ;
  }

  // One side of one connection, as far as its frames were seen.
  const newSide = () => ({ table: { entries: [], size: 4096, lost: false }, block: null, messages: new Map(), grpc: new Set() });

  // A block may go on in CONTINUATION frames: it is decoded when it is whole, and stands with the frame that began it.
  function takeBlock(frame, list, cut, parts, side) {
    if (frame.type !== 9)
      side.block = { list: [], parts, cut: false };
    if (!side.block) {
      parts.push([list, "field block", "of no HEADERS"]);
      return;
    }
    side.block.list.push(...list);
    side.block.cut = side.block.cut || cut;
    if (frame.type === 9)
      parts.push([list, "field block", "goes on from the frame before; decoded there"]);
    if (!((frame.flags || 0) & 4))
      return;
    const fields = [];
    side.block.parts.push(...fieldParts(side.block.list, side.block.cut, side.table, fields));
    if (side.block.cut)
      side.table.lost = true;
    side.block = null;
    if (fields.some(([name, value]) => name === "content-type" && value.startsWith("application/grpc")))
      side.grpc.add(frame.stream);
  }

  // Length-prefixed messages; one may begin in one DATA frame and end in another. `length` counts what was not kept as well.
  function takeMessages(payload, length, stream, side) {
    const state = side.messages.get(stream) || { head: [], left: 0 };
    side.messages.set(stream, state);
    while (length > 0) {
      if (state.left > 0) {
        const here = Math.min(state.left, length);
        payload.take(Math.min(here, payload.list.length), "message", ascii);
        state.left -= here;
        length -= here;
        continue;
      }
      const missing = Math.min(5 - state.head.length, length);
      const list = payload.list.splice(0, missing);
      length -= missing;
      state.head.push(...list);
      if (state.head.length < 5) {
        payload.parts.push([list, "message prefix", "in part"]);
        return;
      }
      const flag = state.head[0];
      state.left = number(state.head.slice(1));
      if (list.length === 5)
        payload.parts.push([list.slice(0, 1), "compressed", flag === 0 ? "0, no" : flag === 1 ? "1, yes" : String(flag)],
          [list.slice(1), "message length", String(state.left)]);
      else
        payload.parts.push([list, "message prefix", `the rest; compressed ${flag}, length ${state.left}`]);
      state.head = [];
    }
  }

  function payloadParts(frame, list, side, isGrpc) {
    const parts = [], payload = new Payload(list, parts);
    const kept = list.length;
    let pad = 0;
    if ([0, 1, 5].includes(frame.type) && (frame.flags || 0) & 8)
      payload.take(1, "pad length", (o) => String(pad = o[0]));
    takeFixed(frame, payload);
    const cut = kept < frame.length;
    const padding = cut || pad > list.length ? [] : list.splice(list.length - pad, pad);
    if ([1, 5, 9].includes(frame.type))
      takeBlock(frame, list, cut, parts, side);
    else if (frame.type === 0 && isGrpc)
      takeMessages(payload, cut ? frame.length - (kept - list.length) - pad : list.length, frame.stream, side);
    else if (list.length > 0)
      parts.push([list, { 0: "data", 6: "opaque", 7: "debug data" }[frame.type] || "payload", ascii(list)]);
    if (padding.length > 0)
      parts.push([padding, "padding", ""]);
    return parts;
  }

  function headParts(frame, list) {
    return [[list.slice(0, 3), "length", String(number(list.slice(0, 3)))], [list.slice(3, 4), "type", typeName(frame)],
      [list.slice(4, 5), "flags", flagNames(frame).join(" ") || "none"], [list.slice(5, 9), "stream", String(frame.stream)]];
  }

  // For each entry of a transcript: [octets, field, value] of its parts.
  function annotate(transcript) {
    const sides = new Map(), all = new Map();
    const sideOf = (frame, direction) => {
      const key = frame.connection + direction;
      if (!sides.has(key))
        sides.set(key, newSide());
      return sides.get(key);
    };
    for (const frame of transcript) {
      const list = (frame.octets || "").match(/../g)?.map((pair) => parseInt(pair, 16)) || [];
      if (frame.type === undefined || list.length < 9) {
        const text = ascii(list);
        all.set(frame, list.length ? [[list, text.startsWith("PRI * HTTP/2.0") ? "preface" : "", text]] : []);
        continue;
      }
      const isGrpc = ["sent", "received"].some((direction) => sideOf(frame, direction).grpc.has(frame.stream));
      const parts = headParts(frame, list);
      const rest = payloadParts(frame, list.slice(9), sideOf(frame, frame.direction), isGrpc);
      // a block that goes on adds its parts to this very array later
      all.set(frame, { head: parts, rest });
    }
    return (frame) => {
      const parts = all.get(frame) || [];
      return Array.isArray(parts) ? parts : [...parts.head, ...parts.rest];
    };
  }

  return { annotate, typeName, flagNames };
})();
