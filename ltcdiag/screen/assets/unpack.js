// A packed log made plain again: base64, deflate, and whole numbers of seven bits a byte (packing.py writes them).

async function unpackedLog(packed) {
  const bytes = await inflatedBytes(bytesOfBase64(packed.data));
  const parts = new Map();
  let at = 0;
  for (const [name, length] of packed.parts) {
    parts.set(name, bytes.subarray(at, at + length));
    at += length;
  }
  return packedTables(packed, parts);
}

function packedTables(packed, parts) {
  const n = packed.cases, ticks = packed.tick_us;
  const variants = variantLists(parts.get("variants"), packed.variants);
  const variantOf = wholeNumbers(parts.get("case_variant"), n, Int32Array);
  const started = summedSteps(wholeNumbers(parts.get("case_start"), n, Float64Array));
  const before = wholeNumbers(parts.get("case_first"), n, Float64Array);
  const offsets = new Int32Array(n + 1);
  for (let c = 0; c < n; c++) offsets[c + 1] = offsets[c] + variants[variantOf[c]].length;
  const gaps = wholeNumbers(parts.get("gaps"), offsets[n], Float64Array);
  const sets = packed.attributes.map((column, i) => wholeNumbers(parts.get("attribute_" + i), n, Int32Array));
  const people = parts.has("people") ? wholeNumbers(parts.get("people"), offsets[n], Int32Array) : null;
  const ids = JSON.parse(new TextDecoder().decode(parts.get("ids")));
  const findingCases = packed.findings.map(([key, many]) => [...wholeNumbers(parts.get("finding_" + key), many, Int32Array)]);
  return {...packed, findingCases, n, ticks, variants, variantOf, started, before, offsets, gaps, sets, people, ids,
    state: parts.get("state"), act: activityOfEvents(variants, variantOf, offsets, n)};
}

function activityOfEvents(variants, variantOf, offsets, n) {
  const act = new Int32Array(offsets[n]);
  for (let c = 0; c < n; c++) act.set(variants[variantOf[c]], offsets[c]);
  return act;
}

function variantLists(bytes, many) {
  const lists = [];
  let at = 0;
  const next = () => {
    let value = 0, scale = 1, byte;
    do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte > 127);
    return value;
  };
  for (let v = 0; v < many; v++) {
    const list = new Int32Array(next());
    for (let i = 0; i < list.length; i++) list[i] = next();
    lists.push(list);
  }
  return lists;
}

function wholeNumbers(bytes, many, Kind) {
  const found = new Kind(many);
  for (let i = 0, at = 0; i < many; i++) {
    let value = 0, scale = 1, byte;
    do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte > 127);
    found[i] = value;
  }
  return found;
}

// Steps from one to the next: 0, 1, -1, 2, -2 … are written as 0, 1, 2, 3, 4.
function summedSteps(steps) {
  let sum = 0;
  for (let i = 0; i < steps.length; i++) {
    const half = Math.floor((steps[i] + 1) / 2);
    sum += steps[i] % 2 ? half : -half;
    steps[i] = sum;
  }
  return steps;
}

function bytesOfBase64(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function inflatedBytes(bytes) {
  if (typeof DecompressionStream === "undefined") return inflatedSlowly(bytes);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// RFC 1951 for browsers without DecompressionStream; two bytes of zlib's head come first.
function inflatedSlowly(bytes) {
  const out = [];
  let at = 2, hold = 0, bits = 0, last = 0;
  const take = (n) => {
    while (bits < n) { hold |= bytes[at++] << bits; bits += 8; }
    const value = hold & ((1 << n) - 1);
    hold >>>= n;
    bits -= n;
    return value;
  };
  const symbol = (code) => {
    let value = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length++) {
      value |= take(1);
      const many = code.counts[length];
      if (value - many < first) return code.symbols[index + (value - first)];
      index += many;
      first = (first + many) << 1;
      value <<= 1;
    }
    throw new Error("damaged data");
  };
  const fixed = [huffmanCode(Array.from({length: 288}, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
    huffmanCode(new Array(30).fill(5))];
  while (!last) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) {
      hold = 0; bits = 0;
      const length = bytes[at] | (bytes[at + 1] << 8);
      at += 4;
      for (let i = 0; i < length; i++) out.push(bytes[at++]);
      continue;
    }
    const [literals, distances] = kind === 1 ? fixed : dynamicCodes(take, symbol);
    for (;;) {
      const found = symbol(literals);
      if (found === 256) break;
      if (found < 256) { out.push(found); continue; }
      const length = INFLATE_LENGTHS[found - 257] + take(INFLATE_LENGTH_BITS[found - 257]);
      const far = symbol(distances);
      const back = INFLATE_FAR[far] + take(INFLATE_FAR_BITS[far]);
      for (let i = 0; i < length; i++) out.push(out[out.length - back]);
    }
  }
  return Uint8Array.from(out);
}

const INFLATE_LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258];
const INFLATE_LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const INFLATE_FAR = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577];
const INFLATE_FAR_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
  13];
const INFLATE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function huffmanCode(lengths) {
  const counts = new Array(16).fill(0), offsets = new Array(16).fill(0), symbols = [];
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  for (let i = 1; i < 16; i++) offsets[i] = offsets[i - 1] + counts[i - 1];
  lengths.forEach((length, i) => { if (length) symbols[offsets[length]++] = i; });
  return {counts, symbols};
}

function dynamicCodes(take, symbol) {
  const literals = take(5) + 257, distances = take(5) + 1, many = take(4) + 4;
  const lengths = new Array(19).fill(0);
  for (let i = 0; i < many; i++) lengths[INFLATE_ORDER[i]] = take(3);
  const code = huffmanCode(lengths), all = [];
  while (all.length < literals + distances) {
    const found = symbol(code);
    if (found < 16) { all.push(found); continue; }
    const again = found === 16 ? 3 + take(2) : found === 17 ? 3 + take(3) : 11 + take(7);
    const value = found === 16 ? all[all.length - 1] : 0;
    for (let i = 0; i < again; i++) all.push(value);
  }
  return [huffmanCode(all.slice(0, literals)), huffmanCode(all.slice(literals))];
}
