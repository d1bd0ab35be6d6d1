// A voice message: a clip of the page's own, or what the microphone hears where it may.

import { h } from './dom.js';

/** The page's own clip. */
export const clip = { kind: 'voice', prop: 'voice.ogg', duration: 2, mime: 'audio/ogg' };

const toBase64 = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

/** The panel's contents; `send(draft)` sends and closes it. */
export function voicePanel(send) {
  const status = h('p', { class: 'hint', role: 'status' }, 'A voice message, recorded here or made up.');
  const made = h('button', { type: 'button', class: 'chip', onclick: () => send(clip) }, '🎵 Send the made-up clip');
  const record = h('button', { type: 'button', class: 'chip' }, '🎙 Record with the microphone');
  let recorder = null;
  record.addEventListener('click', async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    record.disabled = true;
    try {
      recorder = await begin(async (blob, seconds) => {
        if (status.isConnected)
          send({ kind: 'voice', base64: await toBase64(blob), mime: blob.type.split(';')[0], duration: seconds });
      }, status);
      record.textContent = '⏹ Stop and send';
      status.textContent = 'Recording…';
    } catch {
      status.textContent = 'The microphone is not allowed here. The made-up clip works.';
    }
    record.disabled = false;
  });
  return [status, h('div', { class: 'chips' }, made, record)];
}

async function begin(done, within) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const kinds = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];
  const recorder = new MediaRecorder(stream, { mimeType: kinds.find((kind) => MediaRecorder.isTypeSupported(kind)) });
  const chunks = [];
  const began = performance.now();
  recorder.addEventListener('dataavailable', (event) => chunks.push(event.data));
  recorder.addEventListener('stop', () => {
    for (const track of stream.getTracks()) track.stop();
    done(new Blob(chunks, { type: recorder.mimeType }), Math.max(1, Math.round((performance.now() - began) / 1000)));
  });
  // Whoever closes the panel does not want to be heard any longer.
  within.closest('.drawer')?.addEventListener(
    'close',
    () => {
      if (recorder.state !== 'inactive') recorder.stop();
    },
    { once: true },
  );
  recorder.start();
  return recorder;
}
