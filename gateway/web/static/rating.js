// Helpful or wrong without leaving the page: what was said takes the place of the buttons.

import { noAnswer, problemElement, readProblem } from "./problem.js";

export function startRating() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-rating]")) return;
    event.preventDefault();
    send(event.target, new FormData(event.target, event.submitter));
  });
}

async function send(form, fields) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const problem = await exchange(form, fields);
  delete form.dataset.busy;
  if (!problem) return;
  form.parentElement.querySelector(".problem")?.remove();
  form.after(problemElement(problem));
}

/** Swaps the rating in; gives the problem where there is none. */
async function exchange(form, fields) {
  let answer;
  try {
    answer = await fetch("/ratings", { method: "POST", body: new URLSearchParams(fields), headers: { "X-Fragment": "1" } });
  } catch {
    return noAnswer();
  }
  if (!answer.ok) return readProblem(answer);
  const fragment = document.createElement("template");
  fragment.innerHTML = await answer.text();
  const rated = fragment.content.querySelector(".rating");
  form.closest(".rating").replaceWith(rated);
  (rated.querySelector("textarea") ?? rated).focus({ preventScroll: true });
  return null;
}
