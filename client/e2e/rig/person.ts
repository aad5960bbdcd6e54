import { expect, type Locator, type Page } from '@playwright/test';
import { PASSWORD } from '../../../sync-server/test/stranger.ts';
import { createProfile, PLAIN_HTTP_HOST, type Profile } from './profile.ts';

export interface PersonOptions {
  phone?: boolean;
  /** A window tall enough that a long list is on screen as a whole. */
  tall?: boolean;
  /** On this device, which another person uses too. */
  profile?: Profile;
  /** Comes over plain http by a name in the local network: the browser then keeps some abilities back. */
  plainHttp?: boolean;
  /** Has a network of their own, which works when the proxy's does not. */
  isBesideProxy?: boolean;
  /** The device's clock is this far from the right time. */
  clockOffsetMs?: number;
}

/** What one person does and sees in one tab. */
export interface Tab {
  page: () => Page;
  goTo: (path: string) => Promise<void>;
  openRoom: (name: string) => Promise<void>;
  /** Whatever becomes of the words on screen. */
  send: (text: string) => Promise<void>;
  /** Words that stay as they are; resolves when they stand in the list. */
  write: (text: string) => Promise<void>;
  /** The message with exactly these words. */
  message: (text: string) => Locator;
  /** That message's mark, if it is this one. */
  mark: (text: string, mark: Mark) => Locator;
  /** All messages with this mark. */
  marked: (mark: Mark) => Locator;
  /** Words of the messages on screen, in order. */
  texts: () => Promise<string[]>;
  textsOf: (messages: Locator) => Promise<string[]>;
  /** Chooses an item of the message's menu. */
  act: (text: string, item: string) => Promise<void>;
  /** The room's entry in the list; its name says what of the room wants attention. */
  listed: (room: string) => Locator;
  /** The one line that says there is no connection. */
  offlineLine: () => Locator;
}

export type Mark = 'On this device' | 'On server' | 'Read' | 'Not accepted';

export interface Person extends Tab {
  name: string;
  profile: Profile;
  signUp: () => Promise<void>;
  signIn: () => Promise<void>;
  joinRoom: (name: string) => Promise<void>;
  /** Opens the question that stands before signing out with unsent messages, or signs out. */
  askToSignOut: () => Promise<void>;
  secondTab: () => Promise<Tab>;
}

const TALL_HEIGHT = 5_000;
const POINT_AGAIN_MS = 1_000;
const POINT_LIMIT_MS = 15_000;

export function createPerson(name: string, url: string, options: PersonOptions = {}): Person {
  const profile = options.profile ?? createProfile(options);
  const handle = name.toLowerCase();
  const address = options.plainHttp === true ? url.replace('127.0.0.1', PLAIN_HTTP_HOST) : url;
  const tab = createTab(address, () => profile.page());
  return {
    ...tab,
    name,
    profile,
    signUp: async () => {
      if (options.tall === true)
        await tab.page().setViewportSize({ width: 1280, height: TALL_HEIGHT });
      await tab.goTo('/sign-up');
      const page = tab.page();
      await page.getByLabel('Display name').fill(name);
      await page.getByLabel('Handle').fill(handle);
      await page.getByLabel('E-mail').fill(`${handle}@example.org`);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign up' }).click();
      await expect(composer(page)).toBeVisible();
      // From here on the app opens without a network.
      if (options.plainHttp !== true) {
        await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      }
    },
    signIn: async () => {
      await tab.goTo('/sign-in');
      const page = tab.page();
      await page.getByLabel('Handle or e-mail').fill(handle);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeHidden();
    },
    joinRoom: async (room) => {
      const page = tab.page();
      await page.getByRole('button', { name: 'Add a room' }).click();
      await page.getByRole('menuitem', { name: 'Browse rooms' }).click();
      const row = page.getByRole('dialog').getByRole('listitem').filter({ hasText: room });
      await row.getByRole('button', { name: 'Join' }).click();
      await expect(page.getByRole('heading', { level: 1, name: room, exact: true })).toBeVisible();
    },
    askToSignOut: async () => {
      await tab.goTo('/settings');
      await tab.page().getByRole('button', { name: 'Sign out' }).click();
    },
    secondTab: async () => {
      const page = await profile.context().newPage();
      const second = createTab(address, () => page);
      await second.goTo('/');
      return second;
    },
  };
}

function createTab(url: string, page: () => Page): Tab {
  return {
    page,
    goTo: async (path) => {
      await page().goto(url + path);
    },
    openRoom: async (name) => {
      const back = page().getByRole('link', { name: 'Back to rooms' });
      if (await back.isVisible()) await back.click();
      await page().getByRole('navigation').getByRole('link', { name }).first().click();
      await expect(page().getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
      await expect(composer(page())).toBeVisible();
    },
    send: (text) => send(page(), text),
    write: async (text) => {
      await send(page(), text);
      // On this device for good: the list shows what the outbox holds.
      await expect(message(page(), text)).toBeVisible();
    },
    message: (text) => message(page(), text),
    mark: (text, mark) => message(page(), text).getByRole('img', { name: nameOf(mark) }),
    marked: (mark) =>
      messages(page()).filter({ has: page().getByRole('img', { name: nameOf(mark) }) }),
    texts: () => textsOf(messages(page())),
    textsOf,
    act: async (text, item) => {
      // Rows above may still be measured: the list then moves under the pointer, and a person points again.
      await expect(async () => {
        await message(page(), text).hover();
        const more = message(page(), text).getByRole('button', { name: 'More' });
        await more.click({ timeout: POINT_AGAIN_MS });
      }).toPass({ timeout: POINT_LIMIT_MS });
      await page().getByRole('menuitem', { name: item }).click();
    },
    listed: (room) => page().getByRole('navigation').getByTitle(room, { exact: true }),
    offlineLine: () => page().getByRole('status').filter({ hasText: 'Offline' }),
  };
}

/** What somebody has read is on the server. */
function nameOf(mark: Mark): string | RegExp {
  return mark === 'On server' ? /^(On server|Read)$/ : mark;
}

async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Control+Enter');
  await expect(composer(page)).toHaveValue('');
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Message / });
}

function message(page: Page, text: string): Locator {
  const words = page.locator('[data-part="text"]').getByText(text, { exact: true });
  return messages(page).filter({ has: words });
}

function textsOf(list: Locator): Promise<string[]> {
  return list.locator('[data-part="text"]').allInnerTexts();
}

function messages(page: Page): Locator {
  // Its own items only: a message may hold a list.
  return page.getByRole('list', { name: 'Messages' }).locator(':scope > li');
}
