export const app = {
  'app.cancel': 'Cancel',
  'app.close': 'Close',
  'app.showCharacters': 'Show what I type',
  'app.hideCharacters': 'Hide what I type',
  'app.unreachable': 'The server cannot be reached. This step needs a connection.',
  'app.bug': 'Something went wrong in Skerry. Try again; if it stays, reload the page.',
  'app.tryAgainIn': {
    one: 'Too many tries. Try again in a minute.',
    other: 'Too many tries. Try again in {count} minutes.',
  },
} as const;
