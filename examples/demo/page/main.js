// Puts the page together.

import { announce, show } from './dom.js';
import { Phone } from './phone.js';
import { connect, deed, on, world } from './state.js';
import { strip } from './strip.js';
import { Tour } from './tour.js';

const find = (id) => document.getElementById(id);

const customer = new Phone(find('customer'), { role: 'Customer', people: () => world.cast.customers, open });
const owner = new Phone(find('owner'), { role: 'Owner', people: () => [world.cast.owner], open });

/**
 * A link to a bot opens on the customer's phone, whoever pressed it: the owner shows it around. With a label, or in a
 * chat that is new, *Start* is pressed, too.
 */
async function open(bot, payload) {
  if (bot.id === world.cast.master) {
    show(find('owner'));
    return;
  }
  customer.choose(customer.me, bot.id);
  show(find('customer'));
  if (!payload && customer.chat()?.started) {
    announce(`${customer.me.name} opened @${bot.username}`);
    return;
  }
  if (await customer.does('open', { username: bot.username, payload })) {
    announce(`${customer.me.name} opened @${bot.username}${payload ? ` with the label ${payload}` : ''}`);
  }
}

strip(find('strip'));

const tour = new Tour({ customer, owner, deed });
const play = find('play');
play.addEventListener('click', () => tour.toggle());
on('ready', () => {
  find('offline').hidden = true;
  play.disabled = false;
});
on('lost', () => {
  find('offline').hidden = false;
});

const theme = find('theme');
const dark = matchMedia('(prefers-color-scheme: dark)');
function paint(chosen) {
  const is = chosen ? chosen === 'dark' : dark.matches;
  document.documentElement.dataset.theme = is ? 'dark' : 'light';
  theme.setAttribute('aria-pressed', String(is));
}
paint(localStorage.getItem('theme'));
dark.addEventListener('change', () => paint(localStorage.getItem('theme')));
theme.addEventListener('click', () => {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem('theme', next);
  paint(next);
});

// The jump bar knows what is looked at.
const places = new Map([...document.querySelectorAll('.jump a')].map((link) => [link.hash.slice(1), link]));
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      for (const [id, link] of places) {
        if (id === target.id) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    }
  },
  { threshold: 0.6 },
);
for (const id of places.keys()) watcher.observe(find(id));

connect();
