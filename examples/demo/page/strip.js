// The strip between the phones: what the relay and Telegram do, in order of time.

import { h } from './dom.js';
import { botOf, on, personOf, world } from './state.js';

const MOST = 160;

const PLAIN = {
  message: 'message',
  edited_message: 'edit',
  callback_query: 'button press',
  message_reaction: 'reaction',
  my_chat_member: 'block or unblock',
};

const nameOf = (id) => personOf(id)?.name ?? (botOf(id) ? `@${botOf(id).username}` : '?');
const bot = (id) => (botOf(id) ? `@${botOf(id).username}` : '?');

/** An entry's title and its words. */
function told(entry) {
  switch (entry.kind) {
    case 'update':
      return ['Update in', `${PLAIN[entry.what] ?? entry.what}: ${nameOf(entry.person)} → ${bot(entry.bot)}`];
    case 'reference': {
      const part = entry.part === 0 ? '' : ', a part of it';
      return ['Reference', `${nameOf(entry.chat)}’s message ${entry.message} at ${bot(entry.bot)}${part}`, entry.state];
    }
    case 'call':
      return [
        'Call out',
        `${bot(entry.bot)} ${entry.method}${entry.chat ? ` → ${nameOf(entry.chat)}` : ''}${entry.error ? `: ${entry.error}` : ''}`,
        entry.error ? 'refused' : 'ok',
      ];
    default:
      return [
        'Acknowledged',
        `${PLAIN[entry.what] ?? entry.what} at ${bot(entry.bot)} after ${entry.took < 10 ? entry.took.toFixed(1) : Math.round(entry.took)} ms${entry.error ? `: ${entry.error}` : ''}`,
        String(entry.status ?? 'no answer'),
      ];
  }
}

function clock(ms) {
  const date = new Date(ms);
  const two = (n) => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The same call again and again is one row that counts. */
function gathered(entries) {
  const rows = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    const same =
      entry.kind === 'call' &&
      last?.kind === 'call' &&
      ['bot', 'method', 'chat', 'error'].every((field) => last[field] === entry[field]);
    if (same) rows[rows.length - 1] = { ...last, times: last.times + 1 };
    else rows.push({ ...entry, times: 1 });
  }
  return rows;
}

function row(entry) {
  const [title, words, state] = told(entry);
  return h(
    'li',
    { class: `${entry.kind} ${state ?? ''}`, 'data-id': `${entry.id}×${entry.times}` },
    h('span', { class: 'dot', 'aria-hidden': 'true' }),
    h('time', { dateTime: new Date(entry.at).toISOString() }, clock(entry.at)),
    h('strong', {}, title),
    state ? h('span', { class: 'state' }, state) : null,
    h('span', { class: 'what' }, entry.times > 1 ? `${words}, ${entry.times} times` : words),
  );
}

/** Keeps the list in step. */
export function strip(list) {
  let scheduled = false;
  let follows = true;
  list.addEventListener('scroll', () => {
    follows = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  });
  const render = () => {
    scheduled = false;
    const recent = [...world.entries.values()].sort((a, b) => a.at - b.at).slice(-2 * MOST);
    const wanted = gathered(recent).slice(-MOST);
    const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
    let place = list.firstElementChild;
    for (const entry of wanted) {
      const id = `${entry.id}×${entry.times}`;
      const item = known.get(id) ?? row(entry);
      known.delete(id);
      if (place === item) place = place.nextElementSibling;
      else list.insertBefore(item, place);
    }
    for (const gone of known.values()) gone.remove();
    if (world.entries.size > 8 * MOST) world.entries = new Map(recent.map((entry) => [entry.id, entry]));
    if (follows) list.scrollTop = list.scrollHeight;
  };
  new ResizeObserver(() => {
    if (follows) list.scrollTop = list.scrollHeight;
  }).observe(list);
  on('strip', ({ first }) => {
    if (first) list.replaceChildren();
    if (!scheduled) requestAnimationFrame(render);
    scheduled = true;
  });
}
