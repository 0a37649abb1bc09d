// What every page may use. Each page works without any of this.

import { startArriving, startFirstSync, startSource } from "./arriving.js";
import { startAsking } from "./asking.js";
import { startImporting } from "./importing.js";
import { follow } from "./progress.js";
import { startRating } from "./rating.js";
import { startSending } from "./sending.js";

document.documentElement.classList.add("scripted");

for (const field of document.querySelectorAll("[data-timezone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

// A source opens towards the middle of the page, and Escape puts it away without moving focus.
function place(event) {
  const fact = event.target.closest?.(".fact");
  if (!fact) return;
  fact.classList.remove("is-quiet");
  fact.classList.toggle("opens-left", fact.getBoundingClientRect().left > document.documentElement.clientWidth / 2);
}
document.addEventListener("pointerover", place);
document.addEventListener("focusin", place);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const fact of document.querySelectorAll(".fact:hover, .fact:focus")) fact.classList.add("is-quiet");
});

// "Show as table" fetches its table when it is first opened.
document.addEventListener(
  "toggle",
  async (event) => {
    const source = event.target.dataset?.source;
    if (!source || !event.target.open) return;
    delete event.target.dataset.source;
    const answer = await fetch(source, { headers: { "X-Fragment": "1" } });
    if (answer.ok) event.target.querySelector(".as-table-body").innerHTML = await answer.text();
  },
  true,
);

for (const section of document.querySelectorAll("[data-import]")) startImporting(section);
for (const job of document.querySelectorAll("[data-watch] > [data-job]")) follow(job);
for (const form of document.querySelectorAll("[data-sending]")) startSending(form);
for (const line of document.querySelectorAll("[data-arriving]")) startArriving(line);
for (const section of document.querySelectorAll("#garmin")) startSource(section);
for (const section of document.querySelectorAll("#first-sync")) startFirstSync(section);
startRating();
if (document.getElementById("ask")) startAsking();
