// A demo of its own for each run, and a browser on it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chromium } from 'playwright-core';

const PROGRAM = process.env.DEMO_PROGRAM;
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that beeps, and nobody has to allow it.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

/** How long anything may take on a machine that does a lot besides. */
export const PATIENCE = Number(process.env.DEMO_PATIENCE ?? 60) * 1000;

/** Starts the demo; gives its address, and a way to end it that says how it ended. */
export async function startDemo(args = ['--port', '0']) {
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stderr.on('data', (bytes) => {
    complained += bytes;
  });
  const ended = new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal, complained }));
  });
  const url = new Promise((resolve) => {
    child.stdout.on('data', (bytes) => {
      said += bytes;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
  });
  const first = await Promise.race([url, ended]);
  if (typeof first !== 'string') return { ...first, url: null };
  const stop = (signal = 'SIGINT') => {
    child.kill(signal);
    return ended;
  };
  return { url: first, stop };
}

export const launchBrowser = () => chromium.launch({ executablePath: BROWSER, args: FLAGS });

/** A page on the demo that notes every error and every request that leaves the machine. */
export async function openPage(browser, url, options) {
  const context = await browser.newContext({ reducedMotion: 'reduce', permissions: ['microphone'], ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      wrong.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => wrong.push(`page: ${error.stack}`));
  page.on('request', (request) => {
    const own = [url, 'blob:', 'data:'].some((start) => request.url().startsWith(start));
    if (!own) wrong.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  await page.getByRole('button', { name: 'Play the tour' }).and(page.locator(':enabled')).waitFor();
  return { page, context, wrong };
}

/** Waits until `look` gives a true value, asking again as the browser draws. */
export async function until(page, what, look, argument) {
  try {
    return await page.waitForFunction(look, argument, { timeout: PATIENCE });
  } catch (error) {
    throw new Error(`waited in vain for: ${what}\n${error.message}`, { cause: error });
  }
}

/** Nothing is wider than the screen. */
export async function fits(page, when) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll('body *')].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > width + 1 && !element.closest('.unseen, .tray, .topic-list');
    });
    return {
      page: document.documentElement.scrollWidth - width,
      out: out.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)),
    };
  });
  assert.deepEqual(wide, { page: 0, out: [] }, `too wide ${when}`);
}
