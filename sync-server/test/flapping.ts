import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { openHead } from './headPage.ts';
import { until, type Harness } from './harness.ts';
import { startTcpProxy, type ProxyMode } from './tcpProxy.ts';

/** It waits with more: what it piled up comes as one update, which must fit into a page. */
const MAX_UNANSWERED = 256;
const MODE_MS = 50;
/** Long enough in between to open the page again. */
const MODES: readonly ProxyMode[] = [
  ...(['refuse', 'pass', 'pass', 'pass', 'drop-answers'] as const),
  ...(['refuse', 'pass', 'pass', 'pass', 'half-open'] as const),
];
const DEADLINE_MS = 300_000;

export interface FlappingResult {
  messages: number;
  lost: number;
  doubled: number;
  /** Times the server said no, by code. */
  refused: Partial<Record<RefusalCode, number>>;
}

/** An honest program writes on a line that is cut, hangs and loses answers all the time. */
export async function flap(harness: Harness, messages: number): Promise<FlappingResult> {
  const ann = await harness.person('Ann');
  const bo = await harness.person('Bo');
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const proxy = await startTcpProxy(harness.port);
  const [device, readers] = [harness.device(ann, proxy.port), harness.device(bo)];
  // On such a line it may take all the time to be synced.
  const attach = (name: string) => device.attach(name, { timeoutMs: DEADLINE_MS });
  const page = await openHead(attach, ann.id, roomId);
  const reader = await openHead((name) => readers.attach(name), bo.id, roomId);
  const ids: string[] = [];
  let turn = 0;
  const changing = setInterval(() => {
    proxy.set(MODES[turn++ % MODES.length] ?? 'pass');
  }, MODE_MS);
  const write = () => {
    if (page.unanswered() < MAX_UNANSWERED) ids.push(page.post(`m${String(ids.length)}`));
    return ids.length === messages;
  };
  await until('everything to be written', write, DEADLINE_MS);
  clearInterval(changing);
  // What was lost without a sign is only noticed when the line is cut.
  proxy.cut();
  proxy.set('pass');
  await until('everything at the reader', () => reader.order().length >= ids.length, DEADLINE_MS);
  const order = reader.order().map(([id]) => id);
  const stored = new Set<string>(order);
  const result = {
    messages,
    lost: ids.filter((id) => !stored.has(id)).length,
    doubled: order.length - stored.size,
    refused: { ...harness.documents.stats.refused },
  };
  device.close();
  readers.close();
  await proxy.close();
  return result;
}
