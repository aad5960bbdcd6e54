export const app = {
  'app.cancel': 'Cancel',
  'app.close': 'Close',
  'app.showCharacters': 'Show what I type',
  'app.hideCharacters': 'Hide what I type',
} as const;
