// The demo's BotFather: makes a bot and gives its token, to be attached by hand.

import { h } from './dom.js';
import { deed } from './state.js';

/** Asks for a name, makes the bot, and offers the token to the owner's phone. */
export function fatherDialog(phone) {
  const name = h('input', { type: 'text', value: 'Cake Shop', maxLength: 64, required: true, id: 'father-name' });
  const username = h('input', {
    type: 'text',
    value: 'cake_shop_bot',
    maxLength: 32,
    required: true,
    id: 'father-username',
    autocapitalize: 'off',
    spellcheck: false,
  });
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const form = h(
    'form',
    { onsubmit: (event) => make(event) },
    h('p', {}, 'On Telegram you get a bot from @BotFather. This one is a bot from the demo’s BotFather.'),
    h('label', { htmlFor: 'father-name' }, 'Name of the bot'),
    name,
    h('label', { htmlFor: 'father-username' }, 'Username, ending in “bot”'),
    username,
    trouble,
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'primary' }, 'Create the bot'),
      h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
    ),
  );
  const dialog = h(
    'dialog',
    { class: 'father', 'aria-labelledby': 'father-title' },
    h('h2', { id: 'father-title' }, 'A bot from BotFather'),
    form,
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  async function make(event) {
    event.preventDefault();
    trouble.textContent = '';
    try {
      const made = await deed('new_bot', { name: name.value, username: username.value });
      form.replaceWith(result(made));
      dialog.querySelector('.primary').focus();
    } catch (error) {
      trouble.textContent = error.message;
    }
  }

  function result(made) {
    const use = () => {
      dialog.close();
      phone.composer.field.value = made.token;
      phone.composer.typed();
      phone.composer.field.focus();
    };
    const copied = h('span', { role: 'status' });
    const copy = () =>
      navigator.clipboard.writeText(made.token).then(
        () => {
          copied.textContent = 'Copied';
        },
        () => {
          copied.textContent = 'Select it and copy it by hand';
        },
      );
    return h(
      'div',
      { class: 'made' },
      h('p', {}, `@${made.username} is made. Its token:`),
      h('output', { 'aria-label': 'Token' }, made.token),
      h(
        'p',
        {},
        'Send /add to @master_bot, then this token. The relay attaches the bot, and it appears on the customers’ phones.',
      ),
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'button', class: 'primary', onclick: use }, 'Put it into the message field'),
        h('button', { type: 'button', onclick: copy }, 'Copy'),
        h('button', { type: 'button', onclick: () => dialog.close() }, 'Close'),
        copied,
      ),
    );
  }
}
