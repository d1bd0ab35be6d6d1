// What a message carries besides words.

import { h, icon } from './dom.js';

export const fileUrl = (bot, id) => `/file/${bot}/${encodeURIComponent(id)}`;
const largest = (sizes) => sizes.at(-1);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
const bytes = (size) =>
  size < 1024 ? `${size} B` : size < 1 << 20 ? `${(size / 1024).toFixed(1)} KB` : `${(size / (1 << 20)).toFixed(1)} MB`;

/** The media of a message as elements; empty for one of words only. */
export function media(message, bot) {
  const made = [];
  const add = (field, make) => {
    if (
      message[field] !== undefined &&
      !(field === 'document' && message.animation) &&
      !(field === 'location' && message.venue)
    )
      made.push(make(message[field]));
  };
  add('photo', (sizes) =>
    picture(
      fileUrl(bot, largest(sizes).file_id),
      message.caption ? 'Photo with a caption' : 'Photo',
      message.has_media_spoiler,
      largest(sizes),
    ),
  );
  add('sticker', (sticker) =>
    h('img', { class: 'sticker', src: fileUrl(bot, sticker.file_id), alt: `Sticker ${sticker.emoji ?? ''}`.trim() }),
  );
  add('voice', (voice) => voiceMessage(voice, bot));
  add('audio', (audio) =>
    h('audio', {
      controls: true,
      preload: 'none',
      src: fileUrl(bot, audio.file_id),
      'aria-label': audio.title ?? 'Audio',
    }),
  );
  for (const kind of ['video', 'animation', 'video_note']) {
    add(kind, (video) =>
      h('video', {
        controls: true,
        preload: 'metadata',
        class: kind,
        src: fileUrl(bot, video.file_id),
        'aria-label': kind.replace('_', ' '),
      }),
    );
  }
  add('document', (document) => file(document, bot));
  add('venue', (venue) => place(venue.location, venue.title));
  add('location', (location) => place(location, location.live_period ? 'Live location' : 'Location'));
  add('contact', (contact) =>
    h(
      'div',
      { class: 'card' },
      h('span', { class: 'card-icon', 'aria-hidden': 'true' }, '👤'),
      h(
        'div',
        {},
        h('strong', {}, `${contact.first_name} ${contact.last_name ?? ''}`),
        h('span', {}, contact.phone_number),
      ),
    ),
  );
  add('dice', (dice) => h('p', { class: 'dice' }, dice.emoji, h('span', {}, `shows ${dice.value}`)));
  add('poll', (poll) =>
    h(
      'div',
      { class: 'poll' },
      h('strong', {}, poll.question),
      h('ul', {}, ...poll.options.map((option) => h('li', {}, option.text))),
    ),
  );
  add('checklist', (list) =>
    h(
      'div',
      { class: 'poll' },
      h('strong', {}, list.title),
      h('ul', {}, ...list.tasks.map((task) => h('li', {}, task.text))),
    ),
  );
  return made;
}

/** A picture that can be opened large. Of a known `size` its place is kept until it is there. */
export function picture(url, alt, covered = false, { width, height } = {}) {
  const image = h('img', { width, height, src: url, alt, class: covered ? 'covered' : '' });
  return h(
    'button',
    { type: 'button', class: 'picture', 'aria-label': `Open: ${alt}`, onclick: () => enlarge(url, alt) },
    image,
  );
}

function enlarge(url, alt) {
  const dialog = h('dialog', { class: 'viewer', 'aria-label': alt });
  const close = () => dialog.close();
  dialog.append(
    h('img', { src: url, alt }),
    h('button', { type: 'button', class: 'primary', onclick: close }, 'Close'),
  );
  dialog.addEventListener('click', (event) => event.target === dialog && close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function place(location, title) {
  const where = `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`;
  return h(
    'div',
    { class: 'card place' },
    h('span', { class: 'map', 'aria-hidden': 'true' }, icon('pin')),
    h('div', {}, h('strong', {}, title), h('span', {}, where)),
  );
}

function file(document, bot) {
  const url = fileUrl(bot, document.file_id);
  const name = document.file_name ?? 'file';
  const card = h(
    'a',
    { class: 'card file', href: url, download: name },
    h('span', { class: 'card-icon' }, icon('file')),
    h('span', {}, h('strong', {}, name), h('span', {}, bytes(document.file_size ?? 0))),
  );
  if (!/^image\//.test(document.mime_type ?? '') && !/\.(svg|png|jpe?g|webp|gif)$/i.test(name)) return card;
  return h('div', { class: 'drawn' }, picture(url, name), card);
}

const BARS = 34;
let playing = null;

function voiceMessage(voice, bot) {
  const url = fileUrl(bot, voice.file_id);
  const audio = new Audio();
  audio.preload = 'none';
  audio.src = url;
  const bars = Array.from({ length: BARS }, () => h('i'));
  const wave = h('span', { class: 'wave', 'aria-hidden': 'true' }, ...bars);
  const left = h('span', { class: 'length' }, clock(voice.duration));
  const button = h(
    'button',
    { type: 'button', class: 'voice-play', 'aria-label': `Play voice, ${voice.duration} s` },
    icon('play'),
  );
  const mark = () => {
    const done = audio.ended || !audio.duration ? 0 : audio.currentTime / audio.duration;
    bars.forEach((bar, n) => bar.classList.toggle('heard', n / BARS < done));
    left.textContent = clock(audio.paused ? voice.duration : audio.currentTime);
    button.replaceChildren(icon(audio.paused ? 'play' : 'pause'));
    button.setAttribute('aria-label', audio.paused ? `Play voice, ${voice.duration} s` : 'Pause voice');
  };
  for (const event of ['timeupdate', 'play', 'pause', 'ended']) audio.addEventListener(event, mark);
  button.addEventListener('click', () => {
    if (playing && playing !== audio) playing.pause();
    playing = audio;
    if (audio.paused) audio.play().catch(() => left.replaceChildren('cannot be played here'));
    else audio.pause();
  });
  draw(url, bars);
  return h('div', { class: 'voice' }, button, h('span', { class: 'voice-body' }, wave, left));
}

/** The clip's own loudness as bars; where it cannot be read they stay low. */
async function draw(url, bars) {
  try {
    const data = await (await fetch(url)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(data);
    const samples = sound.getChannelData(0);
    const step = Math.max(1, Math.floor(samples.length / bars.length));
    const peaks = bars.map((_, n) =>
      samples.subarray(n * step, (n + 1) * step).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
    );
    const loudest = Math.max(...peaks, 0.01);
    bars.forEach((bar, n) => {
      bar.style.height = `${Math.round(12 + 88 * (peaks[n] / loudest))}%`;
    });
  } catch {
    bars.forEach((bar) => {
      bar.style.height = '18%';
    });
  }
}
