// Where a message is written: words with signs, pictures waiting to go, a reply or an edit begun.

import { h, iconButton } from './dom.js';
import { attachPanel, commandPanel, stickerPanel } from './panels.js';
import { brief, parse, pieces, typed, wrap } from './text.js';
import { voicePanel } from './voice.js';

const FORMATS = [
  ['bold', 'B', 'Bold'],
  ['italic', 'I', 'Italic'],
  ['underline', 'U', 'Underline'],
  ['strikethrough', 'S', 'Strikethrough'],
  ['code', '<>', 'Code'],
  ['spoiler', '▒', 'Spoiler'],
  ['text_link', '🔗', 'Link'],
];
const KEYS = { b: 'bold', i: 'italic', u: 'underline', k: 'text_link' };

/** The lower part of a phone. `acts.send(drafts)`, `acts.edit(message, draft)`, `acts.typed(text)`, `acts.commands()`. */
export class Composer {
  constructor(acts) {
    this.acts = acts;
    this.reply = null;
    this.editing = null;
    this.tray = [];
    this.panel = null;
    this.bar = h('div', { class: 'bar', hidden: true });
    this.waiting = h('ul', { class: 'tray', hidden: true, 'aria-label': 'Photos to send' });
    this.drawer = h('div', { class: 'drawer', hidden: true, role: 'group' });
    this.formats = h(
      'div',
      { class: 'formats', role: 'toolbar', 'aria-label': 'Formatting', hidden: true },
      ...FORMATS.map(([type, sign, name]) =>
        h(
          'button',
          {
            type: 'button',
            'aria-label': name,
            title: name,
            class: type,
            onpointerdown: (event) => event.preventDefault(),
            onclick: () => wrap(this.field, type),
          },
          sign,
        ),
      ),
    );
    this.field = h('textarea', {
      rows: 1,
      autocomplete: 'off',
      'aria-label': 'Message',
      placeholder: 'Message',
      oninput: () => this.typed(),
      onkeydown: (event) => this.keys(event),
    });
    this.field.addEventListener('select', () => this.selected());
    this.field.addEventListener('blur', () => this.selected());
    this.menuButton = iconButton('menu', 'Commands', () => this.toggle('commands'), { 'aria-expanded': 'false' });
    this.attachButton = iconButton('attach', 'Attach photo or file', () => this.toggle('attach'), {
      'aria-expanded': 'false',
    });
    this.stickerButton = iconButton('sticker', 'Stickers', () => this.toggle('stickers'), { 'aria-expanded': 'false' });
    this.voiceButton = iconButton('voice', 'Voice message', () => this.toggle('voice'), { 'aria-expanded': 'false' });
    this.sendButton = iconButton('send', 'Send', null, {
      type: 'submit',
      class: 'icon-button send',
      // The field keeps the focus, and all above it stays where it is: a press that begins here ends here.
      onmousedown: (event) => event.preventDefault(),
    });
    const form = h(
      'form',
      { class: 'write', onsubmit: (event) => this.submit(event) },
      this.menuButton,
      this.attachButton,
      this.field,
      this.stickerButton,
      this.voiceButton,
      this.sendButton,
    );
    this.element = h('div', { class: 'composer' }, this.formats, this.bar, this.waiting, this.drawer, form);
    this.element.addEventListener('keydown', (event) => this.escape(event));
  }

  /** Whom it writes to. */
  address(bot, unusable) {
    this.field.setAttribute('aria-label', `Message to @${bot.username}`);
    this.field.disabled = unusable;
    for (const button of [this.menuButton, this.attachButton, this.stickerButton, this.voiceButton, this.sendButton])
      button.disabled = unusable;
  }

  /** Forgets what was begun, for another chat. */
  clear() {
    this.field.value = '';
    this.tray = [];
    this.leaveBar();
    this.close();
    this.typed();
    this.showTray();
  }

  answer(message) {
    this.leaveBar();
    this.reply = message;
    this.showBar(`Reply to: ${brief(message)}`, 'Cancel the reply');
  }

  change(message) {
    this.leaveBar();
    this.editing = message;
    this.field.value = typed(message.text ?? message.caption ?? '', message.entities ?? message.caption_entities);
    this.showBar(`Editing: ${brief(message)}`, 'Cancel the edit');
    this.typed();
  }

  showBar(words, cancel) {
    const stop = () => {
      if (this.editing) this.field.value = '';
      this.leaveBar();
      this.typed();
      this.field.focus();
    };
    this.bar.replaceChildren(h('span', {}, words), iconButton('close', cancel, stop));
    this.bar.hidden = false;
    this.takeFocus();
  }

  /** Lets somebody write on, but not whoever is steering the tour. */
  takeFocus(options) {
    if (!document.activeElement?.closest('#tour')) this.field.focus(options);
  }

  leaveBar() {
    this.reply = null;
    this.editing = null;
    this.bar.hidden = true;
  }

  add(draft) {
    if (this.tray.length < 10) this.tray.push(draft);
    this.showTray();
  }

  drop(draft) {
    this.tray = this.tray.filter((other) => other !== draft);
    this.showTray();
  }

  showTray() {
    const item = (draft) =>
      h(
        'li',
        {},
        draft.preview ? h('img', { src: draft.preview, alt: draft.label }) : h('span', {}, draft.label),
        iconButton('close', `Remove ${draft.label}`, () => {
          this.drop(draft);
          this.acts.changed?.();
          this.field.focus();
        }),
      );
    this.waiting.replaceChildren(...this.tray.map(item));
    this.waiting.hidden = this.tray.length === 0;
    this.field.placeholder = this.tray.length > 0 ? 'Caption' : 'Message';
  }

  /** What is written, as messages of one draft or, an album, of several: none if there is nothing to send. */
  drafts() {
    const written = parse(this.field.value);
    if (this.tray.length === 0) return pieces(written).map((piece) => [{ kind: 'text', ...piece }]);
    return [this.tray.map(({ draft }, n) => (n === 0 ? { ...draft, ...written } : draft))];
  }

  /** The field is empty at once; what was refused comes back. */
  async submit(event) {
    event?.preventDefault();
    const { editing, reply, tray } = this;
    const { value } = this.field;
    const drafts = editing ? [] : this.drafts();
    if (!editing && drafts.length === 0) return;
    const kind = editing?.text !== undefined ? 'text' : 'caption';
    const send = async () => {
      if (editing) return this.acts.edit(editing, { kind, ...parse(value) });
      const sent = await Promise.all(drafts.map((draft, n) => this.acts.send(draft, n ? null : reply?.message_id)));
      return sent.every(Boolean);
    };
    const sending = send();
    this.clear();
    this.takeFocus({ preventScroll: true });
    if (await sending) return;
    // Nothing that was begun meanwhile is written over.
    if (this.field.value || this.tray.length > 0) return;
    if (editing) this.change(editing);
    else if (reply) this.answer(reply);
    [this.field.value, this.tray] = [value, tray];
    this.typed();
    this.showTray();
  }

  /** Sends something at once, such as a sticker. */
  async now(draft) {
    const reply = this.reply?.message_id;
    this.leaveBar();
    this.close();
    this.takeFocus({ preventScroll: true });
    await this.acts.send([draft], reply);
  }

  /** Puts words into the field. */
  write(words) {
    this.field.value = words;
    this.typed();
  }

  typed() {
    this.acts.typed(this.editing ? '' : this.field.value);
    this.field.style.height = 'auto';
    this.field.style.height = `${Math.min(this.field.scrollHeight, 132)}px`;
    const asks = /^\/[a-z0-9_]*$/i.test(this.field.value);
    if (asks) this.open('commands', this.field.value.slice(1));
    else if (this.panel === 'commands') this.close();
    this.selected();
  }

  selected() {
    const { selectionStart: start, selectionEnd: end } = this.field;
    this.formats.hidden = start === end || document.activeElement !== this.field;
  }

  keys(event) {
    const format = (event.ctrlKey || event.metaKey) && KEYS[event.key.toLowerCase()];
    if (format && this.field.selectionStart !== this.field.selectionEnd) {
      event.preventDefault();
      wrap(this.field, format);
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'ArrowUp' && this.field.value === '') {
      if (this.acts.editLast()) event.preventDefault();
    }
  }

  escape(event) {
    if (event.key !== 'Escape') return;
    if (this.panel) this.close(true);
    else if (!this.bar.hidden) this.bar.querySelector('button').click();
    else return;
    event.stopPropagation();
  }

  buttonOf(panel) {
    return {
      commands: this.menuButton,
      attach: this.attachButton,
      stickers: this.stickerButton,
      voice: this.voiceButton,
    }[panel];
  }

  toggle(panel) {
    if (this.panel === panel) this.close(true);
    else {
      this.open(panel, '');
      this.drawer.querySelector('button, input')?.focus();
    }
  }

  open(panel, search) {
    const [name, contents] = {
      commands: () => [
        'Commands',
        commandPanel(
          this.acts.commands(),
          search,
          (command) => this.now({ kind: 'text', text: `/${command}` }),
          () => {
            this.field.value = '';
          },
        ),
      ],
      attach: () => ['Attach', attachPanel(this)],
      stickers: () => ['Stickers', stickerPanel((draft) => this.now(draft))],
      voice: () => ['Voice message', voicePanel((draft) => this.now(draft))],
    }[panel]();
    if (this.panel !== panel) this.close();
    this.panel = panel;
    this.drawer.replaceChildren(...contents);
    this.drawer.setAttribute('aria-label', name);
    this.drawer.hidden = contents.length === 0;
    this.buttonOf(panel).setAttribute('aria-expanded', 'true');
  }

  close(back = false) {
    if (!this.panel) return;
    const button = this.buttonOf(this.panel);
    this.panel = null;
    this.drawer.dispatchEvent(new Event('close'));
    this.drawer.replaceChildren();
    this.drawer.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (back) button.focus();
  }
}
