// The program around the page: ports, its end, and who may ask it what.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { startDemo } from './demo.mjs';

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('feedback-relay-demo-'));

function ask(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (bytes) => {
        text += bytes;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

export async function program() {
  const before = folders();
  const demo = await startDemo();
  const { port } = new URL(demo.url);
  const mine = folders().filter((name) => !before.includes(name));
  assert.equal(mine.length, 1, 'the demo has a folder');

  const second = await startDemo(['--port', port]);
  assert.equal(second.code, 1);
  assert.match(second.complained, new RegExp(`^Port ${port} is taken by another program\\. `));

  const page = await ask(demo.url);
  assert.equal(page.status, 200);
  assert.match(
    page.headers['content-security-policy'],
    /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'$/,
  );
  assert.equal((await ask(demo.url, { headers: { host: 'evil.example' } })).status, 421);
  const deed = JSON.stringify({ deed: 'new_bot', name: 'X', username: 'x_y_z_bot' });
  assert.equal(
    (await ask(`${demo.url}/deeds`, { method: 'POST', body: deed, headers: { 'content-type': 'text/plain' } })).status,
    415,
  );
  assert.equal(
    (await ask(`${demo.url}/deeds`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }))
      .status,
    400,
  );
  assert.equal((await ask(`${demo.url}/page/../Cargo.toml`)).status, 404);

  const ended = await demo.stop('SIGINT');
  assert.deepEqual([ended.code, ended.signal, ended.complained], [0, null, '']);
  assert.deepEqual(
    folders().filter((name) => mine.includes(name)),
    [],
    'the folder is gone',
  );
}
