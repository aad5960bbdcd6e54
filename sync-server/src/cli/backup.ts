import { backUpEmbedded } from '../platform/embeddedBackup.ts';
import { runCommand } from './command.ts';

// npm run backup -- <file>
runCommand(async ({ database }, [file]) => {
  if (database.url !== undefined) {
    throw new Error(
      'This server uses PostgreSQL: back it up with pg_dump --format=custom --file=<file> "$DATABASE_URL".',
    );
  }
  if (file === undefined) throw new Error('Usage: npm run backup -- <file>');
  await backUpEmbedded(database.dataDir, file);
  console.log(`Backed up ${database.dataDir} to ${file}.`);
});
