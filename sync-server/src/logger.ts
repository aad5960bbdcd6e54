import { pino, type DestinationStream, type Logger } from 'pino';

/** JSON lines on standard output. Ids and sizes only: text, tokens and Yjs bytes never reach a log. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    // A second net behind that rule.
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const SECRET_FIELDS = [
  'text',
  'password',
  'token',
  'ticket',
  'cookie',
  'authorization',
  'update',
  'payload',
];
