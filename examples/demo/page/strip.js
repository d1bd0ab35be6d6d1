// The strip between the phones: what the relay and Telegram do, in order of time.

import { calm, h } from './dom.js';
import { botOf, on, personOf, world } from './state.js';

const MOST = 160;

const PLAIN = {
  message: 'message', edited_message: 'edit', callback_query: 'button press', message_reaction: 'reaction',
  my_chat_member: 'block or unblock',
};

const nameOf = (id) => personOf(id)?.name ?? (botOf(id) ? `@${botOf(id).username}` : '?');
const bot = (id) => (botOf(id) ? `@${botOf(id).username}` : '?');

/** An entry's title and its words. */
function told(entry) {
  switch (entry.kind) {
    case 'update': return ['Update in', `${PLAIN[entry.what] ?? entry.what}: ${nameOf(entry.person)} → ${bot(entry.bot)}`];
    case 'reference': {
      const part = entry.part === 0 ? '' : ', a part of it';
      return ['Reference', `${nameOf(entry.chat)}’s message ${entry.message} at ${bot(entry.bot)}${part}`, entry.state];
    }
    case 'call': return ['Call out', `${bot(entry.bot)} ${entry.method}${entry.chat ? ` → ${nameOf(entry.chat)}` : ''}${entry.error ? `: ${entry.error}` : ''}`, entry.error ? 'refused' : 'ok'];
    default: return ['Acknowledged', `${PLAIN[entry.what] ?? entry.what} at ${bot(entry.bot)} after ${entry.took < 10 ? entry.took.toFixed(1) : Math.round(entry.took)} ms${entry.error ? `: ${entry.error}` : ''}`, String(entry.status ?? 'no answer')];
  }
}

function clock(ms) {
  const date = new Date(ms);
  const two = (n) => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function row(entry) {
  const [title, words, state] = told(entry);
  return h('li', { class: `${entry.kind} ${state ?? ''}`, 'data-id': entry.id },
    h('span', { class: 'dot', 'aria-hidden': 'true' }), h('time', { dateTime: new Date(entry.at).toISOString() }, clock(entry.at)),
    h('strong', {}, title), state ? h('span', { class: 'state' }, state) : null, h('span', { class: 'what' }, words));
}

/** Keeps the list in step. */
export function strip(list) {
  let scheduled = false;
  const render = () => {
    scheduled = false;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    const wanted = [...world.entries.values()].sort((a, b) => a.at - b.at).slice(-MOST);
    const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
    let place = list.firstElementChild;
    for (const entry of wanted) {
      const item = known.get(entry.id) ?? row(entry);
      known.delete(entry.id);
      if (place === item) place = place.nextElementSibling;
      else list.insertBefore(item, place);
    }
    for (const gone of known.values()) gone.remove();
    if (world.entries.size > 4 * MOST) world.entries = new Map(wanted.map((entry) => [entry.id, entry]));
    if (atEnd) list.scrollTo({ top: list.scrollHeight, behavior: calm.matches ? 'auto' : 'smooth' });
  };
  on('strip', ({ first }) => {
    if (first) list.replaceChildren();
    if (!scheduled) requestAnimationFrame(render);
    scheduled = true;
  });
}
