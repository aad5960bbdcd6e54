import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttackScene } from '../../test/attackScene.ts';
import {
  ordered,
  post,
  startHarness,
  until,
  type Attached,
  type Harness,
  type Person,
} from '../../test/harness.ts';
import { openRawSocket, sized } from '../../test/rawSocket.ts';
import { STRUCT_ATTACKS } from '../../test/structAttacks.ts';
import { VALUE_ATTACKS } from '../../test/valueAttacks.ts';

const [SYNC, UPDATE, CLOSE] = [0, 2, 7];
const ATTACKS = [...STRUCT_ATTACKS, ...VALUE_ATTACKS];

let harness: Harness;
let eve: Person;
let reader: Attached;
let scene: AttackScene;
let name: string;
beforeAll(async () => {
  harness = await startHarness();
  const ann = await harness.person('Ann');
  eve = await harness.person('Eve');
  const roomId = await harness.room([
    [ann, 'owner'],
    [eve, 'member'],
  ]);
  name = pageDocumentName(roomId, 0);
  reader = await harness.device(ann).page(roomId);
  const theirs = post(reader.doc, ann, 'of Ann');
  const eves = await harness.device(eve).page(roomId);
  const own = post(eves.doc, eve, 'of Eve');
  await until('both', () => ordered(reader.doc).length === 2 && ordered(eves.doc).length === 2);
  const server = reader.doc.getArray('order')._start?.id.client ?? 0;
  const clients = { own: eves.doc.clientID, theirs: reader.doc.clientID, server };
  scene = { live: reader.doc, attacker: eve.id, victim: ann.id, own, theirs, clients };
});
afterAll(() => harness.stop());

/** Everything that an attack could have changed. */
async function everything() {
  const { kysely } = harness.db;
  const [updates, messages, clients] = await Promise.all([
    kysely.selectFrom('updates').select('version').where('name', '=', name).execute(),
    kysely.selectFrom('messages').select(['id', 'text', 'deleted', 'edited_at']).execute(),
    kysely.selectFrom('document_clients').select('client_id').execute(),
  ]);
  const maps = ['messages', 'reactions', 'redactions', 'receipts', 'people'];
  const page = JSON.stringify([
    ...maps.map((root) => reader.doc.getMap(root).toJSON()),
    reader.doc.getArray('order').toJSON(),
  ]);
  return { updates, messages, clients, page, relayed: reader.updates.length };
}

async function auditedRules() {
  const rows = await harness.db.kysely
    .selectFrom('audit')
    .select(['action', 'reason'])
    .where('actor_id', '=', eve.id)
    .orderBy('id')
    .execute();
  return rows.map(({ action, reason }) => `${action} ${reason ?? ''}`);
}

test.each(ATTACKS)(
  'B10 %s: not stored, not relayed, audited, the document closed',
  async (_, rule, build) => {
    const before = await everything();
    const audited = await auditedRules();
    const raw = await openRawSocket(harness.port, eve);
    await raw.open(name);
    raw.send(name, SYNC, UPDATE, sized(build(scene)));
    const isClose = (frame: Buffer) => frame[1 + name.length] === CLOSE;
    await until('the document to be closed', () => raw.frames.some(isClose));
    expect(raw.frames.find(isClose)?.toString()).toContain(`"rule":"${rule}"`);
    await until('the audit row', async () => (await auditedRules()).length > audited.length);
    expect(await auditedRules()).toEqual([...audited, `sync.hostile ${rule}`]);
    expect(await everything()).toEqual(before);
    raw.socket.close();
  },
);

test('B10 after all of them others go on', async () => {
  const ann = { id: scene.victim, name: 'Ann', session: '' };
  const id = post(reader.doc, ann, 'others go on');
  await until('the next message', () => ordered(reader.doc).includes(id));
  const fresh = await harness.device(eve).attach(name);
  expect(ordered(fresh.doc)).toEqual([scene.theirs, scene.own, id]);
});
