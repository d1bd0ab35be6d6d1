// Pictures of the page for the documents: a conversation by hand, then light, dark and narrow.

import { mkdirSync, statSync, writeFileSync, renameSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openPage, startDemo } from './demo.mjs';
import { Phone } from './people.mjs';

const FOLDER = fileURLToPath(new URL('../../docs/img/', import.meta.url));

/** Half an hour of a tea shop in a few seconds. */
async function converse({ customer, owner }) {
  await customer.is('Boris');
  await customer.writes('Are you open on **Sunday**?');
  await owner.replies(await owner.sees('Sunday'), 'From ten to four.');
  await customer.sees('ten to four');
  await customer.is('Anna');
  await customer.writes('Hi! Do you have jasmine tea? 🍵');
  await owner.replies(await owner.sees('jasmine tea'), 'We do: 100 g for **€5.50** this week.');
  await customer.sees('100 g');
  await customer.does(customer.message('100 g'), 'React ❤');
  await owner
    .message('100 g')
    .getByRole('button', { name: /^Reaction ❤/ })
    .waitFor();
  await customer.attaches('A damaged parcel');
  await customer.writes('My last parcel came like this.');
  const parcel = await owner.sees('My last parcel');
  await parcel.click({ button: 'right', position: { x: 12, y: 8 } });
  await parcel.getByRole('button', { name: 'Reply', exact: true }).click();
  await owner.attaches('A cup of tea', 'Three cakes');
  await owner.writes('So sorry! Tea and cake are on us.');
  await customer.sees('on us');
  await owner.message('My last parcel').getByRole('button', { name: 'Undo' }).waitFor();
  await customer.pictures();
  await owner.pictures();
}

/** Writes a PNG with few colours, as small as it gets without being seen. */
function keep(name, bytes) {
  const path = `${FOLDER}${name}`;
  writeFileSync(path, bytes);
  const small = `${path}.small`;
  const done = spawnSync('pngquant', [
    '--force',
    '--quality',
    '70-95',
    '--speed',
    '1',
    '--strip',
    '--output',
    small,
    path,
  ]);
  if (done.status === 0) renameSync(small, path);
  console.log(
    `docs/img/${name}: ${Math.round(statSync(path).size / 1024)} KB${done.status === 0 ? '' : ' (pngquant is missing: larger than it need be)'}`,
  );
}

export async function screenshots(browser) {
  mkdirSync(FOLDER, { recursive: true });
  const demo = await startDemo();
  const options = {
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  };
  const opened = await openPage(browser, demo.url, options);
  const scene = { ...opened, customer: new Phone(opened.page, 'Customer'), owner: new Phone(opened.page, 'Owner') };
  await converse(scene);
  const { page } = opened;
  await page.evaluate(() => document.activeElement.blur());
  await page.mouse.move(0, 0);
  keep('demo-light.png', await page.screenshot());
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.locator(':root[data-theme="dark"]').waitFor();
  keep('demo-dark.png', await page.screenshot());
  const narrow = await openPage(browser, demo.url, {
    ...options,
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
  });
  await new Phone(narrow.page, 'Customer').pictures();
  keep('demo-phone.png', await narrow.page.screenshot());
  await demo.stop();
}
