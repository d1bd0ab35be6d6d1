// The page with the keyboard alone: no pointer is touched here.

import assert from 'node:assert/strict';
import { until } from './demo.mjs';

/** Presses Tab until the focus is on something of this name in a region; a page without an end would fail. */
async function tabTo(page, region, name, key = 'Tab') {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press(key);
    const found = await page.evaluate(
      ([id, start]) => {
        const at = document.activeElement;
        const label = at.getAttribute('aria-label') ?? at.textContent;
        return Boolean(at.closest(id)) && label.startsWith(start);
      },
      [region, name],
    );
    if (found) return;
  }
  assert.fail(`no way to ${name} with ${key}`);
}

const focused = (page) =>
  page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);

/** However long the chats are, Tab is soon through: it stops at one message of each. */
export async function fewStops({ page }) {
  await page.getByRole('button', { name: 'Play the tour' }).focus();
  const stops = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const it = document.activeElement;
      return {
        id: it.id,
        name: (it.getAttribute('aria-label') ?? it.textContent).slice(0, 40),
        body: it === document.body,
      };
    });
    if (at.id === 'play') break;
    // Leaving the page and coming back is a stop of the browser's own.
    if (!at.body) stops.push(at.name);
    assert.ok(stops.length < 50, stops.join('; '));
  }
  assert.ok(!stops.includes('Reply'), stops.join('; '));
}

export async function keyboardOnly({ page, customer, owner }) {
  await tabTo(page, '#customer', 'Message to @shop_bot');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await owner.sees('By keyboard');
  // The order of focus is the order on the page: the strip and the owner's phone come next.
  await tabTo(page, '#owner', 'Message to @master_bot');
  await tabTo(page, '#owner', 'Front Desk', 'Shift+Tab');
  await page.keyboard.press('End');
  await until(page, 'the newest message', () => document.activeElement.textContent.includes('By keyboard'));
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'Reply');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(page), 'React 👍');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Answered by keyboard');
  await page.keyboard.press('Enter');
  await customer.sees('Answered by keyboard');
  await owner
    .message('Answered by keyboard')
    .getByRole('button', { name: /^Reaction 👍/ })
    .waitFor();
  // The last own message is edited with the arrow, a draft is left with Escape.
  await page.keyboard.press('ArrowUp');
  await owner.region.getByText('Editing: Answered by keyboard').waitFor();
  await page.keyboard.press('Escape');
  await owner.region.getByText('Editing: Answered by keyboard').waitFor({ state: 'hidden' });
  await tabTo(page, '#owner', 'Commands', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await until(page, 'the first command', () => document.activeElement.classList.contains('command'));
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'Commands');
  await tabTo(page, '#customer', 'Customer Anna', 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('region', { name: "Customer Boris's phone" }).waitFor();
  assert.match(await focused(page), /^Customer Boris/);
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('region', { name: "Customer Anna's phone" }).waitFor();
}
