// Drives the demo page in Chromium at three widths, light and dark. `scripts/demo-test` prepares and runs this.
//
//   node run.mjs [--screenshots] [--only WORDS] [--width N] [--scheme light|dark]

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { accessible, accessibleStates } from './access.mjs';
import { cases } from './by_hand.mjs';
import { fits, launchBrowser, openPage, startDemo } from './demo.mjs';
import { fewStops, keyboardOnly } from './keyboard.mjs';
import { Phone } from './people.mjs';
import { program } from './program.mjs';
import { screenshots } from './screenshots.mjs';
import { coversNothing, stoppedTour, wholeTour } from './tour.mjs';

const { values: asked } = parseArgs({
  options: {
    screenshots: { type: 'boolean' },
    only: { type: 'string' },
    width: { type: 'string' },
    scheme: { type: 'string' },
  },
});
const WIDTHS = { 360: 740, 768: 1024, 1280: 860 };
let failed = 0;
let passed = 0;

async function attempt(name, act, page) {
  if (asked.only && !name.includes(asked.only)) return;
  const began = performance.now();
  try {
    await act();
    passed += 1;
    console.log(`ok      ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}\n`);
    await page
      ?.screenshot({ path: `${process.env.DEMO_FAILURES ?? '/tmp'}/demo-failed-${failed}.png` })
      .catch(() => {});
  }
}

/** Everything at one width in one scheme, on a demo of its own. */
async function at(browser, width, scheme) {
  const options = {
    viewport: { width, height: WIDTHS[width] },
    colorScheme: scheme,
    hasTouch: width < 500,
    reducedMotion: width < 1000 ? 'reduce' : 'no-preference',
  };
  let running = await startDemo();
  const { port } = new URL(running.url);
  const demo = {
    stop: () => running.stop(),
    startAgain: async () => {
      running = await startDemo(['--port', port]);
    },
  };
  const opened = await openPage(browser, running.url, options);
  const { page, wrong } = opened;
  const scene = { ...opened, demo, customer: new Phone(page, 'Customer'), owner: new Phone(page, 'Owner') };
  const say = (what) => `${width} px, ${scheme}: ${what}`;
  const check = async (what, act) =>
    attempt(
      say(what),
      async () => {
        await act();
        await fits(page, what);
        assert.deepEqual(wrong.splice(0), []);
      },
      page,
    );

  await check('nothing to complain about at first', async () => {
    await scene.customer.region.getByText('Write something here as Anna').waitFor();
    await scene.owner.region.getByText('What customers write arrives here').waitFor();
    await page
      .locator('#strip')
      .getByText(/^Start-up: \d+ steps/)
      .waitFor();
    await accessible(page, 'at first');
  });
  await check('the keyboard alone', () => keyboardOnly(scene));
  const list = Object.entries(cases);
  for (const [name, act] of list.slice(0, -1)) await check(name, () => act(scene));
  await check('Tab alone, in long chats', () => fewStops(scene));
  await check('nothing to complain about in any state', () => accessibleStates(scene));
  await check('a tour that is stopped', () => stoppedTour(scene));
  await check('the whole tour', () =>
    wholeTour(scene, async (title) => {
      await coversNothing(scene, title);
      await fits(page, `in the tour at “${title}”`);
      if (title === 'An album') await accessible(page, 'in the tour');
    }),
  );
  const [last, act] = list.at(-1);
  await check(last, () => act(scene));
  await opened.context.close();
  await attempt(say('a clean end'), async () => {
    const { code, complained } = await running.stop();
    assert.deepEqual([code, complained], [0, '']);
  });
}

const browser = await launchBrowser();
try {
  if (asked.screenshots) {
    await screenshots(browser);
  } else {
    await attempt('the program', program);
    for (const width of Object.keys(WIDTHS).map(Number)) {
      for (const scheme of ['light', 'dark']) {
        if ((asked.width && Number(asked.width) !== width) || (asked.scheme && asked.scheme !== scheme)) continue;
        await at(browser, width, scheme);
      }
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
} finally {
  await browser.close();
}
process.exitCode = failed === 0 && (passed > 0 || asked.screenshots) ? 0 : 1;
