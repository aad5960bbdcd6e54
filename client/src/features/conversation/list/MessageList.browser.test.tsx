import type { MessageId, UserId } from '@skerry/protocol/ids.ts';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCell } from '../../../sync/readable.ts';
import type { ListedMessage } from '../../../sync/views.ts';
import { MessageList } from './MessageList.tsx';
import { rowsOf } from './rows.ts';

const ANN = { id: v7() as UserId, name: 'Ann', avatar: '10' };
const ROOM = {
  older: createCell('none' as const),
  seeking: createCell(false),
  loadOlder: () => undefined,
  loadNewer: () => undefined,
  show: () => undefined,
  seek: () => () => {
    soughtToEnd += 1;
  },
};
let soughtToEnd = 0;

/** What the list needs of the style sheet to have a height. */
const LAYOUT = `.relative { position: relative } .flex { display: flex } .flex-col { flex-direction: column }
  .flex-1 { flex: 1 1 0% } .grow { flex-grow: 1 } .shrink-0 { flex-shrink: 0 } .min-h-0 { min-height: 0 }
  .overflow-y-auto { overflow-y: auto }`;

let place: HTMLElement;
let root: Root;
beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  place.className = 'flex flex-col';
  place.style.height = '600px';
  const style = document.body.appendChild(document.createElement('style'));
  style.textContent = LAYOUT;
  root = createRoot(place);
});
afterEach(() => {
  root.unmount();
  place.remove();
  window.location.hash = '';
});

function message(number: number | undefined): ListedMessage {
  return {
    id: v7() as MessageId,
    author: ANN,
    mine: true,
    at: 1_000 + (number ?? 0),
    arrivedAt: number,
    number,
    content: { kind: 'text', text: `message ${number ?? 'unsent'}`, edited: false },
    delivery: { state: number === undefined ? 'onDevice' : 'onServer' },
  };
}

function show(messages: readonly ListedMessage[]): void {
  flushSync(() => {
    root.render(
      <MessageList
        room={ROOM}
        messages={messages}
        rows={rowsOf(messages, undefined)}
        hole={undefined}
        now={0}
        onSee={() => undefined}
        onAct={() => undefined}
      />,
    );
  });
}

const drawn = (): (string | null)[] =>
  [...place.querySelectorAll('[data-part="text"]')].map(({ textContent }) => textContent);

test.each([
  ['before anything was measured', 0],
  ['after that', 1],
])('B1 what comes from disk above an unsent message is drawn, %s', async (_, drawnFirst) => {
  const unsent = message(undefined);
  show([unsent]);
  await expect.poll(() => drawn().length).toBeGreaterThanOrEqual(drawnFirst);
  show([message(1), message(2), unsent]);
  await expect.poll(drawn).toEqual(['message 1', 'message 2', 'message unsent']);
});

test('B15 who scrolls after the jump to a linked message, wherever it led, seeks it no more', async () => {
  const messages = Array.from({ length: 200 }, (_, index) => message(index + 1));
  window.location.hash = messages[50]?.id ?? '';
  show(messages);
  await expect.poll(drawn).toContain('message 51');
  soughtToEnd = 0;
  place.querySelector('ul')?.dispatchEvent(new WheelEvent('wheel', { bubbles: true }));
  expect(soughtToEnd).toBe(1);
});

test('B15 while it is still being loaded, who scrolls has the message sought all the same', async () => {
  const messages = Array.from({ length: 200 }, (_, index) => message(index + 1));
  window.location.hash = v7();
  show(messages);
  await expect.poll(drawn).toContain('message 200');
  soughtToEnd = 0;
  place.querySelector('ul')?.dispatchEvent(new WheelEvent('wheel', { bubbles: true }));
  expect(soughtToEnd).toBe(0);
});
