// What opens above the message field: photos and files, stickers, commands.

import { h } from './dom.js';

const PHOTOS = [
  ['tea', 'A cup of tea', 960, 720],
  ['parcel', 'A damaged parcel', 960, 720],
  ['cakes', 'Three cakes', 900, 900],
  ['shop', 'The tea shop', 960, 640],
];
const STICKERS = [
  ['hello', '👋', 'Hello'],
  ['thanks', '🙏', 'Thanks'],
  ['love', '😍', 'Love'],
  ['oops', '😢', 'Oops'],
];

/** A photo of the page's own, ready to be sent. */
export function photo(name) {
  const [, label, width, height] = PHOTOS.find(([known]) => known === name);
  return { label, preview: `/page/art/${name}.jpg`, draft: { kind: 'photo', prop: `${name}.jpg`, width, height } };
}

/** A sticker of the page's own. */
export function sticker(name) {
  const [, emoji] = STICKERS.find(([known]) => known === name);
  return { kind: 'sticker', prop: `${name}.webp`, emoji };
}

/** A file of the visitor's as a draft: pictures and films as such, everything else as a file. */
async function fromFile(file, asFile) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  const base64 = url.slice(url.indexOf(',') + 1);
  const image = file.type.startsWith('image/') && file.type !== 'image/svg+xml';
  const kind = asFile ? 'document' : image ? 'photo' : file.type.startsWith('video/') ? 'video' : 'document';
  const draft = { kind, base64, name: file.name, mime: file.type || 'application/octet-stream' };
  const preview = image ? URL.createObjectURL(file) : null;
  if (kind === 'photo') {
    const size = await createImageBitmap(file).catch(() => null);
    if (!size) return { label: file.name, preview: null, draft: { ...draft, kind: 'document' } };
    Object.assign(draft, { width: size.width, height: size.height });
  }
  return { label: file.name, preview, draft };
}

/** Photos to choose, the visitor's own files, and a few other things. */
export function attachPanel(composer) {
  const chosen = (name) => composer.tray.find((item) => item.draft.prop === `${name}.jpg`);
  const choice = ([name, label]) => {
    const button = h(
      'button',
      {
        type: 'button',
        class: 'choice',
        'aria-label': `Photo: ${label}`,
        'aria-pressed': String(Boolean(chosen(name))),
        onclick: () => {
          const known = chosen(name);
          if (known) composer.drop(known);
          else composer.add(photo(name));
          button.setAttribute('aria-pressed', String(Boolean(chosen(name))));
        },
      },
      h('img', { src: `/page/art/${name}.jpg`, alt: '' }),
    );
    return button;
  };
  const own = (label, accept, asFile) => {
    const input = h('input', {
      type: 'file',
      multiple: true,
      accept,
      class: 'unseen',
      onchange: async () => {
        for (const file of input.files) composer.add(await fromFile(file, asFile));
        composer.close();
        composer.field.focus();
      },
    });
    return h('label', { class: 'chip' }, input, label);
  };
  const instantly = (label, draft) =>
    h('button', { type: 'button', class: 'chip', onclick: () => composer.now(draft()) }, label);
  return [
    h('p', { class: 'hint' }, 'Choose photos, write a caption, send. Several are an album.'),
    h('div', { class: 'choices' }, ...PHOTOS.map(choice)),
    h(
      'div',
      { class: 'chips' },
      own('🖼 Photos from this device', 'image/*,video/*', false),
      own('📄 File from this device', '', true),
      instantly('📍 Location', () => ({ kind: 'location' })),
      instantly('👤 Contact', () => ({ kind: 'contact' })),
      instantly('🎲 Dice', () => ({ kind: 'dice', duration: 1 + Math.floor(Math.random() * 6) })),
    ),
  ];
}

/** Stickers, sent at once. */
export function stickerPanel(send) {
  return [
    h(
      'div',
      { class: 'stickers' },
      ...STICKERS.map(([name, , label]) =>
        h(
          'button',
          { type: 'button', 'aria-label': `Sticker: ${label}`, onclick: () => send(sticker(name)) },
          h('img', { src: `/page/art/${name}.webp`, alt: '' }),
        ),
      ),
    ),
  ];
}

/** The bot's own commands, as it set them for this person. */
export function commandPanel(commands, search, send, taken) {
  const fitting = commands.filter(({ command }) => command.startsWith(search.toLowerCase()));
  if (fitting.length === 0) return search ? [] : [h('p', { class: 'hint' }, 'This bot has set no commands.')];
  const row = ({ command, description }) =>
    h(
      'button',
      {
        type: 'button',
        class: 'command',
        onclick: () => {
          taken();
          send(command);
        },
      },
      h('strong', {}, `/${command}`),
      h('span', {}, description),
    );
  return [h('div', { class: 'commands' }, ...fitting.map(row))];
}
