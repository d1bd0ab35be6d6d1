// The tour: the same deeds as by hand, one after the other, each with a sentence.

import { calm, show } from './dom.js';
import { chatOf, until, world } from './state.js';
import { STEPS } from './steps.js';

const find = (id) => document.getElementById(id);

/** Words a minute that can be read while looking at something else. */
const READING = 150;

/** Tells the page how high the panel is. */
function measure() {
  document.documentElement.style.setProperty('--tour', `${find('tour').offsetHeight}px`);
}

/** Plays, pauses and stops. */
export class Tour {
  constructor(cast) {
    this.cast = cast;
    this.running = null;
    this.paused = false;
    this.button = find('play');
    find('tour-pause').addEventListener('click', () => this.pause(!this.paused));
    find('tour-next').addEventListener('click', () => {
      if (this.skip) this.skip();
      else this.hurried = true;
    });
    // The phones end where the panel begins, however long its words are.
    new ResizeObserver(measure).observe(find('tour'));
    find('tour-stop').addEventListener('click', () => this.stop());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.running && !event.defaultPrevented && find('tour').contains(event.target))
        this.stop();
    });
  }

  toggle() {
    if (this.running) this.stop();
    else this.play();
  }

  async play() {
    this.running = new AbortController();
    sessionStorage.setItem('touring', 'yes');
    const { signal } = this.running;
    find('tour').hidden = false;
    document.body.classList.add('touring');
    this.button.textContent = 'Stop the tour';
    this.button.classList.add('on');
    this.pause(false);
    find('tour-pause').focus({ preventScroll: true });
    const stage = this.stage(signal);
    try {
      for (const [n, step] of STEPS.entries()) {
        this.tell(step, n);
        await step.act(stage);
        await this.time(step, signal);
      }
      this.end(
        'Your turn',
        'Write on either phone. Right-click, tap or press Enter on a message to reply, react, edit or delete.',
      );
    } catch (error) {
      if (signal.aborted) return;
      this.end('The tour stopped', `Something did not happen: ${error.message}.`);
    }
  }

  tell(step, n) {
    this.hurried = false;
    find('tour-title').textContent = step.title;
    find('tour-count').textContent = `${n + 1} of ${STEPS.length}`;
    find('tour-words').textContent = step.words;
    find('tour-progress').max = STEPS.length;
    find('tour-progress').value = n + 1;
    for (const id of ['customer', 'between', 'owner']) find(id).classList.toggle('looked-at', id === step.look);
    // Before anything is scrolled to: with other words the panel has another height.
    measure();
    // Phones that stand below each other: the one that matters comes into view.
    if (matchMedia('(max-width: 719px)').matches) show(find(step.look), 'start');
  }

  /** Time to read, cut short by “Next step”, stretched by “Pause”. */
  time(step, signal) {
    const words = step.words.split(' ').length;
    const length = 1200 + (words / READING) * 60_000;
    return new Promise((resolve, reject) => {
      let left = length;
      let last = performance.now();
      const done = () => {
        clearInterval(timer);
        this.skip = null;
        signal.removeEventListener('abort', broken);
      };
      const broken = () => {
        done();
        reject(signal.reason);
      };
      const timer = setInterval(() => {
        const now = performance.now();
        if (!this.paused) left -= now - last;
        last = now;
        if (left <= 0) {
          done();
          resolve();
        }
      }, 100);
      this.skip = () => {
        done();
        resolve();
      };
      signal.addEventListener('abort', broken);
      if (signal.aborted) broken();
    });
  }

  pause(on) {
    this.paused = on;
    find('tour-pause').textContent = on ? 'Resume' : 'Pause';
  }

  end(title, words) {
    this.leave();
    find('tour').hidden = false;
    find('tour').classList.add('over');
    document.body.classList.add('touring');
    find('tour-title').textContent = title;
    find('tour-count').textContent = '';
    find('tour-words').textContent = words;
    find('tour-stop').textContent = 'Close';
    find('tour-stop').focus({ preventScroll: true });
  }

  stop() {
    const midway = Boolean(this.running);
    this.running?.abort(new Error('stopped'));
    this.leave();
    // What was being typed is nobody's any more.
    if (midway) for (const phone of [this.cast.customer, this.cast.owner]) phone.composer.clear();
    this.button.focus();
  }

  /** A page that is loaded again has forgotten where it was. */
  resume() {
    if (!this.running && sessionStorage.getItem('touring'))
      this.end('The tour stopped', 'The page was loaded again. “Play the tour” begins at the first step.');
  }

  leave() {
    this.running = null;
    sessionStorage.removeItem('touring');
    this.skip = null;
    find('tour').hidden = true;
    find('tour').classList.remove('over');
    find('tour-stop').textContent = 'Stop the tour';
    document.body.classList.remove('touring');
    this.button.textContent = 'Play the tour';
    this.button.classList.remove('on');
    for (const id of ['customer', 'between', 'owner']) find(id).classList.remove('looked-at');
  }

  /** What steps can do: people's hands and eyes. */
  stage(signal) {
    const { customer, owner } = this.cast;
    const person = (name) => world.cast.customers.find((known) => known.name === name);
    const shop = world.cast.bots.find((bot) => bot.username === 'shop_bot');
    const done = (worked) => {
      if (!worked) throw new Error('it was refused');
    };
    const messages = (phone) => chatOf(phone.me.id, phone.bot)?.messages ?? [];
    return {
      customer,
      owner,
      shop,
      signal,
      hold: (name) => customer.choose(person(name), shop.id),
      home: () => owner.topics.choose(null),
      messages,
      /** Waits for a message on a phone, newer than those of `since`. */
      sees: (phone, fits, since = 0) =>
        until(() => messages(phone).findLast((message) => message.message_id > since && fits(message)), { signal }),
      until: (look) => until(look, { signal }),
      newest: (phone) => messages(phone).at(-1)?.message_id ?? 0,
      /** Types as a person does, or at once where motion is unwelcome, and sends. */
      types: async (phone, words) => {
        await type(phone.composer, words, signal, this);
        done(await sent(phone, () => phone.composer.submit()));
      },
      sends: async (phone, drafts) => done(await phone.does('send', { drafts, reply_to: null, thread: null })),
      replies: async (phone, message, words) => {
        phone.composer.answer(message);
        await type(phone.composer, words, signal, this);
        done(await sent(phone, () => phone.composer.submit()));
      },
      edits: async (phone, message, words) => {
        phone.composer.change(message);
        phone.composer.field.value = '';
        await type(phone.composer, words, signal, this);
        await phone.composer.submit();
      },
      does: async (phone, name, details) => done(await phone.does(name, details)),
      presses: async (phone, message, label) => {
        const spec = message.reply_markup.inline_keyboard.flat().find((it) => it.text.includes(label));
        done(await phone.does('press', { message: message.message_id, data: spec.callback_data }));
      },
    };
  }
}

/** Sends what is written, and says whether it went out: the field is empty then. */
async function sent(phone, send) {
  await send();
  return phone.composer.field.value === '';
}

/** Letter by letter; a pause holds it, “Next step” ends it. */
async function type(composer, words, signal, tour) {
  const { field } = composer;
  if (calm.matches) {
    field.value = words;
    composer.typed();
    return;
  }
  for (let n = 0; n < words.length;) {
    await new Promise((resolve) => {
      setTimeout(resolve, 24);
    });
    if (signal.aborted) throw signal.reason;
    if (tour.hurried) n = words.length;
    else if (tour.paused) continue;
    else n += 1;
    field.value = words.slice(0, n);
    composer.typed();
  }
}
