// Files by drop or by choice: small batches, progress for each file, an outcome in words for each.

import { noAnswer, problemElement, readProblem } from "./problem.js";
import { follow } from "./progress.js";

const BATCH_FILES = 5;
const BATCH_BYTES = 4 * 1024 * 1024;
const MOST_TRIES = 4;

export function startImporting(section) {
  const input = section.querySelector("input[type=file]");
  const queue = [];
  let working = false;

  async function take(files) {
    queue.push(...batches([...files]));
    if (working) return;
    working = true;
    const tally = new Map();
    for (let done = 0; queue.length > 0; ) {
      const files = queue.shift();
      const left = queue.reduce((sum, batch) => sum + batch.length, files.length);
      show(section, `Importing, ${done} of ${done + left} files done`);
      await sendBatch(section, files, tally);
      done += files.length;
    }
    working = false;
    show(section, summary(tally));
    if (tally.get("imported") || tally.get("read")) await refresh(section);
  }

  input.addEventListener("change", () => {
    if (input.files.length > 0) take(input.files);
    input.value = "";
  });
  acceptDrops(section, take);
}

function acceptDrops(section, take) {
  let depth = 0;
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = () => section.classList.toggle("is-over", depth > 0);
  // The whole page takes a drop: a file that misses the box would replace the page otherwise.
  document.addEventListener("dragenter", (event) => withFiles(event) && ((depth += 1), mark()));
  document.addEventListener("dragleave", (event) => withFiles(event) && ((depth -= 1), mark()));
  document.addEventListener("dragover", (event) => withFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark();
    if (event.dataTransfer.files.length > 0) take(event.dataTransfer.files);
  });
}

function batches(files) {
  const made = [];
  let bytes = Infinity;
  for (const file of files) {
    if (bytes + file.size > BATCH_BYTES || made.at(-1).length >= BATCH_FILES) {
      made.push([]);
      bytes = 0;
    }
    made.at(-1).push(file);
    bytes += file.size;
  }
  return made;
}

async function sendBatch(section, files, tally) {
  const list = section.querySelector(".outcomes");
  const rows = files.map((file) => list.appendChild(row(file)));
  list.hidden = false;
  const answer = await uploadPatiently(section.dataset.import, files, rows);
  if (answer.problem) {
    for (const each of rows.slice(1)) each.remove();
    rows[0].replaceChildren(problemElement(answer.problem));
    list.prepend(rows[0]);
    tally.set("refused", (tally.get("refused") ?? 0) + files.length);
    return;
  }
  const outcomes = parsed(answer.text);
  rows[0].before(...outcomes);
  for (const each of rows) each.remove();
  for (const outcome of outcomes) count(outcome, tally);
  await finish(section, list, tally);
  // What did not work stands on top, where it is not overlooked.
  list.prepend(...list.querySelectorAll(':scope > [data-status="failed"]'));
}

function row(file) {
  const item = document.createElement("li");
  item.className = "outcome";
  const name = document.createElement("p");
  name.className = "outcome-file";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = Math.max(1, file.size);
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  item.append(name, bar);
  return item;
}

/** Waits and goes on where the service asks for patience. */
async function uploadPatiently(address, files, rows) {
  for (let tries = 1; ; tries += 1) {
    const answer = await upload(address, files, rows);
    const wait = answer.problem?.retryAfter;
    if (!wait || wait > 65 || tries >= MOST_TRIES) return answer;
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

function upload(address, files, rows) {
  const body = new FormData();
  for (const file of files) body.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.setRequestHeader("X-Fragment", "1");
  request.upload.addEventListener("progress", (event) => {
    let left = event.loaded;
    files.forEach((file, index) => {
      const bar = rows[index].querySelector("progress");
      if (left >= file.size) bar.removeAttribute("value");
      else bar.value = Math.max(0, left);
      left -= file.size;
    });
  });
  return new Promise((resolve) => {
    request.addEventListener("load", async () => {
      if (request.status >= 200 && request.status < 300) return resolve({ text: request.responseText });
      const headers = { "Retry-After": request.getResponseHeader("Retry-After") ?? "" };
      return resolve({ problem: await readProblem(new Response(request.responseText, { status: request.status, headers })) });
    });
    request.addEventListener("error", () => resolve({ problem: noAnswer() }));
    request.send(body);
  });
}

function parsed(html) {
  const fragment = document.createElement("template");
  fragment.innerHTML = html;
  return [...fragment.content.children];
}

function count(outcome, tally) {
  const status = outcome.dataset.status;
  if (status) tally.set(status, (tally.get(status) ?? 0) + 1);
}

/** Follows the job that an upload became, if it did. */
async function finish(section, list, tally) {
  const job = list.querySelector("[data-job]");
  if (!job) return;
  const ended = await follow(job);
  if (!ended) return;
  for (const outcome of ended.querySelectorAll(".outcome")) count(outcome, tally);
  if (!ended.dataset.total) return;
  // Not all are listed: the job alone knows how many there were.
  tally.delete("imported");
  tally.set("read", (tally.get("read") ?? 0) + Number(ended.dataset.total));
}

function show(section, words) {
  const state = section.querySelector(".import-state");
  state.textContent = words;
  state.hidden = words === "";
}

function summary(tally) {
  const words = { read: "files read", imported: "imported", duplicate: "here already", skipped: "no activity", failed: "not imported", refused: "not sent" };
  return Object.entries(words)
    .filter(([status]) => tally.has(status))
    .map(([status, word]) => `${tally.get(status)} ${word}`)
    .join(", ");
}

/** The list and the totals as they are now; what is being said about the import stays. */
async function refresh(section) {
  const answer = await fetch("/runs");
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.getElementById("run-list");
  if (!main) return;
  const side = section.parentElement;
  document.getElementById("run-list")?.remove();
  side.querySelector(".totals")?.remove();
  const totals = page.querySelector(".totals");
  if (totals) side.prepend(totals);
  side.after(main);
  document.getElementById("content").className = page.getElementById("content").className;
  offerTheCoach(section);
}

function offerTheCoach(section) {
  if (section.querySelector(".first-question")) return;
  const line = document.createElement("p");
  line.className = "first-question";
  const link = document.createElement("a");
  link.className = "button";
  link.href = "/coach?ask=Analyze%20my%20last%20run";
  link.textContent = "Ask the coach about your last run";
  line.append(link);
  section.querySelector(".import-state").after(line);
}
