// Headline numbers, some of which open. Data reach the page as text content only; a click is told to the server.
function make(tag, classes, text) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  if (text !== undefined && text !== null) node.textContent = text;
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = make("dl", "kcz-numbers");
  for (const item of data.items) {
    const cell = make("div");
    const figure = make("div", "kcz-figure");
    const holder = item.opens ? make("button", "kcz-opens") : figure;
    holder.append(item.figure);
    if (item.unit) holder.append(make("small", "", item.unit));
    if (item.opens) {
      holder.type = "button";
      holder.title = data.open;
      holder.setAttribute("aria-label", `${item.label} ${item.figure}${item.unit}, ${data.open}`);
      holder.onclick = () => setTriggerValue("number", item.id);
      figure.append(holder);
    }
    const below = make("dd");
    const line = make("div", `kcz-line${item.tone ? ` kcz-${item.tone}` : ""}`, item.under ? undefined : item.line || "\u00a0");
    if (item.under) {
      const button = make("button", "kcz-opens", item.line);
      button.type = "button";
      button.title = data.open;
      button.setAttribute("aria-label", `${item.label}, ${item.line}, ${data.open}`);
      button.onclick = () => setTriggerValue("number", item.under);
      line.append(button);
    }
    below.append(figure, line);
    cell.append(make("dt", "", item.label), below);
    list.append(cell);
  }
  parentElement.querySelector(".root").replaceChildren(list);
}
