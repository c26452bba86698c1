// A file that could not be handed over: said in the reader's words at once, and the page is asked to draw again, with the reason.
const SAID = "[data-testid=stDownloadButtonError]";
const KEY = "__kczTaken";

export default function (component) {
  const { data, setTriggerValue } = component;
  const reword = (box) => {
    const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const ours = data.words[walk.currentNode.nodeValue.trim()];
      if (ours) walk.currentNode.nodeValue = ours;
    }
  };
  if (window[KEY]) window[KEY].disconnect();
  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        const box = node.matches(SAID) ? node : node.querySelector(SAID);
        if (!box) continue;
        reword(box);
        setTriggerValue("failed", true);
      }
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
  window[KEY] = observer;
  return () => observer.disconnect();
}
