import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../src/platform/database.ts';
import { startPostgres } from './throwawayPostgres.ts';

const TEMPLATE = 'skerry_template';

/** Migrates one template database on TEST_DATABASE_URL, or on a throw-away server; each file copies it. */
export async function setup(project: TestProject) {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given === undefined ? await startPostgres() : undefined;
  const adminUrl = given ?? server?.url ?? '';
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`drop database if exists ${TEMPLATE}`);
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const templateUrl = new URL(adminUrl);
  templateUrl.pathname = `/${TEMPLATE}`;
  const template = await openDatabase({ url: templateUrl.href, dataDir: '' });
  await template.close();
  project.provide('databaseSource', { kind: 'postgres', adminUrl, template: TEMPLATE });
  return async () => {
    await server?.stop();
  };
}
