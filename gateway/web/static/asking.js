// Asking without leaving the page: the question stands at once, sentences as they come, and then the whole answer.

import { eventsOf } from "./events.js";
import { noAnswer, problemElement, problemOf, readProblem } from "./problem.js";

const LONGER_AFTER_MS = 2000;

export function startAsking() {
  const form = document.getElementById("ask");
  const box = form.querySelector("textarea");
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ask]")) return;
    event.preventDefault();
    send(form, new FormData(event.target, event.submitter));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function waiting(question) {
  const article = document.createElement("article");
  article.className = "exchange";
  const heading = document.createElement("h2");
  heading.className = "question";
  heading.textContent = question;
  const state = document.createElement("p");
  state.className = "thinking";
  state.setAttribute("role", "status");
  state.textContent = "Looking at your runs";
  article.append(heading, state);
  return article;
}

async function send(form, fields) {
  const thread = document.getElementById("thread");
  const place = document.getElementById("ask-problem");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  place.replaceChildren();
  const article = waiting(fields.get("message"));
  const box = form.elements.message;
  const examples = document.getElementById("examples");
  thread.append(article);
  box.value = "";
  if (examples) examples.hidden = true;
  article.scrollIntoView({ block: "start" });
  const later = setTimeout(() => {
    article.querySelector(".thinking").textContent = "Still working: reading the recordings and checking every number";
  }, LONGER_AFTER_MS);
  const problem = await exchange(form, fields, article);
  clearTimeout(later);
  delete form.dataset.busy;
  if (!problem) return;
  article.remove();
  if (examples) examples.hidden = false;
  box.value = fields.get("message");
  place.replaceChildren(problemElement(problem));
  box.focus();
}

/** Shows sentences as they come and swaps the whole answer in; gives the problem where there is none. */
async function exchange(form, fields, article) {
  let answer;
  let problem = noAnswer();
  try {
    const headers = { "X-Fragment": "1", Accept: "text/event-stream" };
    answer = await fetch("/coach", { method: "POST", body: new URLSearchParams(fields), headers });
    if (!answer.ok) return readProblem(answer);
    for await (const { name, data } of eventsOf(answer.body)) {
      if (name === "sentence") say(article, JSON.parse(data).text);
      if (name === "problem") problem = problemOf(JSON.parse(data));
      if (name === "answer") {
        swap(form, article, data);
        problem = null;
      }
    }
  } catch {
    return noAnswer();
  }
  return problem;
}

function say(article, text) {
  let said = article.querySelector(".prose");
  if (!said) {
    said = document.createElement("p");
    said.className = "prose said";
    article.querySelector(".thinking").before(said);
  }
  said.append(text);
}

function swap(form, article, html) {
  const fragment = document.createElement("template");
  fragment.innerHTML = html;
  const answered = fragment.content.querySelector(".exchange");
  article.replaceWith(answered);
  settle(form, answered);
}

function settle(form, answered) {
  const { address, conversation, askKey, allowance } = answered.dataset;
  form.elements.conversation.value = conversation;
  form.elements.ask_key.value = askKey;
  form.querySelector("label").textContent = "Ask another question";
  if (allowance) document.getElementById("allowance").textContent = allowance;
  document.getElementById("examples")?.remove();
  document.getElementById("coach-lead")?.remove();
  history.replaceState(null, "", address);
  answered.focus({ preventScroll: true });
  answered.scrollIntoView({ block: "start" });
}
