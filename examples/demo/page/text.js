// Text with entities: shown, written with the signs Telegram's apps know, and turned back into them.
// Offsets are UTF-16 units, which is how JavaScript counts, too.

import { h } from './dom.js';

const SIGNS = [
  ['pre', '```'],
  ['code', '`'],
  ['bold', '**'],
  ['italic', '__'],
  ['strikethrough', '~~'],
  ['spoiler', '||'],
  ['underline', '++'],
];
const SIGN_OF = Object.fromEntries(SIGNS);

/** What somebody typed, as `{text, entities}`: `**bold**`, `__italic__`, `[words](https://…)` and so on. */
export function parse(typed) {
  const entities = [];
  let text = '';
  const walk = (from, to) => {
    let at = from;
    while (at < to) {
      const link = /^\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/.exec(typed.slice(at, to));
      if (link) {
        const offset = text.length;
        walk(at + 1, at + 1 + link[1].length);
        entities.push({ type: 'text_link', offset, length: text.length - offset, url: link[2] });
        at += link[0].length;
        continue;
      }
      const sign = SIGNS.find(([, mark]) => typed.startsWith(mark, at));
      const end = sign ? typed.indexOf(sign[1], at + sign[1].length) : -1;
      const inside = sign ? typed.slice(at + sign[1].length, end) : '';
      if (end > 0 && end + sign[1].length <= to && inside.trim()) {
        const offset = text.length;
        if (sign[0] === 'pre' || sign[0] === 'code') text += inside.replace(/^\n/, '');
        else walk(at + sign[1].length, end);
        entities.push({ type: sign[0], offset, length: text.length - offset });
        at = end + sign[1].length;
        continue;
      }
      text += typed[at];
      at += 1;
    }
  };
  walk(0, typed.length);
  return trimmed(text, entities);
}

function trimmed(text, entities) {
  const lead = text.length - text.trimStart().length;
  const kept = text.trim();
  const cut = entities.map((entity) => {
    const start = Math.max(entity.offset - lead, 0);
    const end = Math.min(entity.offset + entity.length - lead, kept.length);
    return { ...entity, offset: start, length: end - start };
  });
  return {
    text: kept,
    entities: cut.filter((entity) => entity.length > 0).sort((a, b) => a.offset - b.offset || b.length - a.length),
  };
}

/** A long text in pieces as long as a message may be, cut at a line's or a word's end where there is one. */
export function pieces({ text, entities }, most = 4096) {
  const made = [];
  for (let rest = { text, entities }; rest.text;) {
    let end = rest.text.length;
    if (end > most) {
      const head = rest.text.slice(0, most + 1);
      const space = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
      const half = /[\uD800-\uDBFF]/.test(head[most - 1]);
      end = space > most / 2 ? space : half ? most - 1 : most;
    }
    const part = (from, to) =>
      trimmed(
        rest.text.slice(from, to),
        rest.entities.map((it) => {
          const start = Math.max(it.offset, from);
          return { ...it, offset: start - from, length: Math.min(it.offset + it.length, to) - start };
        }),
      );
    const [first, next] = [part(0, end), part(end, rest.text.length)];
    if (first.text) made.push(first);
    rest = next;
  }
  return made;
}

/** The other way round, for the message field when something is edited. */
export function typed(text, entities = []) {
  const marks = [];
  for (const entity of entities) {
    const sign = SIGN_OF[entity.type];
    const [open, close] = sign ? [sign, sign] : entity.type === 'text_link' ? ['[', `](${entity.url})`] : [];
    if (!open) continue;
    marks.push([entity.offset, 1, entity.length, open], [entity.offset + entity.length, 0, -entity.length, close]);
  }
  // At one place what ends comes first; of what begins the longer, of what ends the shorter.
  marks.sort((a, b) => a[0] - b[0] || a[1] - b[1] || b[2] - a[2]);
  let out = '';
  let from = 0;
  for (const [at, , , mark] of marks) {
    out += text.slice(from, at) + mark;
    from = at;
  }
  return out + text.slice(from);
}

/** Puts signs around what is selected in a field. */
export function wrap(field, type) {
  const sign = SIGN_OF[type];
  const { selectionStart: start, selectionEnd: end, value } = field;
  const inside = value.slice(start, end);
  const [open, close] = type === 'text_link' ? ['[', '](https://)'] : [sign, sign];
  field.setRangeText(open + inside + close, start, end, 'end');
  field.setSelectionRange(start + open.length, start + open.length + inside.length);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const TAGS = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  expandable_blockquote: 'blockquote',
};

/** Text as nodes. `acts.command(text)` and `acts.link(url)` say what happens on a press. */
export function nodes(text, entities = [], acts = {}) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const walk = (from, to, list) => {
    const out = [];
    let at = from;
    for (let n = 0; n < list.length; n += 1) {
      const entity = list[n];
      if (entity.offset < at) continue;
      const end = Math.min(entity.offset + entity.length, to);
      if (entity.offset > at) out.push(text.slice(at, entity.offset));
      const inner = list.slice(n + 1).filter((other) => other.offset < end);
      out.push(node(entity, text.slice(entity.offset, end), walk(entity.offset, end, inner), acts));
      at = end;
    }
    if (at < to) out.push(text.slice(at, to));
    return out;
  };
  return walk(0, text.length, sorted);
}

function node(entity, words, inside, acts) {
  const tag = TAGS[entity.type];
  if (tag) return h(tag, {}, ...inside);
  switch (entity.type) {
    case 'spoiler': {
      const reveal = (event) => {
        event.currentTarget.classList.add('shown');
        event.currentTarget.removeAttribute('aria-label');
      };
      return h(
        'button',
        { type: 'button', class: 'spoiler', 'aria-label': 'Hidden text, press to show', onclick: reveal },
        ...inside,
      );
    }
    case 'url':
      return link(words, inside, acts);
    case 'text_link':
      return link(entity.url, inside, acts);
    case 'mention':
      return link(`https://t.me/${words.slice(1)}`, inside, acts);
    case 'bot_command':
      return h('button', { type: 'button', class: 'link', onclick: () => acts.command?.(words) }, words);
    case 'hashtag':
    case 'cashtag':
    case 'email':
    case 'phone_number':
      return h('span', { class: 'tag' }, ...inside);
    default:
      return h('span', {}, ...inside);
  }
}

function link(address, inside, acts) {
  const url = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  if (!/^https?:/i.test(url)) return h('span', {}, ...inside);
  const onclick = (event) => {
    if (acts.link?.(url)) event.preventDefault();
  };
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', onclick }, ...inside);
}

/** `{username, payload}` of a link to a bot, as `https://t.me/shop_bot?start=table7`. */
export function deepLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (!['t.me', 'telegram.me'].includes(url.hostname)) return null;
  const username = url.pathname.slice(1).split('/')[0];
  return username ? { username, payload: url.searchParams.get('start') ?? '' } : null;
}

/** Words without those that a spoiler hides. */
function unhidden(words, entities = []) {
  const hidden = entities.filter((it) => it.type === 'spoiler').sort((a, b) => b.offset - a.offset);
  const cover = (text, { offset, length }) => `${text.slice(0, offset)}[hidden]${text.slice(offset + length)}`;
  return hidden.reduce(cover, words);
}

/** What a reply quotes, in a few words. */
export const quoted = (message) =>
  message.quote ? unhidden(message.quote.text, message.quote.entities) : brief(message.reply_to_message);

/** A message in a few words, for a quote or a listener. */
export function brief(message) {
  const said = message.text ?? message.caption;
  const words = said && unhidden(said, message.entities ?? message.caption_entities);
  const kinds = [
    ['photo', '🖼 Photo'],
    ['video', '🎬 Video'],
    ['animation', 'GIF'],
    ['voice', '🎤 Voice message'],
    ['audio', '🎵 Audio'],
    ['sticker', `${message.sticker?.emoji ?? ''} Sticker`],
    ['document', `📄 ${message.document?.file_name ?? 'File'}`],
    ['venue', '📍 Place'],
    ['location', '📍 Location'],
    ['contact', '👤 Contact'],
    ['poll', '📊 Poll'],
    ['dice', message.dice?.emoji],
    ['video_note', 'Video message'],
    ['forum_topic_created', 'New topic'],
  ];
  const kind = kinds.find(([name]) => message[name] !== undefined)?.[1] ?? '';
  return words ? (kind && !message.text ? `${kind}, ${words}` : words) : kind || 'Message';
}
