// The framework's own words: texts, titles and labels that are exactly one of those given are said in the reader's language.
const NAMES = ["title", "aria-label", "placeholder", "alt"];
const KEY = "__kczWords";

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
  const text = (node) => {
    const said = told(node.nodeValue);
    if (said) node.nodeValue = said;
  };
  const element = (node) => {
    for (const name of NAMES) {
      const said = told(node.getAttribute(name));
      if (said) node.setAttribute(name, said);
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
  if (window[KEY]) window[KEY].disconnect();
  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(below);
      else if (change.type === "characterData") text(change.target);
      else element(change.target);
    }
  });
  below(document.body);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMES });
  window[KEY] = observer;
  return () => observer.disconnect();
}
