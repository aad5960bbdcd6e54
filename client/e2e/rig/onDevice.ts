import type { Page } from '@playwright/test';

/** Where on this device words lie: `database/store` of each, bytes included. */
export function findOnDevice(page: Page, words: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error('not readable', { cause: request.error }));
        };
      });
    const textOf = (value: unknown): string => {
      if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value);
      if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
      if (typeof value !== 'object' || value === null) return String(value);
      return Object.entries(value).flat().map(textOf).join('\n');
    };
    const found: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = await settled(database.transaction(store).objectStore(store).getAll());
        if (textOf(rows).includes(wanted)) found.push(`${name}/${store}`);
      }
      database.close();
    }
    return found;
  }, words);
}
