const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad)\b/, '$1'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];
// In this order: browsers also claim to be the ones they descend from.
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?(?:iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+.*\bSafari\//, 'Safari'],
];
const MAX_LENGTH = 60;

/** "Firefox on Windows": how the session list names a device, from its User-Agent. */
export function deviceName(userAgent: string | undefined): string {
  if (userAgent === undefined) return 'Unknown device';
  const program = firstMatch(PROGRAMS, userAgent);
  const system = firstMatch(SYSTEMS, userAgent);
  if (program !== undefined) return system === undefined ? program : `${program} on ${system}`;
  // A program that is no browser: the product it names first, "curl/8.5.0".
  const product = /^[\w.-]+(?:\/[\w.-]+)?/.exec(userAgent)?.[0] ?? 'Unknown device';
  return product.slice(0, MAX_LENGTH);
}

function firstMatch(
  table: readonly (readonly [RegExp, string])[],
  userAgent: string,
): string | undefined {
  for (const [pattern, name] of table) {
    const match = pattern.exec(userAgent);
    if (match !== null) return name === '$1' ? match[1] : name;
  }
  return undefined;
}
