// A phone: whose it is, which chat is open, its messages, and the field to write in.

import { Chat } from './chat.js';
import { Composer } from './composer.js';
import { avatar, h, iconButton } from './dom.js';
import { fatherDialog } from './father.js';
import { botOf, chatOf, deed, keyOf, on, until, world } from './state.js';
import { deepLink } from './text.js';
import { Topics } from './topics.js';

/** What is being written, and by whom, outlives a reload of the page; the tour's words do not. */
const keep = ({ role, me, bot }, text) => {
  if (me) sessionStorage.setItem(role, JSON.stringify({ person: me.id, bot, text }));
};
const kept = ({ role }) => (sessionStorage.getItem('touring') ? null : JSON.parse(sessionStorage.getItem(role)));

/** One of the two phones. `people()` gives who may hold it; `open(link)` follows a link to a bot. */
export class Phone {
  constructor(element, { role, people, open }) {
    Object.assign(this, { element, role, people, open });
    this.me = null;
    this.bot = null;
    this.read = new Map();
    this.head = h('div', { class: 'holders' });
    this.title = h('div', { class: 'chat-head' });
    this.note = h('div', { class: 'note', hidden: true });
    this.start = h('p', { class: 'first-words', hidden: true });
    this.toasts = h('div', { class: 'toasts', role: 'status' });
    this.composer = new Composer({
      send: (drafts, replyTo) => this.does('send', { drafts, reply_to: replyTo ?? null, thread: this.topics.thread() }),
      edit: (message, draft) => this.does('edit', { message: message.message_id, draft }),
      editLast: () => this.editLast(),
      commands: () => this.chat()?.menu ?? [],
      typed: (text) => keep(this, text),
    });
    this.topics = new Topics(
      (name) => this.does('open_topic', { name }),
      () => this.render(),
    );
    this.messages = new Chat({
      reply: (message) => this.composer.answer(message),
      edit: (message) => this.composer.change(message),
      remove: (bubble) => this.does('delete', { messages: bubble.messages.map((message) => message.message_id) }),
      react: (message, emoji) => this.does('react', { message: message.message_id, emoji }),
      press: (message, spec, button) => this.press(message, spec, button),
      command: (words) => this.command(words),
      link: (url) => this.follow(url),
      leave: () => this.composer.field.focus(),
    });
    element.append(
      this.head,
      this.title,
      this.topics.element,
      this.messages.element,
      h('div', { class: 'below' }, this.messages.down),
      this.toasts,
      this.note,
      this.start,
      this.composer.element,
    );
    on('cast', () => this.cast());
    on('chat', (chat) => this.changed(chat));
  }

  chat() {
    return this.me && chatOf(this.me.id, this.bot);
  }

  /** The people may be new ones: the demo was started again. */
  cast() {
    const before = this.me ? null : kept(this);
    const known = this.people().find((person) => person.id === (before?.person ?? this.me?.id));
    this.me = known ?? this.people()[0];
    if (known && before) this.bot = before.bot;
    if (!this.me.bots.includes(this.bot)) this.bot = this.me.bots[0];
    this.render();
    if (known && before?.text) this.composer.write(before.text);
  }

  changed(chat) {
    if (!this.me) return;
    if (chat.person === this.me.id && chat.bot === this.bot) this.render();
    else if (this.people().some((person) => person.id === chat.person)) this.holders();
  }

  /** Hands the phone to somebody else, or opens another chat on it. */
  choose(person, bot = null) {
    const next = bot ?? (person.bots.includes(this.bot) ? this.bot : person.bots[0]);
    if (person.id === this.me.id && next === this.bot) return;
    this.me = person;
    this.bot = next;
    this.composer.clear();
    this.topics.leave();
    this.render();
  }

  render() {
    const chat = this.chat();
    if (!chat) return;
    const bot = botOf(this.bot);
    const pressed = [this.title, this.note].some((it) => it.contains(document.activeElement)) && document.activeElement;
    this.element.setAttribute('aria-label', `${this.role} ${this.me.name}'s phone`);
    this.read.set(keyOf(this.me.id, this.bot), chat.messages.at(-1)?.message_id ?? 0);
    this.holders();
    this.heading(bot, chat);
    this.topics.render(chat.topics);
    this.composer.address(bot, chat.blocked);
    this.standing(bot, chat);
    this.invite(chat);
    if (pressed && (!pressed.isConnected || pressed.closest('[hidden]'))) this.focusAfter(pressed, chat);
    const view = { me: this.me, bot, topic: this.topics.chosen };
    this.messages.render(`${this.me.id}:${this.bot}:${this.topics.chosen}`, chat, view);
  }

  holders() {
    const people = this.people();
    const print = JSON.stringify(people.map((person) => [person.id, person.id === this.me.id, this.unread(person)]));
    if (print === this.headPrint) return;
    this.headPrint = print;
    if (people.length === 1) {
      this.head.replaceChildren(
        h(
          'h2',
          {},
          avatar(`${this.me.name} ${this.me.last_name}`, this.me.id, 'small'),
          `${this.role} ${this.me.name}`,
        ),
      );
      return;
    }
    const focused = this.head.contains(document.activeElement);
    const tab = (person) => {
      const chosen = person.id === this.me.id;
      const unread = this.unread(person);
      return h(
        'button',
        {
          type: 'button',
          role: 'tab',
          tabIndex: chosen ? 0 : -1,
          'aria-selected': String(chosen),
          onclick: () => this.choose(person),
        },
        avatar(`${person.name} ${person.last_name}`, person.id, 'small'),
        h('span', {}, h('span', { class: 'unseen' }, `${this.role} `), person.name),
        unread ? h('span', { class: 'badge' }, String(unread), h('span', { class: 'unseen' }, ' new')) : null,
      );
    };
    const list = h(
      'div',
      { role: 'tablist', 'aria-label': 'Customers', onkeydown: (event) => this.turn(event) },
      ...people.map(tab),
    );
    this.head.replaceChildren(h('span', { class: 'holders-name', 'aria-hidden': 'true' }, `${this.role}s:`), list);
    if (focused) list.querySelector('[aria-selected="true"]').focus({ preventScroll: true });
  }

  turn(event) {
    const people = this.people();
    const at = people.findIndex((person) => person.id === this.me.id);
    const go = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: people.length - 1 }[event.key];
    if (go === undefined) return;
    event.preventDefault();
    this.choose(people[(go + people.length) % people.length]);
    this.head.querySelector('[aria-selected="true"]').focus();
  }

  unread(person) {
    let count = 0;
    for (const bot of person.bots) {
      const chat = chatOf(person.id, bot);
      const key = keyOf(person.id, bot);
      if (!chat) continue;
      if (!this.read.has(key)) this.read.set(key, chat.messages.at(-1)?.message_id ?? 0);
      count += chat.messages.filter(
        (message) => message.from?.is_bot && message.message_id > this.read.get(key),
      ).length;
    }
    return count;
  }

  heading(bot, chat) {
    const print = JSON.stringify([this.me.id, this.me.bots, bot, chat.blocked, chat.started]);
    if (print === this.titlePrint) return;
    this.titlePrint = print;
    const name =
      this.me.bots.length > 1
        ? h(
            'select',
            { 'aria-label': 'Chat', onchange: (event) => this.choose(this.me, Number(event.target.value)) },
            ...this.me.bots.map(botOf).map((it) => h('option', { value: it.id, selected: it.id === bot.id }, it.name)),
          )
        : h('strong', {}, bot.name);
    const buttons =
      bot.id === world.cast.master
        ? [
            iconButton('topic', 'New topic', () => this.topics.ask()),
            iconButton('bot', 'New bot from BotFather', () => fatherDialog(this)),
          ]
        : [
            iconButton(
              'block',
              `${chat.blocked ? 'Unblock' : 'Block'} @${bot.username}`,
              () => this.does('block', { blocked: !chat.blocked }),
              { 'aria-pressed': String(chat.blocked) },
            ),
          ];
    this.title.replaceChildren(
      avatar(bot.name, bot.id),
      h('div', { class: 'chat-name' }, name, h('span', {}, `@${bot.username}`)),
      ...buttons,
    );
  }

  standing(bot, chat) {
    const print = `${chat.started} ${chat.blocked}`;
    if (print === this.notePrint) return;
    this.notePrint = print;
    this.note.hidden = chat.started && !chat.blocked;
    if (chat.blocked) {
      this.note.replaceChildren(
        h('p', {}, `${this.me.name} has blocked this bot.`),
        h(
          'button',
          { type: 'button', class: 'primary', onclick: () => this.does('block', { blocked: false }) },
          'Unblock',
        ),
      );
    } else if (!chat.started) {
      this.note.replaceChildren(
        h(
          'button',
          {
            type: 'button',
            class: 'primary',
            onclick: () => this.does('open', { username: botOf(this.bot).username, payload: '' }),
          },
          'Start',
        ),
      );
    }
  }

  /** The button that was pressed is gone: the focus goes where one would go on. */
  focusAfter(pressed, chat) {
    const goesOn = chat.blocked ? this.note.querySelector('button') : this.composer.field;
    const same = pressed.matches('select') && this.title.querySelector('select');
    (same || goesOn).focus({ preventScroll: true });
  }

  /** What can be done here, until somebody has done it. */
  invite(chat) {
    const own = chat.messages.filter((message) => message.from?.id === this.me.id);
    const isOwner = this.bot === world.cast.master;
    const begun = isOwner
      ? own.some((message) => message.reply_to_message)
      : own.some((message) => !message.text?.startsWith('/'));
    this.start.hidden = begun || chat.blocked || !chat.started;
    this.start.textContent = isOwner
      ? `What customers write arrives here. Right-click a message, tap it, or press Enter on it: ${this.me.name} can reply, react, edit and delete. /inbox, /stats and /status say how things stand.`
      : `Write something here as ${this.me.name}, a customer. It arrives on ${world.cast.owner.name}’s phone.`;
  }

  /** Does something as whoever holds the phone; says why where it can't be done. Gives whether it was. */
  async does(name, details) {
    const chat = name === 'open' ? { person: this.me.id } : { person: this.me.id, bot: this.bot };
    try {
      const result = await deed(name, { ...chat, ...details });
      if (name === 'open_topic') this.topics.expect(result);
      return true;
    } catch (error) {
      this.toast(error.message);
      return false;
    }
  }

  command(words) {
    // These are for @BotFather, of whom the greeting speaks.
    if (['/newbot', '/mybots'].includes(words)) fatherDialog(this);
    else this.does('send', { drafts: [{ kind: 'text', text: words }], reply_to: null, thread: this.topics.thread() });
  }

  editLast() {
    const mine = this.chat()
      ?.messages.filter((message) => message.from?.id === this.me.id && message.text !== undefined)
      .at(-1);
    if (mine) this.composer.change(mine);
    return Boolean(mine);
  }

  async press(message, spec, button) {
    button.classList.add('pressed');
    button.setAttribute('aria-busy', 'true');
    try {
      const id = await deed('press', {
        person: this.me.id,
        bot: this.bot,
        message: message.message_id,
        data: spec.callback_data,
      });
      const answer = await until(() => world.answers.get(id));
      if (answer.text && answer.alert) this.alert(answer.text);
      else if (answer.text) this.toast(answer.text);
    } catch (error) {
      this.toast(error.message);
    } finally {
      button.classList.remove('pressed');
      button.removeAttribute('aria-busy');
    }
  }

  toast(words) {
    const toast = h(
      'div',
      { class: 'toast' },
      h('span', {}, words),
      iconButton('close', 'Close this notice', () => toast.remove()),
    );
    this.toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), 7000);
  }

  alert(words) {
    const dialog = h(
      'dialog',
      { class: 'alert', role: 'alertdialog', 'aria-label': botOf(this.bot).name },
      h('p', {}, words),
      h('form', { method: 'dialog' }, h('button', { class: 'primary' }, 'OK')),
    );
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  /** Follows a link into Telegram, which ends inside the demo; `false` for any other link. */
  follow(url) {
    const link = deepLink(url);
    if (!link) return false;
    const bot = world.cast.bots.find((known) => known.username.toLowerCase() === link.username.toLowerCase());
    if (bot) this.open(bot, link.payload);
    else if (link.username === 'BotFather') fatherDialog(this);
    else this.toast(`In Telegram this opens @${link.username}. It is not part of the demo.`);
    return true;
  }
}
