// An envelope as a page says it: the same parts as the macro `problem` of _parts.html.

function paragraph(className, ...parts) {
  const element = document.createElement("p");
  element.className = className;
  element.append(...parts);
  return element;
}

/** What an answer other than 2xx means, read from its envelope. */
export async function readProblem(answer) {
  const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
  try {
    const { error } = await answer.json();
    return { message: error.message, requestId: error.requestId, status: answer.status, retryAfter };
  } catch {
    return {
      message: "The answer could not be read. Please try again.",
      requestId: answer.headers.get("X-Request-Id") ?? "",
      status: answer.status,
      retryAfter,
    };
  }
}

/** What an envelope says that came after the answer had begun. */
export function problemOf({ error }) {
  return { message: error.message, requestId: error.requestId, status: error.statusCode, retryAfter: 0 };
}

/** What to say when nothing was answered at all. */
export function noAnswer() {
  return { message: "Pace42 cannot be reached. Check your connection and try again.", requestId: "", status: 0, retryAfter: 0 };
}

function again(problem) {
  if (!problem.retryAfter) return "";
  if (problem.retryAfter < 120) return ` You can try again in ${problem.retryAfter} seconds.`;
  const then = new Date(Math.ceil((Date.now() + problem.retryAfter * 1000) / 60000) * 60000);
  const clock = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return ` You can try again at ${clock}${then.getDate() === new Date().getDate() ? "" : " tomorrow"}.`;
}

/** The problem as an element that announces itself. */
export function problemElement(problem) {
  const box = document.createElement("div");
  box.className = "problem";
  box.setAttribute("role", "alert");
  const message = paragraph("problem-message", problem.message + again(problem));
  if (problem.status === 401) {
    const link = document.createElement("a");
    link.href = `/sign-in?ended=1&next=${encodeURIComponent(location.pathname)}`;
    link.textContent = "Sign in";
    message.append(" ", link);
  }
  box.append(message);
  if (problem.requestId) {
    const id = document.createElement("code");
    id.textContent = problem.requestId;
    box.append(paragraph("problem-reference", "If you write to us about this, quote ", id));
  }
  return box;
}
