// The board of tiers: a lane a level, a chip a unit. Data reach the page as text content only; the chip clicked is told to the server.
function make(tag, classes, text) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
}

// Where a language writes no blanks, a name that takes two lines breaks before the ending that it shares with another, if there is one.
function broken(name, names) {
  for (let n = name.length - 2; n >= 2; n--) {
    const end = name.slice(-n);
    if (names.some((other) => other !== name && other.endsWith(end))) return `${name.slice(0, -n)}\u200b${end}`;
  }
  return name;
}

function chip(unit, data, names, setTriggerValue) {
  const moved = unit.move ? ` moved-${unit.move}` : "";
  const button = make("button", `chip${moved}${unit.chosen ? " chosen" : ""}`);
  button.type = "button";
  button.title = unit.title;
  button.setAttribute("aria-label", unit.title);
  if (unit.chosen) button.setAttribute("aria-current", "true");
  button.append(make("span", "who", data.lang.startsWith("zh") ? broken(unit.name, names) : unit.name));
  if (unit.move) button.append(make("span", unit.move, unit.move === "up" ? "▲" : "▼"));
  for (const mark of unit.marks) button.append(make("span", `mark ${mark.kind}`, mark.t));
  button.append(make("span", "score", unit.score));
  button.onclick = () => setTriggerValue("open", unit.id);
  return button;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const names = data.lanes.flatMap((lane) => lane.units.map((unit) => unit.name));
  const board = make("div", "board");
  board.setAttribute("role", "group");
  board.setAttribute("aria-label", data.label);
  board.style.gridTemplateColumns = data.lanes.map((lane) => `minmax(0, ${lane.columns}fr)`).join(" ");
  for (const lane of data.lanes) {
    const box = make("section", "lane");
    const bar = make("div", "bar");
    bar.style.background = lane.level === null ? "var(--kcz-sunken)" : `var(--kcz-tier-line-${lane.level})`;
    const head = make("div", "head");
    const taken = make(lane.opens ? "button" : "span", `seats${lane.opens ? " number" : ""}${lane.over ? " over" : ""}`, lane.seats);
    if (lane.opens) {
      taken.type = "button";
      taken.title = data.open;
      taken.onclick = () => setTriggerValue("number", lane.opens);
    }
    head.append(make("span", "name", lane.name), taken);
    const chips = make("div", "chips");
    chips.style.gridTemplateColumns = `repeat(${lane.columns}, minmax(0, 1fr))`;
    for (const unit of lane.units) chips.append(chip(unit, data, names, setTriggerValue));
    box.append(bar, head, chips);
    board.append(box);
  }
  const root = parentElement.querySelector(".root");
  root.lang = data.lang;
  for (const [name, value] of Object.entries(data.tokens)) root.style.setProperty(`--${name}`, value);
  root.replaceChildren(board);
}
