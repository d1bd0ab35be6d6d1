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

/** What is kept waits for something. */
const KEPT = {
  item: 'sealed, until its album is complete',
  edit: 'sealed, until it is its turn',
};

/** States by other words than the relay's own. */
const WRITTEN = { deleted: 'taken back' };

const nameOf = (id) => personOf(id)?.name ?? (botOf(id) ? `@${botOf(id).username}` : '?');
const bot = (id) => (botOf(id) ? `@${botOf(id).username}` : '?');

/** An entry's title and its words. */
function told(entry) {
  switch (entry.kind) {
    case 'update':
      return ['Update in', `${PLAIN[entry.what] ?? entry.what}: ${nameOf(entry.person)} → ${bot(entry.bot)}`];
    case 'reference': {
      const part = entry.part === 0 ? '' : ', a part of it';
      return [
        'Reference',
        `${nameOf(entry.chat)}’s message ${entry.message} at ${bot(entry.bot)}${part}`,
        WRITTEN[entry.state] ?? entry.state,
      ];
    }
    case 'kept':
      return [
        'Kept',
        `${nameOf(entry.chat)}’s message ${entry.message} at ${bot(entry.bot)}, ${KEPT[entry.what] ?? 'for later'}`,
        entry.what,
      ];
    case 'checks':
      return ['Health check', `${[...entry.bots].map(bot).join(', ')}: getWebhookInfo`];
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

/** The relay asks now and then whether Telegram has anything to complain about. */
const isCheck = (entry) => entry.kind === 'call' && entry.method === 'getWebhookInfo' && !entry.error;

/** The same call again and again is one row that counts, and so are health checks of whichever bot. */
function gathered(entries) {
  const rows = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    if (isCheck(entry)) {
      if (last?.kind === 'checks') {
        const bots = new Set([...last.bots, entry.bot]);
        rows[rows.length - 1] = { ...last, bots, times: last.times + 1 };
      } else rows.push({ ...entry, kind: 'checks', bots: new Set([entry.bot]), times: 1 });
      continue;
    }
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

/** What came before the first visitor, folded. */
function startUp(entries) {
  const rows = gathered(entries);
  return h(
    'li',
    { class: 'start-up', 'data-id': `start-up×${rows.length}` },
    h('details', {}, h('summary', {}, `Start-up: ${rows.length} steps`), h('ol', {}, ...rows.map(row))),
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
    const before = recent.filter((entry) => entry.at < world.cast.ready);
    const wanted = gathered(recent.slice(before.length)).slice(-MOST);
    const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
    let place = list.firstElementChild;
    const put = (item) => {
      known.delete(item.dataset.id);
      if (place === item) place = place.nextElementSibling;
      else list.insertBefore(item, place);
    };
    if (before.length > 0) {
      const fold = startUp(before);
      put(known.get(fold.dataset.id) ?? fold);
    }
    for (const entry of wanted) {
      const id = `${entry.id}×${entry.times}`;
      put(known.get(id) ?? row(entry));
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
