// Everything that can be done by hand, as a person does it, and what the other side then sees.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { until } from './demo.mjs';

const PICTURE = readFileSync(new URL('../../examples/demo/page/icon.svg', import.meta.url));
const PHOTO = readFileSync(new URL('../../examples/demo/page/art/cakes.jpg', import.meta.url));

export const cases = {
  async 'text with its formatting, and never as markup'({ customer, owner }) {
    await customer.writes('**Hello** __dear__ shop, is `A-7` ||there||? <img src=x onerror=alert(1)>');
    const copy = await owner.sees('Anna Petrova');
    await copy.getByText('Hello', { exact: true }).waitFor();
    assert.equal(await copy.locator('strong', { hasText: 'Hello' }).count(), 1);
    assert.equal(await copy.locator('em', { hasText: 'dear' }).count(), 1);
    assert.equal(await copy.locator('code', { hasText: 'A-7' }).count(), 1);
    assert.match(await copy.innerText(), /🆕[\s\S]*@anna[\s\S]*@shop_bot[\s\S]*<img src=x onerror=alert\(1\)>/);
    assert.equal(await copy.locator('img').count(), 0);
    assert.match(await copy.getAttribute('aria-label'), /\[hidden\]/);
    await copy.getByRole('button', { name: 'Hidden text' }).click();
    await customer.writes('<script>let a</script> and /help');
    const markup = await owner.sees('let a');
    assert.deepEqual(await markup.locator('.words').getByRole('button').allInnerTexts(), ['/help']);
  },

  async 'what is written quickly keeps its order'({ page, customer, owner }) {
    const numbers = Array.from({ length: 12 }, (_, n) => `quick ${n}.`);
    for (const words of numbers) {
      await customer.field.fill(words);
      await page.keyboard.press('Enter');
    }
    for (const phone of [customer, owner]) {
      await phone.sees('quick 11.');
      const words = await phone.region.getByRole('article').locator('.words').allInnerTexts();
      assert.deepEqual(
        words.flatMap((text) => text.match(/quick \d+\./) ?? []),
        numbers,
      );
    }
  },

  async 'a text longer than a message goes as several, whole'({ customer, owner }) {
    await customer.writes(`**First** ${'tea '.repeat(1030)}${'x'.repeat(4100)} the very end`);
    const end = await owner.sees('the very end');
    assert.match(await end.innerText(), /^[\s\S]*the very end/);
    const words = await customer.region.getByRole('article').locator('.words').allInnerTexts();
    assert.deepEqual(
      words.slice(-3).map((text) => text.length <= 4096),
      [true, true, true],
    );
    const whole = words.slice(-3).join(' ').replace(/\s/g, '');
    assert.equal(whole, `First${'tea'.repeat(1030)}${'x'.repeat(4100)}theveryend`);
    // A caption cannot go on elsewhere: it stays in the field, with the reason.
    await customer.attaches('Three cakes');
    await customer.writes('y'.repeat(1025));
    await customer.region.getByRole('status').getByText('This caption is too long: 1025 of 1024').waitFor();
    assert.equal((await customer.field.inputValue()).length, 1025);
    await customer.field.fill('');
    await customer.button('Remove Three cakes').click();
  },

  async 'the actions of a short message leave the one above to be read'({ page, customer }) {
    if (page.viewportSize().width < 1280) return;
    await customer.writes('Two lines\nof words above');
    await customer.writes('Hm');
    const message = await customer.sees('Hm');
    await message.hover({ position: { x: 12, y: 8 } });
    const tools = await message.getByRole('toolbar').boundingBox();
    const above = await customer.message('Two lines').locator('.bubble').boundingBox();
    const covers =
      tools.y < above.y + above.height && tools.x < above.x + above.width && above.x < tools.x + tools.width;
    assert.ok(!covers, JSON.stringify([tools, above]));
  },

  async 'a selection gets its format from the bar'({ page, customer, owner }) {
    await customer.field.fill('bold words');
    await customer.field.focus();
    await page.keyboard.press('Control+A');
    await customer.region.getByRole('toolbar', { name: 'Formatting' }).getByRole('button', { name: 'Bold' }).click();
    assert.equal(await customer.field.inputValue(), '**bold words**');
    // With words chosen, too, nothing moves between the press on Send and its end: it would be lost.
    await customer.field.selectText();
    await customer.region.getByRole('toolbar', { name: 'Formatting' }).waitFor();
    const send = customer.button('Send', { exact: true });
    await send.hover();
    const before = await send.boundingBox();
    await page.mouse.down();
    assert.deepEqual(await send.boundingBox(), before);
    assert.ok(await customer.region.getByRole('toolbar', { name: 'Formatting' }).isVisible());
    await page.mouse.up();
    await (await owner.sees('bold words')).locator('strong', { hasText: 'bold words' }).waitFor();
  },

  async 'a reply, its 👍, its edit, a reaction on it'({ customer, owner }) {
    await customer.writes('What does it cost?');
    await owner.replies(await owner.sees('What does it cost?'), 'Six euros');
    await customer.sees('Six euros');
    const own = owner.message('Six euros');
    await own.getByRole('button', { name: /^Reaction 👍/ }).waitFor();
    await (await owner.sees('What does it cost?')).filter({ hasText: '✅' }).waitFor();
    await owner.edits(own, 'Seven euros');
    await (await customer.sees('Seven euros')).getByText('edited').waitFor();
    await customer.lacks('Six euros');
    await customer.does(customer.message('Seven euros'), 'React ❤');
    await owner
      .message('Seven euros')
      .getByRole('button', { name: /^Reaction ❤/ })
      .waitFor();
    await customer
      .message('Seven euros')
      .getByRole('button', { name: /^Reaction ❤.*yours/ })
      .click();
    await owner
      .message('Seven euros')
      .getByRole('button', { name: /^Reaction 👍/ })
      .waitFor();
  },

  async 'a customer replies to a reply, and edits'({ customer, owner }) {
    await customer.replies(customer.message('Seven euros'), 'That is fine');
    const copy = await owner.sees('That is fine');
    await copy.getByRole('button', { name: /^In reply to .*Seven euros/ }).click();
    await customer.edits(customer.message('That is fine'), 'That is too much');
    await (await owner.sees('That is too much')).filter({ hasText: '✏️' }).waitFor();
  },

  async 'photos: one, an album, and one of the visitor’s own'({ page, customer, owner }) {
    await customer.attaches('A cup of tea');
    await customer.writes('My favourite cup');
    const photo = await owner.sees('My favourite cup');
    await photo.getByRole('img', { name: 'Photo' }).waitFor();
    await customer.attaches('Three cakes', 'The tea shop', 'A damaged parcel');
    await customer.writes('All of it');
    const album = await owner.sees('All of it');
    await album.getByRole('group', { name: 'Album of 3' }).waitFor();
    await owner.pictures();
    await photo.getByRole('button', { name: /^Open:/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await customer.attaches();
    await customer.region
      .getByLabel('Photos from this device')
      .setInputFiles({ name: 'dot.jpg', mimeType: 'image/jpeg', buffer: PHOTO });
    await customer.region.getByRole('list', { name: 'Photos to send' }).getByRole('img', { name: 'dot.jpg' }).waitFor();
    await customer.writes('A dot');
    await (await owner.sees('A dot')).getByRole('img', { name: 'Photo' }).waitFor();
    await customer.attaches();
    await customer.region
      .getByLabel('Photos from this device')
      .setInputFiles({ name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: PICTURE });
    await customer.writes('A drawing');
    await (await owner.sees('A drawing')).getByRole('img', { name: 'drawing.svg' }).waitFor();
    await owner.pictures();
  },

  async 'the items of an album are kept before they are acknowledged'({ page, customer, owner }) {
    await customer.attaches('Three cakes', 'A cup of tea');
    await customer.writes('For the strip, together');
    await owner.sees('For the strip, together');
    await until(page, 'both kept, acknowledged, and only then passed on', () => {
      const text = [...document.querySelectorAll('#strip li')].map((row) => row.textContent).join('\n');
      const last = text.slice(text.lastIndexOf('Update in', text.lastIndexOf('Kept')));
      return /^Update in.*\n[\s\S]*Kept.*item.*Anna’s message[\s\S]*Acknowledged.*200[\s\S]*Reference.*sending[\s\S]*sendMediaGroup[\s\S]*Reference.*sent/.test(
        last,
      );
    });
  },

  async 'files, a place, an address'({ customer, owner }) {
    await customer.attaches();
    await customer.region
      .getByLabel('File from this device')
      .setInputFiles({ name: 'order.txt', mimeType: 'text/plain', buffer: Buffer.from('two cups') });
    await customer.writes('My order');
    await (await owner.sees('My order')).getByRole('link', { name: /order\.txt/ }).waitFor();
    await customer.attaches();
    await customer.button('Location').click();
    await owner.sees('52.5163, 13.3777');
    await customer.attaches();
    await customer.button('Contact').click();
    await owner.sees('+49 30 1234567');
  },

  async 'voice messages, made up and recorded'({ customer, owner }) {
    await customer.button('Voice message').click();
    await customer.button('Send the made-up clip').click();
    const clip = owner.region.getByRole('button', { name: /^Play voice/ });
    await clip.last().click();
    await owner.region.getByRole('button', { name: 'Pause voice' }).waitFor();
    await clip.last().waitFor();
    const before = await clip.count();
    await customer.button('Voice message').click();
    await customer.button('Record with the microphone').click();
    await customer.button('Stop and send').click();
    await clip.nth(before).waitFor();
  },

  async 'stickers, both ways'({ customer, owner }) {
    await customer.button('Stickers').click();
    await customer.button('Sticker: Love').click();
    await owner.region.getByRole('img', { name: 'Sticker 😍' }).last().waitFor();
    await owner.region
      .getByRole('article')
      .filter({ has: owner.page.getByRole('img', { name: 'Sticker 😍' }) })
      .last()
      .click({ button: 'right' });
    await owner.button('Reply', { exact: true }).click();
    await owner.button('Stickers').click();
    await owner.button('Sticker: Hello').click();
    await customer.region.getByRole('img', { name: 'Sticker 👋' }).waitFor();
  },

  async 'commands from the menu of the bot, and its buttons'({ page, owner }) {
    await owner.button('Commands').click();
    await owner.region
      .getByRole('group', { name: 'Commands' })
      .getByRole('button', { name: /^\/help/ })
      .click();
    await owner.sees('any');
    await owner.field.fill('/lang');
    await owner.region
      .getByRole('group', { name: 'Commands' })
      .getByRole('button', { name: /^\/language/ })
      .click();
    const question = await owner.sees('Which language shall I speak with you?');
    await question.getByRole('button', { name: 'Deutsch' }).click();
    await owner.sees('Deutsch');
    await owner.writes('/language');
    const back = owner.region
      .getByRole('article')
      .filter({ has: page.getByRole('button', { name: 'English' }) })
      .last();
    await back.getByRole('button', { name: 'English' }).click();
    await owner.sees('From now on I speak English with you');
  },

  async 'how things stand: /stats and /status'({ owner }) {
    await owner.writes('/stats');
    await (await owner.sees('Messages:')).filter({ hasText: 'All bots' }).waitFor();
    await owner.writes('/status');
    const status = await owner.sees('Telegram delivers to relay.demo');
    await status.filter({ hasText: '@shop_bot (Tea Shop): works' }).waitFor();
    await status.getByRole('button', { name: 'Look again' }).waitFor();
  },

  async 'the greeting’s commands for BotFather open him'({ page, owner }) {
    const before = await owner.region.getByRole('article').count();
    await owner.region.getByRole('button', { name: '/newbot' }).first().click();
    await page.getByRole('dialog', { name: 'A bot from BotFather' }).getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await owner.region.getByRole('article').count(), before);
  },

  async 'Undo takes a reply back; a deleted message is gone on one’s own side'({ customer, owner }) {
    await customer.writes('Are you open?');
    await owner.replies(await owner.sees('Are you open?'), 'No idea');
    await customer.sees('No idea');
    await owner.message('Are you open?').getByRole('button', { name: 'Undo' }).click();
    await customer.lacks('No idea');
    await owner.page.locator('#strip').getByText('taken back').last().waitFor();
    await customer.does(customer.message('Are you open?'), 'Delete');
    await customer.lacks('Are you open?');
    await owner.sees('Are you open?');
  },

  async 'a blocked bot: the owner is told, sends again, and a notice answers his press'({ customer, owner }) {
    await customer.writes('Call me back');
    const copy = await owner.sees('Call me back');
    await customer.button('Block @shop_bot').click();
    await customer.region.getByText('has blocked this bot').waitFor();
    await until(customer.page, 'the focus on Unblock', () => document.activeElement.textContent === 'Unblock');
    await customer.page.keyboard.press('Enter');
    await customer.region.getByText('has blocked this bot').waitFor({ state: 'hidden' });
    await until(customer.page, 'the focus in the field', () => document.activeElement.matches('textarea'));
    await customer.button('Block @shop_bot').click();
    await customer.region.getByText('has blocked this bot').waitFor();
    assert.equal(await customer.field.isDisabled(), true);
    await owner.replies(copy, 'When?');
    const notice = owner.region
      .getByRole('article')
      .filter({ has: owner.page.getByRole('button', { name: 'Send again' }) })
      .last();
    await notice.waitFor();
    await customer.button('Unblock @shop_bot').click();
    await notice.getByRole('button', { name: 'Send again' }).click();
    await owner.region.getByRole('status').getByText('Trying again').waitFor();
    await customer.sees('When?');
  },

  async 'a QR code is seen, and its link opens with the label'({ customer, owner }) {
    await owner.writes('/qr table7');
    const code = await owner.sees('https://t.me/shop_bot?start=table7');
    await code.getByRole('img').first().waitFor();
    await owner.pictures();
    await code
      .getByRole('link', { name: /start=table7/ })
      .first()
      .click();
    await customer.sees('/start table7');
    await customer.writes('I sit at a table');
    await (await owner.sees('I sit at a table')).filter({ hasText: '#table7' }).waitFor();
  },

  async 'a bot of one’s own, attached by hand'({ page, customer, owner }) {
    await owner.writes('/add');
    await owner.sees('Paste it here');
    await owner.button('New bot from BotFather').click();
    const father = page.getByRole('dialog', { name: 'A bot from BotFather' });
    await father.getByRole('textbox', { name: /^Username/ }).fill('shop_bot');
    await father.getByRole('button', { name: 'Create the bot' }).click();
    await father.getByText('@shop_bot is taken.').waitFor();
    await father.getByRole('textbox', { name: /^Username/ }).fill('cake_shop_bot');
    await father.getByRole('button', { name: 'Create the bot' }).click();
    const token = await father.getByLabel('Token').innerText();
    await father.getByRole('button', { name: 'Put it into the message field' }).click();
    assert.equal(await owner.field.inputValue(), token);
    await owner.button('Send', { exact: true }).click();
    await owner.sees('@cake_shop_bot is attached');
    await customer.region.getByRole('combobox', { name: 'Chat' }).selectOption({ label: 'Cake Shop' });
    await customer.button('Start', { exact: true }).click();
    await customer.sees('Hello');
    await customer.writes('A cake, please');
    await (await owner.sees('A cake, please')).filter({ hasText: '@cake_shop_bot' }).waitFor();
    await customer.region.getByRole('combobox', { name: 'Chat' }).selectOption({ label: 'Tea Shop' });
  },

  async 'topics of the owner’s chat'({ customer, owner }) {
    await owner.button('New topic').click();
    await owner.region.getByRole('textbox', { name: 'Name of the topic' }).fill('Orders');
    await owner.button('Create').click();
    const topics = owner.region.getByRole('tablist', { name: 'Topics' });
    await topics.getByRole('tab', { name: '# Orders', selected: true }).waitFor();
    await owner.sees('Topic “Orders” was opened');
    await owner.writes('/bots');
    await owner.sees('/bots');
    await topics.getByRole('tab', { name: 'All' }).click();
    await owner.sees('Your client bots');
    await owner.region.getByRole('article').filter({ hasText: '# Orders' }).filter({ hasText: '/bots' }).waitFor();
    await customer.writes('A word for the chat itself');
    await owner.sees('A word for the chat itself');
  },

  async 'whoever reads what was before is not pulled away, and finds back'({ customer, owner }) {
    const feed = owner.region.getByRole('feed');
    await feed.evaluate((element) => element.scrollTo(0, 0));
    const down = owner.button('To the newest message');
    await down.waitFor();
    await customer.writes('Meanwhile');
    await owner.sees('Meanwhile');
    assert.equal(await feed.evaluate((element) => element.scrollTop), 0);
    await down.click();
    await down.waitFor({ state: 'hidden' });
  },

  async 'a reload keeps what was being written, and a chat that ends with a picture is at its end'({
    page,
    customer,
    owner,
  }) {
    await customer.is('Boris');
    await customer.button('Stickers').click();
    await customer.button('Sticker: Oops').click();
    await owner.region.getByRole('img', { name: 'Sticker 😢' }).last().waitFor();
    await customer.field.fill('Half a sen');
    await page.reload();
    await page.getByRole('region', { name: "Customer Boris's phone" }).waitFor();
    await until(page, 'the draft', () => document.querySelector('#customer textarea').value === 'Half a sen');
    await customer.pictures();
    await owner.pictures();
    await until(page, 'the end of both chats', () =>
      [...document.querySelectorAll('.messages')].every((it) => it.scrollHeight - it.scrollTop - it.clientHeight < 2),
    );
    await customer.field.fill('');
    await customer.is('Anna');
  },

  async 'three customers, and who has news'({ customer, owner }) {
    await customer.is('Boris');
    await customer.writes('Boris here');
    const copy = await owner.sees('Boris here');
    await customer.is('Chloe');
    await customer.writes('Chloe here');
    await owner.sees('Chloe here');
    await owner.replies(copy, 'Hello Boris');
    await customer.region.getByRole('tab', { name: /^Customer Boris \d+ new/ }).click();
    await customer.sees('Hello Boris');
    await customer.is('Anna');
    await customer.lacks('Hello Boris');
  },

  async 'the strip says what happened'({ page, customer, owner }) {
    await customer.writes('For the strip');
    await owner.sees('For the strip');
    const rows = page.getByRole('region', { name: 'What happens between' }).getByRole('listitem');
    await until(page, 'the steps of a message in order', () => {
      const text = [...document.querySelectorAll('#strip li')].map((row) => row.textContent).join('\n');
      return /Update in.*message: Anna → @shop_bot[\s\S]*Reference.*sending.*Anna[\s\S]*Call out.*ok.*@master_bot sendMessage → Olga[\s\S]*Reference.*sent.*Anna[\s\S]*Acknowledged.*200.*message at @shop_bot/.test(
        text,
      );
    });
    assert.ok((await rows.count()) > 10);
    // What is always the same is folded: the start, and questions after the bots' health.
    assert.equal(await page.locator('#strip > li.call').filter({ hasText: 'getWebhookInfo' }).count(), 0);
  },

  async 'the bar below knows which part is looked at'({ page }) {
    if (page.viewportSize().width > 700) return;
    const bar = page.getByRole('navigation', { name: 'Jump to' });
    for (const part of ['Owner', 'Between', 'Customer', 'Owner', 'Customer']) {
      await bar.getByRole('link', { name: part }).click();
      await until(
        page,
        `${part} to be marked`,
        (name) => document.querySelector('.jump [aria-current]').textContent === name,
        part,
      );
    }
  },

  async 'the page survives a restart of the demo'({ page, demo, customer, owner, wrong }) {
    await demo.stop();
    const banner = page.getByRole('alert').getByText('does not answer');
    await banner.waitFor();
    const heading = await page.getByRole('heading', { name: 'What happens between' }).boundingBox();
    const { y, height } = await banner.boundingBox();
    assert.ok(heading.y >= y + height || heading.y + heading.height <= y, 'the banner covers no heading');
    await demo.startAgain();
    await page.getByRole('alert').getByText('does not answer').waitFor({ state: 'hidden' });
    await customer.region.getByRole('status').getByText('The demo was started anew').waitFor();
    await owner.lacks('For the strip');
    await customer.writes('Are you back?');
    await owner.sees('Are you back?');
    // A lost connection is spoken of in the console; nothing else may be.
    assert.deepEqual(
      wrong.filter(
        (line) => !/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/.test(line),
      ),
      [],
    );
    wrong.length = 0;
  },
};
