// Topics of a chat: messages can be written into one, and are shown under it.

import { h } from './dom.js';

/** The row of topics below a chat's head; hidden while there are none. */
export class Topics {
  constructor(create, changed) {
    Object.assign(this, { create, changed, chosen: null, expected: null, print: '' });
    this.list = h('div', {
      class: 'topic-list',
      role: 'tablist',
      'aria-label': 'Topics',
      onkeydown: (event) => this.turn(event),
    });
    this.name = h('input', {
      type: 'text',
      maxLength: 128,
      'aria-label': 'Name of the topic',
      placeholder: 'Name of the topic',
      required: true,
    });
    this.form = h(
      'form',
      { class: 'topic-form', hidden: true, onsubmit: (event) => this.submit(event) },
      this.name,
      h('button', { class: 'primary' }, 'Create'),
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            this.form.hidden = true;
          },
        },
        'Cancel',
      ),
    );
    this.hint = h(
      'p',
      { class: 'topic-hint', hidden: true },
      'The relay does not use topics yet: it reads what you write here, and answers in the chat itself (All).',
    );
    this.element = h('div', { class: 'topics' }, this.list, this.form, this.hint);
  }

  /** The topic that is written into: none in the chat itself. */
  thread() {
    return this.chosen;
  }

  ask() {
    this.form.hidden = !this.form.hidden;
    if (!this.form.hidden) this.name.focus();
  }

  async submit(event) {
    event.preventDefault();
    if (await this.create(this.name.value)) {
      this.name.value = '';
      this.form.hidden = true;
    }
  }

  choose(id) {
    this.chosen = id;
    this.changed();
  }

  /** Chooses a topic that is about to appear. */
  expect(id) {
    this.expected = id;
    this.changed();
  }

  leave() {
    this.chosen = null;
    this.form.hidden = true;
  }

  turn(event) {
    const tabs = [...this.list.querySelectorAll('[role=tab]')];
    const at = tabs.findIndex((tab) => tab.tabIndex === 0);
    const go = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (go === undefined) return;
    event.preventDefault();
    tabs.at(go % tabs.length).click();
    this.list.querySelector('[aria-selected="true"]').focus();
  }

  render(topics) {
    if (topics.some((topic) => topic.id === this.expected)) [this.chosen, this.expected] = [this.expected, null];
    if (!topics.some((topic) => topic.id === this.chosen)) this.chosen = null;
    const print = JSON.stringify([topics, this.chosen]);
    if (print === this.print) return;
    this.print = print;
    const tab = (id, name) =>
      h(
        'button',
        {
          type: 'button',
          role: 'tab',
          tabIndex: id === this.chosen ? 0 : -1,
          'aria-selected': String(id === this.chosen),
          onclick: () => this.choose(id),
        },
        name,
      );
    this.list.replaceChildren(
      ...(topics.length > 0 ? [tab(null, 'All'), ...topics.map((topic) => tab(topic.id, `# ${topic.name}`))] : []),
    );
    this.list.hidden = topics.length === 0;
    this.hint.hidden = this.chosen === null;
  }
}
