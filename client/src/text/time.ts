import type { EpochMs } from '@skerry/protocol/ids.ts';
import { currentLanguage } from './text.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** The time of day as the language writes it, without seconds. */
export function timeOfDay(at: EpochMs): string {
  return new Intl.DateTimeFormat(locale(), { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** The time of day for a narrow place: without its half of the day, which the messages around it have. */
export function shortTime(at: EpochMs): string {
  return new Intl.DateTimeFormat(locale(), { hour: 'numeric', minute: '2-digit' })
    .formatToParts(at)
    .filter(({ type }) => type === 'hour' || type === 'minute')
    .map(({ value }) => value)
    .join(':');
}

/** `Monday 18 May`, with the year when it is not this one. */
export function dayName(at: EpochMs, now: EpochMs): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** The time of day, after the day if it is another one than today. */
export function timeOrDayAndTime(at: EpochMs, now: EpochMs): string {
  if (startOfDay(at) === startOfDay(now)) return timeOfDay(at);
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(at);
}

/** For a narrow place: the time of day if it is today, else the day of the week, or the date. */
export function timeOrDay(at: EpochMs, now: EpochMs): string {
  const today = startOfDay(now);
  if (startOfDay(at) === today) return timeOfDay(at);
  const isThisWeek = at < today && startOfDay(at + WEEK_MS) > today;
  return new Intl.DateTimeFormat(
    locale(),
    isThisWeek ? { weekday: 'short' } : { day: 'numeric', month: 'short' },
  ).format(at);
}

/** Midnight before `at`, in this device's time zone. */
export function startOfDay(at: EpochMs): EpochMs {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The catalogue's language as this person's region writes it: day names, 12 or 24 hours. */
function locale(): string {
  const language = currentLanguage();
  const tags = typeof navigator === 'undefined' ? [] : navigator.languages;
  return tags.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}
