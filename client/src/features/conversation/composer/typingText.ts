import type { Person } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';

/** Who is typing, in one sentence; empty when nobody is. */
export function typingText(people: readonly Person[]): string {
  const [first, second] = people;
  if (first === undefined) return '';
  if (second === undefined) return t('composer.typing.one', { first: first.name });
  if (people.length > 2) return t('composer.typing.many');
  return t('composer.typing.two', { first: first.name, second: second.name });
}
