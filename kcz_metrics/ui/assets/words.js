// The framework's own words: texts, titles and labels that are exactly one of those given are said in the reader's language, and put
// back as they were when the page no longer asks for it.
const NAMES = ["title", "aria-label", "placeholder", "alt"];
const KEY = "__kczWords";
const MOST = 2000;

export default function (component) {
  const words = new Map(Object.entries(component.data.words));
  // A label may go on with a colon and the name of what it is about; that of a field's help begins with two words.
  const HELP = "Help for";
  const told = (given) => {
    if (!given) return undefined;
    if (given.startsWith(`${HELP} `) && words.has(HELP)) return `${words.get(HELP)}：${given.slice(HELP.length + 1)}`;
    const at = given.indexOf(": ");
    const whole = words.get(given.trim());
    if (whole || at < 0) return whole;
    const first = words.get(given.slice(0, at));
    return first && `${first}：${given.slice(at + 2)}`;
  };
  const held = (window[KEY] ??= { changes: [] });
  const keep = (node, name, before, said) => {
    held.changes.push({ at: new WeakRef(node), name, before, said });
    if (held.changes.length > MOST) held.changes = held.changes.filter(({ at }) => at.deref()?.isConnected);
  };
  const text = (node) => {
    const before = node.nodeValue;
    const said = told(before);
    if (!said) return;
    node.nodeValue = said;
    keep(node, null, before, said);
  };
  const element = (node) => {
    for (const name of NAMES) {
      const before = node.getAttribute(name);
      const said = told(before);
      if (!said) continue;
      node.setAttribute(name, said);
      keep(node, name, before, said);
    }
  };
  const putBack = () => {
    for (const { at, name, before, said } of held.changes.splice(0)) {
      const node = at.deref();
      if (!node) continue;
      if (name === null && node.nodeValue === said) node.nodeValue = before;
      if (name !== null && node.getAttribute(name) === said) node.setAttribute(name, before);
    }
  };
  const below = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return text(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    element(node);
    const walk = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      if (walk.currentNode.nodeType === Node.TEXT_NODE) text(walk.currentNode);
      else element(walk.currentNode);
    }
  };
  held.observer?.disconnect();
  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(below);
      else if (change.type === "characterData") text(change.target);
      else element(change.target);
    }
  });
  below(document.body);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMES });
  held.observer = observer;
  return () => {
    observer.disconnect();
    setTimeout(() => held.observer === observer && putBack()); // on another page of the same language the next one has taken over
  };
}
