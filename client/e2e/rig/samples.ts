/** Words that are hard to lay out: long, right to left, preformatted, nested. */
export const SAMPLES: readonly string[] = [
  'Night log from the three gauges. `09` needs a battery **today**.',
  '```\ngauge-07  06:40  level 1.82 m  batt 11.4 V\ngauge-08  06:40  level 1.80 m  batt 11.2 V\ngauge-09  06:40  level 1.79 m  batt 10.1 V  low, replace before the next spring tide\n```',
  'قایق دوم آماده است. ساعت ۱۳ کنار اسکله می‌بینمتان، جلیقه‌ها را فراموش نکنید.',
  'Gezeitenwasserstandsvorhersageveröffentlichungsverzögerungsbenachrichtigungsempfängerverzeichnis',
  'To bring:\n\n- ropes\n- the long ladder\n  - both halves\n- radio',
  '> No signal behind the cliff.\n\nThen use the left-hand rope. Tide table: https://tides.example.org/forecast?station=north-shore&from=2026-05-18&to=2026-05-24',
  '| gauge | level |\n|---|---|\n| 07 | 1.82 m |\n| 08 | 1.80 m |',
  '照片我晚上传。这里信号太弱了。 🪨🌊',
];

/** 16 KB that cost a careless Markdown parser seconds. */
export const HOSTILE = '_a*'.repeat(5_461);
