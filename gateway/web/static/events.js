// Server-sent events of an answer to a POST, which EventSource cannot ask for.

/** The events of a body, in their order; one that was not finished is dropped. */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) yield eventOf(block);
  }
}

function eventOf(block) {
  const event = { name: "message", data: "" };
  const lines = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice(7);
    if (line.startsWith("data: ")) lines.push(line.slice(6));
  }
  event.data = lines.join("\n");
  return event;
}
