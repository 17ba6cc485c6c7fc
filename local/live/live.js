/** Milliseconds between two looks. */
const INTERVAL = 400;
const shown = new Map();

async function look() {
  try {
    const response = await fetch("/state");
    if (!response.ok) throw new Error(`Answered ${response.status}.`);
    const { summary, lit, lists } = await response.json();
    say(summary, lit);
    for (const [id, items] of Object.entries(lists)) update(document.getElementById(id), items);
  } catch {
    say("The local set-up does not answer.", false);
  }
  setTimeout(look, INTERVAL);
}

function say(text, lit) {
  document.body.classList.toggle("lit", lit);
  const summary = document.getElementById("summary");
  // The same text once more would be read out once more.
  if (summary.textContent !== text) summary.textContent = text;
}

/** Fills a list anew when something changed; what is gone can be seen going. */
function update(list, items) {
  const before = shown.get(list);
  if (JSON.stringify(before) === JSON.stringify(items)) return;
  shown.set(list, items);
  const known = new Set(before?.map(({ id }) => id));
  const wanted = new Set(items.map(({ id }) => id));
  const gone = [...list.children].filter(({ dataset }) => !wanted.has(dataset.id));
  list.replaceChildren(
    ...items.map((item) => line(item, before !== undefined && !known.has(item.id))),
    ...gone,
  );
  for (const line of gone) leave(line);
}

function line({ id, title, time = "", detail }, isNew) {
  const line = document.createElement("li");
  line.dataset.id = id;
  line.classList.toggle("new", isNew);
  for (const [tag, text] of Object.entries({ b: title, time, span: detail })) {
    line.append(Object.assign(document.createElement(tag), { textContent: text }));
  }
  return line;
}

/** Removes a line when its animation is over; where there is none, at once. */
function leave(line) {
  line.classList.add("gone");
  const finished = line.getAnimations().map((animation) => animation.finished);
  void Promise.allSettled(finished).then(() => line.remove());
}

void look();
