// The five steps from a score to its records. Data reach the page as text content only; a step that can be opened is a button.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".root");
  const host = document.createElement("nav");
  host.className = "path";
  host.setAttribute("aria-label", data.label);
  for (const [name, value] of Object.entries(data.tokens)) host.style.setProperty(`--${name}`, value);
  for (const step of data.steps) {
    const button = document.createElement("button");
    button.type = "button";
    button.disabled = !step.id;
    if (step.current) button.setAttribute("aria-current", "step");
    for (const [part, text] of [["kind", step.kind], ["name", step.name], ["figure", step.figure], ["line", step.line]]) {
      const line = document.createElement("span");
      line.className = part + (part === "figure" && text === "—" ? " none" : "");
      line.textContent = text || "\u00a0";
      line.title = text || "";
      button.append(line);
    }
    button.addEventListener("click", () => setTriggerValue("open", step.id));
    host.append(button);
  }
  root.replaceChildren(host);
}
