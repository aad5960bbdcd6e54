import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { HostileRule } from './verdict.ts';

/** A "no" to one key, before it is known how the update came. */
export interface Objection {
  code: RefusalCode;
  hostile?: HostileRule;
}

/** An honest client may have sent it: it is told, and its document stays open. */
export function refuse(code: RefusalCode): Objection {
  return { code };
}

/** No honest client sends it as something of its own. */
export function hostile(rule: HostileRule): Objection {
  return { code: rule === 'author' ? 'author' : 'hostile', hostile: rule };
}
