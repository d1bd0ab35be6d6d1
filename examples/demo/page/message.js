// One bubble: a message, or an album, which is one bubble of several messages.

import { h, icon } from './dom.js';
import { fileUrl, media, picture } from './media.js';
import { brief, quoted as inQuote, nodes } from './text.js';

const QUICK = ['👍', '❤', '🔥'];
const MORE = ['👏', '🎉', '😁', '🤔', '😢', '🙏', '👌', '💯'];

// Without its sign for colour this one heart is drawn as text.
const drawn = (emoji) => (emoji === '❤' ? '❤️' : emoji);

const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** Messages in bubbles: what has the same album stands in one. */
export function bubbles(messages) {
  const made = [];
  for (const message of messages) {
    const last = made.at(-1);
    if (
      message.media_group_id &&
      last?.messages[0].media_group_id === message.media_group_id &&
      last.messages[0].from?.id === message.from?.id
    ) {
      last.messages.push(message);
    } else {
      made.push({ id: message.message_id, messages: [message] });
    }
  }
  return made;
}

/** The one of an album that carries its words, or the only one. */
export const main = (bubble) =>
  bubble.messages.find((message) => message.caption ?? message.text) ?? bubble.messages[0];

const SERVICE = {
  forum_topic_created: (topic) => `Topic “${topic.name}” was opened`,
  pinned_message: () => 'A message was pinned',
};

const serviceOf = (message) => Object.keys(SERVICE).find((kind) => message[kind] !== undefined);

/**
 * A bubble as an article. `view` says whose phone it is (`me`, `bot`, `unacknowledged`, `topics`), how it stands among
 * others (`first`, `last`), and `acts` what its buttons do.
 */
export function article(bubble, view, acts) {
  const message = main(bubble);
  const service = serviceOf(message);
  if (service) {
    return h(
      'article',
      { class: 'service', tabIndex: -1, 'data-id': bubble.id },
      h('p', { class: 'notice' }, SERVICE[service](message[service])),
    );
  }
  const mine = message.from?.id === view.me.id;
  const who = mine ? 'You' : view.bot.name;
  const plain = message.sticker || message.dice;
  const inside = [quoted(message, acts), topic(message, view), ...pictures(bubble, view), words(message, acts)];
  const body = h(
    'div',
    {
      class: [
        'bubble',
        plain && 'plain',
        bubble.messages.length > 1 && 'album-bubble',
        hasPicture(message) && 'with-picture',
      ]
        .filter(Boolean)
        .join(' '),
    },
    ...inside,
    foot(message, mine, view),
  );
  const element = h(
    'article',
    {
      class: `message ${mine ? 'mine' : 'theirs'} ${view.first ? 'first' : ''} ${view.last ? 'last' : ''}`,
      tabIndex: -1,
      'aria-label': `${who}, ${time(message.date)}: ${brief(message)}`,
      'data-id': bubble.id,
    },
    body,
    reactions(message, view, acts),
    keyboard(message, acts),
    tools(bubble, mine, view, acts),
  );
  return element;
}

const hasPicture = (message) => Boolean(message.photo ?? message.video ?? message.animation);

function quoted(message, acts) {
  const target = message.reply_to_message;
  if (!target) return null;
  const label = target.from?.is_bot ? target.from.first_name : 'You';
  return h(
    'button',
    { type: 'button', class: 'quote', onclick: () => acts.jump(target.message_id) },
    h('strong', {}, h('span', { class: 'unseen' }, 'In reply to '), label),
    h('span', {}, inQuote(message)),
  );
}

function topic(message, view) {
  const name = view.topics.find((known) => known.id === message.message_thread_id)?.name;
  return name && !view.topic ? h('span', { class: 'topic-tag' }, `# ${name}`) : null;
}

function pictures(bubble, view) {
  if (bubble.messages.length === 1) return media(bubble.messages[0], view.bot.id);
  const cells = bubble.messages.map((message, n) => {
    if (!message.photo) return h('div', { class: 'cell' }, ...media(message, view.bot.id));
    return h(
      'div',
      { class: 'cell' },
      picture(
        fileUrl(view.bot.id, message.photo.at(-1).file_id),
        `Photo ${n + 1} of ${bubble.messages.length}`,
        message.has_media_spoiler,
      ),
    );
  });
  return [
    h(
      'div',
      { class: `album of-${Math.min(cells.length, 4)}`, role: 'group', 'aria-label': `Album of ${cells.length}` },
      ...cells,
    ),
  ];
}

function words(message, acts) {
  const text = message.text ?? message.caption;
  if (text === undefined) {
    const known = [
      'photo',
      'sticker',
      'voice',
      'audio',
      'video',
      'animation',
      'video_note',
      'document',
      'location',
      'venue',
      'contact',
      'dice',
      'poll',
      'checklist',
    ];
    return known.some((kind) => message[kind] !== undefined)
      ? null
      : h('p', { class: 'words' }, '(a kind of message this page does not draw)');
  }
  return h('p', { class: 'words', dir: 'auto' }, ...nodes(text, message.entities ?? message.caption_entities, acts));
}

function foot(message, mine, view) {
  const read = !view.unacknowledged.includes(message.message_id);
  const ticks =
    mine &&
    h(
      'span',
      { class: `ticks ${read ? 'read' : ''}`, role: 'img', 'aria-label': read ? 'Acknowledged by the relay' : 'Sent' },
      read ? '✓✓' : '✓',
    );
  return h(
    'p',
    { class: 'foot' },
    message.edit_date ? h('span', { class: 'edited' }, 'edited') : null,
    h('time', { dateTime: new Date(message.date * 1000).toISOString() }, time(message.date)),
    ticks || null,
  );
}

function reactions(message, view, acts) {
  const counted = new Map();
  for (const { actor, reaction } of message.reactions ?? []) {
    const emoji = reaction.emoji ?? '⭐';
    const seen = counted.get(emoji) ?? { count: 0, mine: false };
    counted.set(emoji, { count: seen.count + 1, mine: seen.mine || actor === view.me.id });
  }
  if (counted.size === 0) return null;
  const pill = ([emoji, { count, mine }]) =>
    h(
      'button',
      {
        type: 'button',
        class: 'pill',
        'aria-pressed': String(mine),
        'aria-label': `Reaction ${emoji}, ${count}${mine ? ', yours' : ''}`,
        onclick: () => acts.react(message, mine ? null : emoji),
      },
      drawn(emoji),
      h('span', {}, count > 1 ? String(count) : ''),
    );
  return h('div', { class: 'reactions' }, ...[...counted].map(pill));
}

function keyboard(message, acts) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const button = (spec) => {
    const act = () => {
      if (spec.url) acts.link(spec.url) || window.open(spec.url, '_blank', 'noopener');
      else if (spec.copy_text) navigator.clipboard?.writeText(spec.copy_text.text);
      else acts.press(message, spec, made);
    };
    const made = h('button', { type: 'button', onclick: act }, spec.text);
    return made;
  };
  return h(
    'div',
    { class: 'keyboard', role: 'group', 'aria-label': 'Buttons of the message' },
    ...rows.map((row) => h('div', {}, ...row.map(button))),
  );
}

function tools(bubble, mine, view, acts) {
  const message = main(bubble);
  const own = new Set((message.reactions ?? []).filter((it) => it.actor === view.me.id).map((it) => it.reaction.emoji));
  const tool = (name, label, onclick) =>
    h('button', { type: 'button', tabIndex: -1, 'aria-label': label, title: label, onclick }, icon(name));
  const react = (emoji) =>
    h(
      'button',
      {
        type: 'button',
        tabIndex: -1,
        class: 'emoji',
        'aria-label': `React ${emoji}`,
        title: `React ${emoji}`,
        'aria-pressed': String(own.has(emoji)),
        onclick: () => acts.react(message, own.has(emoji) ? null : emoji),
      },
      drawn(emoji),
    );
  const further = h('div', { class: 'further', hidden: true }, ...MORE.map(react));
  const toggle = h(
    'button',
    {
      type: 'button',
      tabIndex: -1,
      'aria-label': 'More reactions',
      title: 'More reactions',
      'aria-expanded': 'false',
      onclick: () => {
        further.hidden = !further.hidden;
        toggle.setAttribute('aria-expanded', String(!further.hidden));
      },
    },
    icon('more'),
  );
  const editable = mine && (message.text !== undefined || message.caption !== undefined || hasPicture(message));
  return h(
    'div',
    { class: 'tools', role: 'toolbar', 'aria-label': 'Actions for this message' },
    tool('reply', 'Reply', () => acts.reply(message)),
    ...QUICK.map(react),
    toggle,
    editable ? tool('edit', 'Edit', () => acts.edit(message)) : null,
    tool('remove', 'Delete', () => acts.remove(bubble)),
    further,
  );
}
