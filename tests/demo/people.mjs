// The phones as somebody finds them who knows only what they say: by role and name.

import { until } from './demo.mjs';

export class Phone {
  constructor(page, role) {
    this.page = page;
    this.region = page.getByRole('region', { name: new RegExp(`^${role} .* phone$`) });
    this.field = this.region.getByRole('textbox', { name: /^Message to @/ });
  }

  button(name, options = {}) {
    return this.region.getByRole('button', { name, ...options });
  }

  /** The newest message with these words, not one that quotes them. */
  message(words) {
    return this.region
      .getByRole('article')
      .filter({ has: this.page.locator('.words, .notice, .card', { hasText: words }) })
      .last();
  }

  async sees(words) {
    const message = this.message(words);
    await message.waitFor();
    return message;
  }

  async lacks(words) {
    await this.region.getByRole('article').filter({ hasText: words }).first().waitFor({ state: 'detached' });
  }

  async writes(words) {
    await this.field.fill(words);
    await this.button('Send', { exact: true }).click();
  }

  /** Replies as with a mouse: right-click, Reply. */
  async replies(message, words) {
    await message.click({ button: 'right', position: { x: 12, y: 8 } });
    await message.getByRole('button', { name: 'Reply', exact: true }).click();
    await this.writes(words);
  }

  /** Does something that a message offers when it is pointed at. */
  async does(message, name) {
    await message.hover({ position: { x: 12, y: 8 } });
    await message.getByRole('button', { name, exact: true }).click();
  }

  async edits(message, words) {
    await this.does(message, 'Edit');
    await this.writes(words);
  }

  async attaches(...photos) {
    await this.button('Attach photo').click();
    for (const photo of photos) await this.button(`Photo: ${photo}`).click();
  }

  async is(name) {
    await this.region.getByRole('tab', { name: new RegExp(`^Customer ${name}`) }).click();
    await this.page.getByRole('region', { name: `Customer ${name}'s phone` }).waitFor();
  }

  /** Waits until all pictures in the chat are drawn. */
  async pictures() {
    const feed = await this.region.getByRole('feed').elementHandle();
    const missing = () =>
      feed.evaluate((element) =>
        [...element.querySelectorAll('img')]
          .filter((image) => !image.complete || image.naturalWidth === 0)
          .map((image) => image.closest('article').outerHTML),
      );
    await until(
      this.page,
      'all pictures',
      (element) => [...element.querySelectorAll('img')].every((image) => image.complete && image.naturalWidth > 0),
      feed,
    ).catch(async (error) => {
      throw new Error(`${error.message}: ${await missing()}`);
    });
  }
}
