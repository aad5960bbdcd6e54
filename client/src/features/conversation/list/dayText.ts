import type { EpochMs } from '@skerry/protocol/ids.ts';
import { t } from '../../../text/text.ts';
import { dayName, startOfDay } from '../../../text/time.ts';

/** `Today, Monday 18 May`, and for older days the day alone. */
export function dayText(day: EpochMs, now: EpochMs): string {
  const date = dayName(day, now);
  const today = startOfDay(now);
  if (day === today) return t('conversation.today', { date });
  // A minute before midnight is in the day before, however long that day was.
  if (day === startOfDay(today - 60_000)) return t('conversation.yesterday', { date });
  return date;
}
