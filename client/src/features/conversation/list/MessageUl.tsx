import type { ComponentProps } from 'react';
import { t } from '../../../text/text.ts';

/** The list the virtualiser fills: its length is the whole room's, its children only what is on screen. */
export function MessageUl(props: ComponentProps<'ul'>) {
  return <ul {...props} aria-label={t('conversation.messages')} />;
}
