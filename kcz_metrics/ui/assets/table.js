// The table component. Data reach the page as text content only. Sorting happens here; opening a row is told to the server.
const SVG = "http://www.w3.org/2000/svg";
const RIGHT = new Set(["number", "rank"]);
const CENTRE = new Set(["move", "check"]);
const orders = new WeakMap();
const watchers = new WeakMap();

function make(tag, classes, text) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
}

const at = (value, [low, high]) => Math.max(0, Math.min(100, (100 * (value - low)) / (high - low || 1)));
const colour = (part) => {
  if (part.pillar !== undefined && part.pillar !== null) return `var(--kcz-pillar-${part.pillar % 5})`;
  const tones = { none: "sunken", quantity: "tier-1", up: "up", down: "down", faint: "faint", accent: "accent", interval: "interval", step1: "sequence-1", step3: "sequence-3", step5: "sequence-5" };
  return `var(--kcz-${tones[part.tone] || "tier-1"})`;
};
const chip = (cell) => make("span", `tier tier${cell.level}`, cell.t);
const missing = (title) => {
  const node = make("span", "missing", "—");
  if (title) node.title = title;
  return node;
};

function worded(cell, classes) {
  const given = typeof cell === "object" ? cell : { t: String(cell) };
  if (given.t === "—" || given.t === null || given.t === undefined) return missing(given.title);
  const node = make("span", classes + (given.estimated ? " estimated" : ""), given.t);
  if (given.title) node.title = given.title;
  if (given.sub) node.append(" ", make("span", "sub", given.sub));
  return node;
}

function bar(cell, column) {
  const domain = column.domain || [0, 100];
  const blank = (cell.parts || []).length === 0 && cell.t === undefined && (cell.mark === undefined || cell.mark === null);
  if (blank) return make("span");
  const box = make("span", "plot");
  const track = make("span", "track");
  track.append(make("span", "bed"));
  let from = domain[0];
  for (const part of cell.parts || []) {
    const piece = make("span", "part");
    piece.style.left = `${at(from, domain)}%`;
    piece.style.width = `calc(${at(from + part.v, domain) - at(from, domain)}% - ${cell.parts.length > 1 ? 1 : 0}px)`;
    piece.style.background = colour(part);
    if (part.t) piece.title = part.t;
    track.append(piece);
    from += part.v;
  }
  if (cell.mark !== undefined && cell.mark !== null) {
    const mark = make("span", "mark");
    mark.style.left = `${at(cell.mark, domain)}%`;
    track.append(mark);
  }
  track.setAttribute("role", "img");
  track.setAttribute("aria-label", cell.label || (cell.parts || []).map((p) => p.t || p.v).join(", ") || cell.t || "");
  box.append(track);
  if (cell.t !== undefined) box.append(make("span", "figure", cell.t));
  return box;
}

function interval(cell, column, words) {
  const box = make("span", "plot");
  const track = make("span", "track");
  for (const tick of column.ticks || []) {
    const line = make("span", "tick");
    line.style.left = `${at(tick, column.domain)}%`;
    track.append(line);
  }
  if (cell.low !== undefined && cell.low !== null) {
    const whisker = make("span", "whisker");
    whisker.style.left = `${at(cell.low, column.domain)}%`;
    whisker.style.width = `${at(cell.high, column.domain) - at(cell.low, column.domain)}%`;
    track.append(whisker);
  }
  if (cell.was !== undefined && cell.was !== null) {
    const ring = make("span", "ring");
    ring.style.left = `${at(cell.was, column.domain)}%`;
    track.append(ring);
  }
  const dot = make("span", cell.level === undefined || cell.level === null ? "dot" : `dot tier tier${cell.level}`);
  dot.style.left = `${at(cell.at, column.domain)}%`;
  track.append(dot);
  const range = cell.low === undefined || cell.low === null ? "" : cell.low === cell.high ? `${cell.low}` : `${cell.low}–${cell.high}`;
  track.setAttribute("role", "img");
  track.setAttribute("aria-label", `${words.rank} ${cell.at}${range ? `, ${cell.low} ${words.to} ${cell.high}` : ""}`);
  box.append(track);
  if (cell.t !== "") box.append(make("span", "figure", cell.t !== undefined ? cell.t : range));
  return box;
}

function delta(cell, column) {
  const half = column.domain || 1;
  const box = make("span", "plot");
  const track = make("span", "track");
  track.append(make("span", "zero"));
  const step = make("span", "step");
  const width = Math.min(50, (50 * Math.abs(cell.v)) / half);
  step.style.width = `${width}%`;
  step.style.left = cell.v >= 0 ? "50%" : `${50 - width}%`;
  step.style.background = cell.v >= 0 ? "var(--kcz-up)" : "var(--kcz-down)";
  track.append(step);
  box.append(track, make("span", `figure ${cell.v > 0 ? "up" : cell.v < 0 ? "down" : "still"}`, cell.t));
  return box;
}

function spark(cell, column) {
  const known = cell.map((v, i) => [i, v]).filter(([, v]) => v !== null && v !== undefined);
  if (known.length === 0) return missing();
  const [width, height] = [72, 18];
  const values = known.map(([, v]) => v);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i) => 3 + ((width - 6) * i) / Math.max(1, cell.length - 1);
  const y = (v) => {
    const share = high === low ? 0.5 : (v - low) / (high - low);
    return 3 + (height - 6) * (column.down ? share : 1 - share);
  };
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", values.join(", "));
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", known.map(([i, v]) => `${x(i)},${y(v)}`).join(" "));
  line.setAttribute("fill", "none");
  line.style.stroke = "var(--kcz-interval)";
  line.style.strokeWidth = "1.5";
  const end = document.createElementNS(SVG, "circle");
  const [i, v] = known[known.length - 1];
  end.setAttribute("cx", x(i));
  end.setAttribute("cy", y(v));
  end.setAttribute("r", 3);
  end.style.fill = "var(--kcz-accent)";
  svg.append(line, end);
  return svg;
}

function move(cell, words) {
  if (cell === null || cell === undefined) return missing(words.fresh);
  const node = make("span", cell > 0 ? "up" : cell < 0 ? "down" : "still", cell > 0 ? `▲${cell}` : cell < 0 ? `▼${-cell}` : "–");
  node.setAttribute("aria-label", cell > 0 ? `${words.up} ${cell}` : cell < 0 ? `${words.down} ${-cell}` : words.same);
  return node;
}

function content(cell, column, words) {
  const type = column.type;
  if (type === "move") return move(cell, words);
  if (cell === null || cell === undefined) return type === "flags" ? make("span") : missing();
  if (type === "name") return worded(cell, "name");
  if (type === "number") return worded(cell, column.strong ? "strong" : "");
  if (type === "rank") return make("span", "rank", cell);
  if (type === "tier") return chip(cell);
  if (type === "interval") return interval(cell, column, words);
  if (type === "bar") return bar(cell, column);
  if (type === "delta") return cell.v === null || cell.v === undefined ? missing(cell.title) : delta(cell, column);
  if (type === "spark") return spark(cell, column);
  const box = make("span");
  if (type === "shift") box.append(chip(cell.from), ...(cell.to ? [make("span", "arrowto", "→"), chip(cell.to)] : []));
  else if (type === "flags")
    for (const flag of cell) {
      const node = make("span", `flag ${flag.kind || ""}`, flag.t || flag);
      if (flag.title) node.title = flag.title;
      box.append(node);
    }
  else if (type === "check") {
    const given = typeof cell === "object" ? cell : { v: cell };
    box.append(make("span", given.v ? "ok" : "down", given.v ? "✓" : "✗"));
    if (given.t) box.append(make("span", "", ` ${given.t}`));
  } else return worded(cell, column.wrap ? "wrap" : column.quiet ? "quiet" : "");
  return box;
}

// A range: each of its ends opens apart; one number where both are the same.
function range(cell, keys, pressed) {
  const box = make("span", "figure range");
  cell.ends.forEach((words, i) => {
    if (i) box.append("–");
    box.append(pressed(make("span", "", words), keys[i]));
  });
  return box;
}

function weigh(cell, type) {
  if (cell === null || cell === undefined) return null;
  if (type === "interval") return cell.at;
  if (type === "tier") return cell.level;
  if (type === "shift") return cell.to.level;
  if (type === "bar") return (cell.parts || []).reduce((sum, part) => sum + part.v, 0);
  if (type === "spark") return cell[cell.length - 1];
  if (type === "flags") return cell.length;
  if (typeof cell === "object") return cell.v !== undefined ? cell.v : cell.t;
  return cell;
}

function sorted(rows, columns, order, lang) {
  if (!order) return rows;
  const column = columns.find((c) => c.key === order.key);
  if (!column) return rows;
  const sign = order.down ? -1 : 1;
  const compare = (a, b) => (typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b), lang) : a - b);
  return [...rows].sort((a, b) => {
    const [x, y] = [weigh(a[column.key], column.type), weigh(b[column.key], column.type)];
    if (x === null || x === undefined || y === null || y === undefined) return (x === null || x === undefined) - (y === null || y === undefined);
    return sign * compare(x, y);
  });
}

function separator(words, dashed, width) {
  const row = make("tr", dashed ? "separator dashed" : "separator");
  const cell = make("td", "", words);
  cell.colSpan = width;
  row.append(cell);
  return row;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".root");
  const { columns, words, lang } = data;
  document.documentElement.lang = lang;
  root.lang = lang;
  for (const [name, value] of Object.entries(data.tokens)) root.style.setProperty(`--${name}`, value);
  root.classList.toggle("tall", Boolean(data.height));
  root.style.maxHeight = data.height ? `${data.height}px` : "";

  // Cells draw closer together, step by step, where the table is wider than its place or names take more than two lines.
  // Only then does it scroll in itself.
  const crowded = () =>
    root.scrollWidth > root.clientWidth + 1 || [...root.querySelectorAll("td.is-name.wrap")].some((cell) => cell.firstChild.offsetHeight > 42);
  function fit() {
    root.classList.toggle("tight", columns.length > 8);
    root.classList.remove("tighter");
    for (const closer of ["tight", "tighter"]) if (crowded()) root.classList.add(closer);
  }

  const pinned = columns.find((c) => c.type === "name");
  const side = (c) => (RIGHT.has(c.type) ? "right" : CENTRE.has(c.type) ? "centre" : "") + (c === pinned ? " pin" : "");

  function draw() {
    const order = orders.get(parentElement);
    const table = make("table");
    if (data.label) table.setAttribute("aria-label", data.label);
    const head = make("tr");
    for (const column of columns) {
      const cell = make("th", side(column));
      cell.scope = "col";
      if (column.width) cell.style.width = cell.style.minWidth = `${column.width / 15}rem`;
      if (column.title) cell.title = column.title;
      const active = order && order.key === column.key;
      cell.setAttribute("aria-sort", active ? (order.down ? "descending" : "ascending") : "none");
      const button = make("button");
      button.type = "button";
      const label = make("span");
      label.append(make("span", column.label.length > 6 ? "" : "whole", column.label));
      if (column.unit) label.append(document.createElement("wbr"), make("span", "unit", column.unit));
      button.append(label, make("span", "arrow", active ? (order.down ? "▼" : "▲") : ""));
      button.title = column.title || words.sort;
      const first = column.type === "text" || column.type === "name" || column.type === "rank" || column.type === "tier" || column.type === "interval" ? false : true;
      button.onclick = () => {
        const next = !active ? { key: column.key, down: first } : order.down === first ? { key: column.key, down: !first } : null;
        if (next) orders.set(parentElement, next);
        else orders.delete(parentElement);
        draw();
        root.querySelectorAll("th button")[columns.indexOf(column)].focus();
      };
      cell.append(button);
      if (column.marks) {
        const scale = make("span", "scale");
        const inner = make("span", "track ends");
        for (const mark of column.marks) {
          const text = make("span", "", mark);
          text.style.left = `${at(mark, column.domain)}%`;
          scale.append(text);
        }
        scale.style.marginRight = column.bare ? "0" : "52px";
        cell.append(scale);
      }
      head.append(cell);
    }
    const top = make("thead");
    top.append(head);
    const body = make("tbody");
    for (const row of sorted(data.rows, columns, order, lang)) {
      if (row._before && !order) body.append(separator(row._before, row._dashed, columns.length));
      const line = make("tr", `row${row._faint ? " faint" : ""}${row._chosen ? " chosen" : ""}${data.opens ? " opens" : ""}`);
      line.dataset.id = row.id;
      for (const column of columns) {
        const cell = make("td", `is-${column.type} ${side(column)}${column.wrap ? " wrap" : ""}`);
        if (column.wrap && column.width) cell.style.minWidth = `${column.width / 15}rem`;
        const shown = content(row[column.key], column, words);
        const pressed = (node, key) => {
          if (!(row._open || []).includes(key)) return node;
          const button = make("button", "number");
          button.type = "button";
          button.title = node.title ? `${node.title} · ${words.open}` : words.open;
          button.append(node);
          button.onclick = (event) => {
            event.stopPropagation();
            if (!String(getSelection())) setTriggerValue("number", `${row.id}~${key}`);
          };
          return button;
        };
        const ends = column.ends && row[column.key] && row[column.key].ends;
        if (ends && column.type !== "bar") cell.append(range(row[column.key], column.ends, pressed));
        else {
          if (ends) shown.append(range(row[column.key], column.ends, pressed));
          cell.append(pressed(shown, column.key));
        }
        line.append(cell);
      }
      if (data.opens && !row._closed) {
        line.tabIndex = 0;
        line.onclick = () => {
          if (!String(getSelection())) setTriggerValue("open", row.id);
        };
        line.onkeydown = (event) => {
          if (event.key === "Enter" && event.target === line) setTriggerValue("open", row.id);
        };
      }
      body.append(line);
      if (row._after && !order) body.append(separator(row._after, true, columns.length));
    }
    table.append(top, body);
    root.replaceChildren(table);
    if (data.rows.length === 0) root.append(make("p", "nothing", data.nothing));
    fit();
  }
  draw();

  let width = root.clientWidth;
  if (watchers.has(root)) watchers.get(root).disconnect();
  const watcher = new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    fit();
  });
  watcher.observe(root);
  watchers.set(root, watcher);
}
