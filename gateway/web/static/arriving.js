// What comes from Garmin while a page is open: asks for it once, and says when there is something new to see.

import { follow } from "./progress.js";
import { startSending } from "./sending.js";

/** `line` says how fresh the data is; its form asks for a sync, and is sent by itself where that is due. */
export async function startArriving(line) {
  const words = line.querySelector(".freshness-words");
  const list = line.querySelector(".outcomes");
  const usual = words.textContent;
  if (line.dataset.due) {
    const job = await ask(line.querySelector("form"));
    if (job) list.append(job);
  }
  const job = list.querySelector("[data-job]");
  if (!job) return;
  words.textContent = "Asking Garmin for new runs";
  const ended = await follow(job);
  const brought = Number(ended?.dataset.brought);
  if (brought > 0) words.replaceChildren(arrived(brought));
  else words.textContent = ended?.dataset.state === "succeeded" ? "From Garmin, just now" : usual;
}

/** The job that was begun; null where Garmin cannot be asked now, which the line says already or will say later. */
async function ask(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Fragment": "1" },
    });
    if (!answer.ok) return null;
    const fragment = document.createElement("template");
    fragment.innerHTML = await answer.text();
    return fragment.content.querySelector(".job");
  } catch {
    return null;
  }
}

function arrived(count) {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = "Show them";
  const line = document.createDocumentFragment();
  line.append(count === 1 ? "A run has arrived or changed. " : `${count} runs have arrived or changed. `, link);
  return line;
}

/** The health of a source, which is another one when the job that it shows has ended. */
export async function startSource(section) {
  const job = section.querySelector("[data-job]");
  if (!job || !(await follow(job))) return;
  const address = `/sources?job=${job.dataset.job.split("/").at(-1)}`;
  const answer = await fetch(address);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById(section.id);
  if (!now) return;
  const wasInside = section.contains(document.activeElement);
  section.replaceChildren(...now.childNodes);
  for (const form of section.querySelectorAll("[data-sending]")) startSending(form);
  if (wasInside) section.querySelector(".source").focus();
}

/** The first sync of somebody without runs: the page that it filled takes the place of this one. */
export async function startFirstSync(section) {
  const job = section.querySelector("[data-job]");
  if (!job || !(await follow(job))) return;
  // Files that are on their way would be lost.
  if (document.querySelector(".import-state[hidden]")) location.reload();
}
