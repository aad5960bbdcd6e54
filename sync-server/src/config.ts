import * as z from 'zod';

z.config(z.locales.en());

const Env = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Embedded database and uploaded files. */
  DATA_DIR: z.string().min(1).default('./data'),
  /** Folder of the built app that people get. Absent: the one in this checkout. */
  CLIENT_DIR: z.string().min(1).optional(),
  /** Absent: the embedded database in DATA_DIR. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Absent: processes on one PostgreSQL tell each other through the database. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Where people reach the app, when a proxy stands before it. Absent: the request's Host. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Believe X-Forwarded-For and X-Forwarded-Proto. Only behind a proxy of yours. */
  TRUST_PROXY: z.stringbool().default(false),
  /** Messages a person may send at once before pacing starts. */
  SEND_BURST: z.coerce.number().int().min(1).default(300),
  /** Messages a person may send per second after that. */
  SEND_PER_SECOND: z.coerce.number().positive().default(10),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Config = ReturnType<typeof loadConfig>;

/** Lists every bad variable in one message, before anything is opened. */
export function loadConfig(source: Record<string, string | undefined>) {
  // An empty variable is an absent one: compose files and .env write them that way.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = Env.safeParse(given);
  if (!parsed.success) throw new Error(`Bad environment:\n${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  return {
    http: {
      port: env.PORT,
      host: env.HOST,
      publicUrl: env.PUBLIC_URL,
      trustProxy: env.TRUST_PROXY,
      clientDirectory: env.CLIENT_DIR,
    },
    database: { url: env.DATABASE_URL, dataDir: env.DATA_DIR },
    redisUrl: env.REDIS_URL,
    pacing: { burst: env.SEND_BURST, perSecond: env.SEND_PER_SECOND },
    logLevel: env.LOG_LEVEL,
  };
}
