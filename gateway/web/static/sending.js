// A form whose answer takes a while says so, and is sent once.

const LONG_MS = 12_000;

export function startSending(form) {
  const button = form.querySelector("button[type=submit]");
  const state = document.createElement("p");
  state.className = "sending";
  state.setAttribute("role", "status");
  form.append(state);
  let later = 0;

  form.addEventListener("submit", (event) => {
    if (form.dataset.busy) return event.preventDefault();
    form.dataset.busy = "1";
    button.setAttribute("aria-disabled", "true");
    state.textContent = form.dataset.sending;
    state.classList.add("thinking");
    later = setTimeout(() => {
      state.textContent = form.dataset.stillSending ?? "Still waiting for Garmin. Please keep this page open.";
    }, LONG_MS);
    return undefined;
  });
  // Coming back by the browser's own button finds the page as it was left.
  window.addEventListener("pageshow", () => {
    clearTimeout(later);
    delete form.dataset.busy;
    button.removeAttribute("aria-disabled");
    state.textContent = "";
    state.classList.remove("thinking");
  });
}
