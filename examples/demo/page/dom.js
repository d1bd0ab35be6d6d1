// Elements without innerHTML: what people write is only ever text.

/** An element; `props` are properties, `data-`/`aria-` attributes, `class`, and `on…` handlers. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && !name.includes('-') && name !== 'list') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';
const ICONS = {
  reply: 'M9 14 4 9l5-5M4 9h9a7 7 0 0 1 7 7v3',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  remove: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5',
  send: 'M3.500 11.500 20.500 4l-5.500 16.500-3.500-7zM11.500 13.500l4-4',
  attach:
    'M20 11.500 12 19.500a5 5 0 0 1-7-7l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700L9.700 17a1.700 1.700 0 0 1-2.400-2.400L15 7',
  sticker:
    'M12 3.500a8.500 8.500 0 1 0 8.500 8.500c-5 .5-8.500-3-8.500-8.500zM12 3.500 20.500 12M8.500 10v.5M8 14.500q3 3.500 7 1.500',
  voice:
    'M12 4a2.800 2.800 0 0 1 2.800 2.800v5a2.800 2.800 0 0 1-5.600 0v-5A2.800 2.800 0 0 1 12 4zM6 11.500a6 6 0 0 0 12 0M12 17.500V21',
  menu: 'M6 6h12M6 12h12M6 18h8',
  more: 'M5.500 12h.010M12 12h.010M18.500 12h.010',
  close: 'M6 6l12 12M18 6 6 18',
  block: 'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM6 6l12 12',
  bot: 'M6 9h12v10H6zM12 9V5M12 4.500v.010M9.500 13.500v.5M14.500 13.500v.5M3.500 13v3M20.500 13v3',
  topic: 'M9 4 7 20M17 4l-2 16M4.500 9h16M3.500 15h16',
  play: 'M8 5.500v13l10-6.500z',
  pause: 'M8.500 5.500v13M15.500 5.500v13',
  file: 'M7 3.500h7l4 4v13H7zM14 3.500v4h4',
  pin: 'M12 21s6.500-6 6.500-11a6.500 6.500 0 1 0-13 0c0 5 6.500 11 6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
};

/** A line drawing that says nothing: the name is its button's. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with a drawing and a name. */
export function iconButton(name, label, onclick, extra = {}) {
  return h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...extra },
    icon(name),
  );
}

const COLOURS = ['#b5462f', '#8a5a00', '#5e6b1c', '#2a7a4b', '#1a6f86', '#2b62b8', '#7a4bb5', '#b03a75'];

/** A round picture with initials, as for people without a photo. */
export function avatar(name, id, size = '') {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...word][0] ?? '').join('');
  const circle = h('span', { class: `avatar ${size}`, 'aria-hidden': 'true', 'data-initials': initials.toUpperCase() });
  circle.style.background = COLOURS[Math.abs(id) % COLOURS.length];
  return circle;
}

const announcer = document.querySelector('#announcer');

/** Says it to whoever listens instead of looking. */
export function announce(words) {
  announcer.textContent = '';
  announcer.textContent = words;
}

export const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Brings an element into view, gently where motion is welcome. */
export function show(element, block = 'nearest') {
  element.scrollIntoView({ block, behavior: calm.matches ? 'auto' : 'smooth' });
}
