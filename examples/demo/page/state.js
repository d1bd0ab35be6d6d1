// What the emulator says the world is like: streamed to us, never made up here.

export const world = { cast: null, chats: new Map(), answers: new Map(), entries: new Map(), connected: false };
const bus = new EventTarget();

/** Calls back whenever something of a kind changed: `cast`, `chat`, `answers`, `strip`, `ready`, `lost`. */
export function on(kind, act) {
  bus.addEventListener(kind, (event) => act(event.detail));
}

function tell(kind, detail) {
  bus.dispatchEvent(new CustomEvent(kind, { detail }));
  bus.dispatchEvent(new CustomEvent('any', { detail }));
}

export const keyOf = (person, bot) => `${person}:${bot}`;
export const chatOf = (person, bot) => world.chats.get(keyOf(person, bot));
export const botOf = (id) => world.cast?.bots.find((bot) => bot.id === id);
export const people = () => [...world.cast.customers, world.cast.owner];
export const personOf = (id) => people().find((person) => person.id === id);

/** Listens. The browser connects again by itself, and then gets everything again. */
export function connect() {
  const source = new EventSource('/events');
  let anew = true;
  source.addEventListener('open', () => {
    anew = true;
  });
  source.addEventListener('error', () => {
    world.connected = false;
    tell('lost');
    // Gone for good only where the server refused; a demo that was started again is worth a new try.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
  const take = (kind, act) =>
    source.addEventListener(kind, (event) => {
      const detail = act(JSON.parse(event.data));
      tell(kind, detail);
    });
  take('cast', (cast) => {
    if (anew) {
      world.chats.clear();
      world.answers.clear();
      anew = false;
    }
    world.cast = cast;
    return cast;
  });
  take('chat', (chat) => {
    world.chats.set(keyOf(chat.person, chat.bot), chat);
    return chat;
  });
  take('answers', (answers) => {
    for (const answer of answers) world.answers.set(answer.id, answer);
    return answers;
  });
  take('strip', ({ anew: first, entries }) => {
    if (first) world.entries.clear();
    for (const entry of entries) world.entries.set(entry.id, entry);
    return { first, entries };
  });
  take('ready', () => {
    world.connected = true;
  });
}

/** Waits until a look at the world finds something. */
export function until(look, { limit = 45_000, signal } = {}) {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const end = (settle, value) => {
      bus.removeEventListener('any', check);
      clearTimeout(timer);
      stop.abort();
      settle(value);
    };
    const check = () => {
      const found = look();
      if (found) end(resolve, found);
    };
    const timer = setTimeout(() => end(reject, new Error('it did not happen in time')), limit);
    signal?.addEventListener('abort', () => end(reject, signal.reason), { signal: stop.signal });
    bus.addEventListener('any', check);
    if (signal?.aborted) end(reject, signal.reason);
    else check();
  });
}

const lines = new Map();

/**
 * Does something as a person; throws with a sentence where their app would not do it. Each person does one thing after
 * the other, as an app does: requests under way together may overtake each other.
 */
export function deed(name, details) {
  const done = (lines.get(details.person) ?? Promise.resolve()).then(() => carryOut(name, details));
  const quiet = done.catch(() => {});
  lines.set(details.person, quiet);
  return done;
}

async function carryOut(name, details) {
  let response;
  try {
    response = await fetch('/deeds', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ deed: name, ...details }),
    });
  } catch {
    throw new Error('The demo does not answer.');
  }
  if (response.status === 413) throw new Error('This file is too large for the demo: 20 MB at most.');
  const answer = await response.json();
  if (answer.error) throw new Error(answer.error);
  return answer.result;
}
