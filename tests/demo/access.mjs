// What axe-core finds: nothing, in each state that the page has.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Checks the page as it is now, all of axe's rules that are no mere experiments. */
export async function accessible(page, when) {
  const { source } = await import(AXE).then((it) => it.default);
  // Into the page by the debugger: the page's own policy lets no other script in.
  await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const found = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return found.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 3).map(
        (node) =>
          `${node.html.slice(0, 160)} ${node.any
            .map((it) => it.message)
            .join(' ')
            .slice(0, 200)}`,
      ),
    }));
  });
  assert.deepEqual(violations, [], `axe ${when}: ${JSON.stringify(violations, null, 1)}`);
}

/** Every state in which something else is on the screen. */
export async function accessibleStates({ page, customer, owner }) {
  await accessible(page, 'mid-conversation');
  for (const panel of ['Commands', 'Attach photo', 'Stickers', 'Voice message']) {
    await owner.button(panel).click();
    await accessible(page, `with ${panel} open`);
    await owner.button(panel).click();
  }
  await customer.attaches('Three cakes');
  await customer.message('').hover();
  await accessible(page, 'with a photo waiting and the actions of a message');
  await customer.button('Remove Three cakes').click();
  await page.keyboard.press('Escape');
  await owner.button('New bot from BotFather').click();
  await accessible(page, 'with the dialog open');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
}
