// The messages of one chat: kept in step with the emulator, read and used with the keyboard alone.

import { announce, h, show } from './dom.js';
import { article, bubbles, main } from './message.js';
import { brief } from './text.js';

const day = (seconds) => new Date(seconds * 1000).toDateString();

function dayName(seconds) {
  const today = new Date().toDateString();
  return day(seconds) === today
    ? 'Today'
    : new Date(seconds * 1000).toLocaleDateString([], { day: 'numeric', month: 'long' });
}

/** The list of bubbles in a phone. */
export class Chat {
  constructor(acts) {
    this.acts = { ...acts, jump: (id) => this.jump(id) };
    this.element = h('div', { class: 'messages', role: 'feed', 'aria-label': 'Messages', tabIndex: 0 });
    this.down = h('button', {
      type: 'button',
      class: 'down',
      hidden: true,
      'aria-label': 'To the newest message',
      onclick: () => {
        this.follows = true;
        this.toEnd();
        this.articles().at(-1)?.focus({ preventScroll: true });
      },
    });
    this.shown = new Map();
    this.key = '';
    this.follows = true;
    this.was = { scrollTop: 0, scrollHeight: 0 };
    this.element.addEventListener('scroll', () => this.scrolled());
    // Pictures come later than their messages, and the room changes with what opens below.
    this.element.addEventListener('load', () => this.toEnd(), true);
    new ResizeObserver(() => {
      for (const it of this.element.querySelectorAll('.beside')) this.place(it);
      this.toEnd();
    }).observe(this.element);
    this.element.addEventListener('keydown', (event) => this.keys(event));
    this.element.addEventListener('focusin', (event) => this.focused(event));
    this.element.addEventListener('pointerover', (event) => this.place(event.target.closest('article.message')));
    this.element.addEventListener('contextmenu', (event) => this.pointed(event));
    this.element.addEventListener('dblclick', (event) => this.doubled(event));
    this.element.addEventListener('click', (event) => this.tapped(event));
  }

  /** Shows a chat as it is now. `key` changes when it is another chat or topic. */
  render(key, chat, view) {
    const other = key !== this.key;
    if (other) {
      this.shown.clear();
      this.element.replaceChildren();
      this.key = key;
    }
    this.element.setAttribute('aria-label', `Messages with @${view.bot.username}`);
    const messages = chat.messages.filter(
      (message) => view.topic === null || (message.message_thread_id ?? 0) === view.topic,
    );
    const fresh = this.reconcile(bubbles(messages), chat, view);
    if (other || fresh.some((message) => message.from?.id === view.me.id)) this.follows = true;
    this.toEnd();
    if (!other) this.say(fresh, view);
  }

  /** Changes what differs and nothing else, so that focus and playing clips stay. Gives the new messages. */
  reconcile(list, chat, view) {
    const fresh = [];
    const seen = new Set();
    let last = null;
    const put = (element) => {
      const place = last ? last.nextElementSibling : this.element.firstElementChild;
      if (place !== element) this.element.insertBefore(element, place);
      last = element;
    };
    list.forEach((bubble, n) => {
      const [before, after] = [list[n - 1], list[n + 1]];
      const author = (it) => (it ? `${main(it).from?.id} ${day(main(it).date)}` : '');
      const newDay = !before || day(main(before).date) !== day(main(bubble).date);
      if (newDay)
        put(
          this.kept(`day ${day(main(bubble).date)}`, '', seen, () =>
            h('p', { class: 'day' }, h('span', {}, dayName(main(bubble).date))),
          ),
        );
      const standing = {
        ...view,
        unacknowledged: chat.unacknowledged,
        topics: chat.topics,
        first: author(before) !== author(bubble),
        last: author(after) !== author(bubble),
      };
      const print = JSON.stringify([
        bubble,
        standing.first,
        standing.last,
        bubble.messages.map((message) => chat.unacknowledged.includes(message.message_id)),
        chat.topics.length,
      ]);
      const known = this.shown.has(`${bubble.id}`);
      put(this.kept(`${bubble.id}`, print, seen, () => article(bubble, standing, this.acts)));
      if (!known) fresh.push(main(bubble));
    });
    for (const [id, { element }] of this.shown) {
      if (seen.has(id)) continue;
      const within = element.contains(document.activeElement);
      element.remove();
      this.shown.delete(id);
      if (within) this.element.focus({ preventScroll: true });
    }
    this.number();
    return fresh;
  }

  kept(id, print, seen, make) {
    seen.add(id);
    const known = this.shown.get(id);
    if (known?.print === print) return known.element;
    const element = make();
    if (known) this.replace(known.element, element);
    else element.classList.add('new');
    this.shown.set(id, { element, print });
    return element;
  }

  /** What is changed keeps its focus, on the control of the same name if there is one. */
  replace(old, element) {
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const name = active?.getAttribute('aria-label') ?? active?.textContent;
    element.tabIndex = old.tabIndex;
    old.replaceWith(element);
    if (!active) return;
    const same = [...element.querySelectorAll('button, a')].find(
      (it) => (it.getAttribute('aria-label') ?? it.textContent) === name,
    );
    // Somebody may be looking at the other phone by now.
    (active === old ? element : (same ?? element)).focus({ preventScroll: true });
  }

  articles() {
    return [...this.element.querySelectorAll('article')];
  }

  number() {
    const all = this.articles();
    all.forEach((it, n) => {
      it.setAttribute('aria-posinset', n + 1);
      it.setAttribute('aria-setsize', all.length);
    });
    if (!all.some((it) => it.tabIndex === 0) && all.length > 0) all.at(-1).tabIndex = 0;
    this.element.tabIndex = all.length > 0 ? -1 : 0;
    this.rove();
  }

  focused(event) {
    const target = event.target.closest('article');
    if (!target) return;
    for (const it of this.articles()) it.tabIndex = it === target ? 0 : -1;
    this.rove();
    this.place(target);
  }

  /** Tab stops at the chosen message and at what is in it. Its actions are reached with Enter. */
  rove() {
    for (const it of this.articles())
      for (const inner of it.querySelectorAll('a, button, audio, video'))
        inner.tabIndex = it.tabIndex === 0 && !inner.closest('.tools') ? 0 : -1;
  }

  /** A message's actions stand beside it; where there is no room above it, or else on it. */
  place(target) {
    const tools = target?.querySelector('.tools');
    if (!tools) return;
    const free = this.element.clientWidth - target.offsetWidth - 24;
    target.classList.toggle('beside', free >= tools.offsetWidth);
    const room = target.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    target.classList.toggle('low', room < 34);
    target.style.setProperty('--cut', `${Math.max(4, 4 - room)}px`);
  }

  keys(event) {
    const target = event.target.closest('article');
    if (!target) return;
    if (event.target.closest('.tools') && this.along(event)) return;
    const all = this.articles();
    const at = all.indexOf(target);
    const go = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (go !== undefined && all[go]) {
      event.preventDefault();
      all[go].focus();
    } else if (event.target === target && (event.key === 'Enter' || event.key === 'ContextMenu')) {
      event.preventDefault();
      target.querySelector('.tools button')?.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (event.target === target) this.acts.leave();
      else target.focus();
    }
  }

  /** Arrows from one action to the next; gives whether it was one of their keys. */
  along(event) {
    const all = [...event.target.closest('.tools').querySelectorAll('button')].filter((it) => it.offsetParent);
    const at = all.indexOf(event.target);
    const go = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (go === undefined) return false;
    event.preventDefault();
    all[(go + all.length) % all.length].focus();
    return true;
  }

  pointed(event) {
    const target = event.target.closest('article.message');
    if (!target) return;
    event.preventDefault();
    // The actions show as soon as the message has the focus; then the first of them can take it.
    target.focus({ preventScroll: true });
    target.querySelector('.tools button')?.focus({ preventScroll: true });
  }

  tapped(event) {
    if (event.target.closest('button, a, audio, video')) return;
    event.target.closest('article.message')?.focus({ preventScroll: true });
  }

  doubled(event) {
    if (event.target.closest('button, a')) return;
    event.target.closest('article.message')?.querySelector('[aria-label="Reply"]')?.click();
  }

  jump(id) {
    const target = this.shown.get(`${id}`)?.element;
    if (!target) return;
    show(target, 'center');
    target.focus({ preventScroll: true });
    target.classList.remove('new');
    requestAnimationFrame(() => target.classList.add('new'));
  }

  /** What comes later, such as a picture, moves the end away, but never the view up: that is somebody's wish. */
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    if (scrollHeight - scrollTop - clientHeight < 80) this.follows = true;
    else if (scrollTop < this.was.scrollTop && scrollHeight >= this.was.scrollHeight) this.follows = false;
    this.was = { scrollTop, scrollHeight };
    this.toEnd();
  }

  /** Stays at the newest message, unless somebody has scrolled away from it. */
  toEnd() {
    if (this.follows) this.element.scrollTop = this.element.scrollHeight;
    this.down.hidden = this.follows;
  }

  say(fresh, view) {
    const theirs = fresh.filter((message) => message.from?.id !== view.me.id);
    if (theirs.length > 0)
      announce(theirs.map((message) => `${view.me.name} received from ${view.bot.name}: ${brief(message)}`).join('. '));
  }
}
