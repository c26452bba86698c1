// Numbers inside sentences are links; a plain click on one opens it without leaving the page.
export default function (component) {
  const { setTriggerValue } = component;
  const listen = (event) => {
    const link = event.target.closest && event.target.closest("a[data-open]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    setTriggerValue("open", link.dataset.open);
  };
  document.addEventListener("click", listen);
  return () => document.removeEventListener("click", listen);
}
