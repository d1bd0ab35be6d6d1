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
  tour.resume();
});
let began = null;
on('cast', ({ ready }) => {
  if (began !== null && began !== ready) customer.toast('The demo was started anew. What was written before is gone.');
  began = ready;
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

// The jump bar knows what is looked at: whatever takes most of the screen.
const places = new Map([...document.querySelectorAll('.jump a')].map((link) => [find(link.hash.slice(1)), link]));
const seen = (place) => {
  const { top, bottom } = place.getBoundingClientRect();
  return Math.min(bottom, innerHeight) - Math.max(top, 0);
};
function mark() {
  const most = [...places.keys()].reduce((best, place) => (seen(place) > seen(best) ? place : best));
  for (const [place, link] of places) {
    if (place === most) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}
document.addEventListener('scroll', mark, { passive: true });
new ResizeObserver(mark).observe(document.body);

connect();
