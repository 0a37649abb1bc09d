// Following a job: by events as they happen, else by asking now and then; what is shown is always the server's own words.

import { problemElement, readProblem } from "./problem.js";

const POLL_MS = 700;
const SAY_EVERY_MS = 10_000;
// A stream that broke off this often without a word in between is given up.
const MOST_SILENCES = 3;

function parsed(html) {
  const fragment = document.createElement("template");
  fragment.innerHTML = html;
  return fragment.content.querySelector(".job");
}

/** A line that is heard and not seen: every step of a long job would be too much to listen to. */
function heardLine(list) {
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  list.after(said);
  return said;
}

/** Keeps the element `job` as it is on the server; gives the one that shows how it ended, or null where that is unknown. */
export async function follow(job) {
  const address = job.dataset.job;
  if (!address) return job;
  const said = heardLine(job.parentElement);
  let shown = job;
  let saidAt = Date.now();
  const show = (html) => {
    const next = parsed(html);
    if (!next) return false;
    shown.replaceWith(next);
    shown = next;
    const ended = !next.dataset.job;
    if (ended || Date.now() - saidAt > SAY_EVERY_MS) {
      saidAt = Date.now();
      said.textContent = next.querySelector(".job-words").textContent;
    }
    return ended;
  };
  if (await listen(`${address}/events`, show)) return shown;
  const problem = await poll(address, show);
  if (!problem) return shown;
  shown.replaceChildren(problemElement(problem));
  delete shown.dataset.job;
  return null;
}

/** Whether events told the job to its end. */
function listen(address, show) {
  return new Promise((resolve) => {
    const source = new EventSource(address);
    let silences = 0;
    const end = (told) => {
      source.close();
      resolve(told);
    };
    const heard = (event) => {
      silences = 0;
      if (show(event.data)) end(true);
    };
    source.addEventListener("progress", heard);
    source.addEventListener("done", heard);
    source.addEventListener("error", () => {
      silences += 1;
      // A stream that ended is opened again by the browser itself.
      if (source.readyState === EventSource.CLOSED || silences >= MOST_SILENCES) end(false);
    });
  });
}

/** Asks until the job has ended; gives the problem that stood in the way, or null. */
async function poll(address, show) {
  for (;;) {
    let answer = null;
    try {
      answer = await fetch(address, { headers: { "X-Fragment": "1" } });
    } catch {
      // Out of reach for a moment.
    }
    if (answer?.ok) {
      if (show(await answer.text())) return null;
    } else if (answer && answer.status !== 429 && answer.status < 500) {
      return readProblem(answer);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
