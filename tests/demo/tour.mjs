// The tour from the first step to the last.

import assert from 'node:assert/strict';
import { fits, until } from './demo.mjs';

/** Goes through all steps; after each, `look` may look. */
export async function wholeTour({ page }, look = async () => {}) {
  await page.getByRole('button', { name: 'Play the tour' }).click();
  const tour = page.getByRole('region', { name: 'Tour' });
  await tour.getByRole('button', { name: 'Pause' }).click();
  await tour.getByRole('button', { name: 'Resume' }).waitFor();
  const seen = [];
  for (;;) {
    const count = await page.locator('#tour-count').textContent();
    const title = await page.locator('#tour-title').textContent();
    if (count === '') {
      assert.equal(title, 'Your turn', await tour.innerText());
      break;
    }
    seen.push(title);
    await look(title);
    const steering = await page.evaluate(() => Boolean(document.activeElement.closest('#tour')));
    assert.ok(steering, `the focus stays with who steers, at “${title}”`);
    // “Next step” works as soon as the step has done its part; until then it waits.
    await until(
      page,
      `the end of “${title}”`,
      (before) => {
        if (document.querySelector('#tour-count').textContent !== before) return true;
        document.querySelector('#tour-next').click();
        return false;
      },
      count,
    );
  }
  assert.ok(seen.length >= 12, seen.join(', '));
  await tour.getByRole('button', { name: 'Close' }).click();
  await tour.waitFor({ state: 'hidden' });
}

/** The phone that a step speaks of ends above the panel. */
export async function coversNothing({ page }, title) {
  await until(page, `the whole phone above the panel at “${title}”`, () => {
    const panel = document.querySelector('#tour').getBoundingClientRect();
    const wide = innerWidth >= 720;
    // On a small screen only the part that matters is in view.
    const parts = document.querySelectorAll(wide ? '#customer, #owner, #between' : '.looked-at');
    if (wide && innerWidth < 1100) return panel.height > 0;
    return [...parts].every((part) => part.getBoundingClientRect().bottom <= panel.top);
  });
}

/** It goes on by itself, can be stopped in the middle, and played again. */
export async function stoppedTour({ page }) {
  await page.getByRole('button', { name: 'Play the tour' }).click();
  const tour = page.getByRole('region', { name: 'Tour' });
  await tour.getByText(/^2 of/).waitFor();
  // Large zoom: a narrow window, and one without height.
  const size = page.viewportSize();
  for (const [width, height] of [
    [320, 640],
    [640, 450],
  ]) {
    await page.setViewportSize({ width, height });
    await fits(page, `in the tour at ${width} x ${height}`);
    await coversNothing({ page }, `${width} x ${height}`);
    const pause = await tour.getByRole('button', { name: /^(Pause|Resume)$/ }).boundingBox();
    assert.ok(pause.height < 40, `one line at ${width}: ${pause.height}`);
  }
  await page.setViewportSize(size);
  await page.getByRole('region', { name: 'Tour' }).getByRole('button', { name: 'Stop the tour' }).click();
  await page.getByRole('region', { name: 'Tour' }).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Play the tour' }).waitFor();
}
