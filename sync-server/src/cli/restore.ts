import { openDatabase } from '../platform/database.ts';
import { renewEpoch, restoreEmbedded } from '../platform/embeddedBackup.ts';
import { runCommand } from './command.ts';

// npm run restore -- <file>
runCommand(async ({ database }, [file]) => {
  if (database.url !== undefined) {
    await afterPgRestore(database, file);
    return;
  }
  if (file === undefined) throw new Error('Usage: npm run restore -- <file>');
  const before = await restoreEmbedded(database.dataDir, file);
  console.log(`Restored ${file} into ${database.dataDir}.`);
  if (before !== undefined) console.log(`What was there before is kept in ${before}.`);
});

/** PostgreSQL restores itself; what is left to do is to tell devices that time has been turned back. */
async function afterPgRestore(
  at: { url: string | undefined; dataDir: string },
  file: string | undefined,
): Promise<void> {
  if (file !== undefined) {
    throw new Error(
      'This server uses PostgreSQL: stop it, run pg_restore --clean --if-exists --dbname="$DATABASE_URL" <file>, then npm run restore without a file.',
    );
  }
  const db = await openDatabase(at);
  try {
    await renewEpoch(db.kysely);
    console.log('Marked the database as restored: devices will send again what it lost.');
  } finally {
    await db.close();
  }
}
