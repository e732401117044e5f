import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isBusy } from './sqliteError.ts';

/** What SQLite stores; integers beyond 2^53 are bigints. */
export type SqlValue = string | number | bigint | null;
export type SqlRow = readonly SqlValue[];

const maxStatements = 200;

/** KiB, used as far as the file needs it: searches look up rows all over the indexes of a large store. */
const cacheSize = 65_536;

/** One open SQLite database, with statements prepared once and rows as arrays. For worker threads: every call blocks. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #lockTimeout: number;
  /** By SQL text, least recently used first. */
  readonly #statements = new Map<string, StatementSync>();

  /** @param path an existing file (it is never created), or `:memory:`. @param lockTimeout milliseconds to wait for locks */
  constructor(path: string, lockTimeout: number) {
    this.#database = new DatabaseSync(path === ':memory:' ? path : existingFile(path));
    this.#lockTimeout = lockTimeout;
    try {
      // The `timeout` option of node:sqlite is ignored by some versions; MLflow sets the next two for each session.
      this.exec(`
        PRAGMA busy_timeout = ${lockTimeout};
        PRAGMA foreign_keys = ON;
        PRAGMA case_sensitive_like = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -${cacheSize};
      `);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  rows(sql: string, ...parameters: SqlValue[]): SqlRow[] {
    return this.#all(sql, parameters);
  }

  /** For statements with `?1`, `?2`, …, which node:sqlite before 24 can't bind by position. */
  rowsNumbered(sql: string, parameters: readonly SqlValue[]): SqlRow[] {
    return this.#all(sql, [Object.fromEntries(parameters.map((value, index) => [`?${index + 1}`, value]))]);
  }

  row(sql: string, ...parameters: SqlValue[]): SqlRow | undefined {
    return this.rows(sql, ...parameters)[0];
  }

  /** @returns how many rows were changed */
  run(sql: string, ...parameters: SqlValue[]): number {
    return Number(this.prepare(sql).run(...parameters).changes);
  }

  /** @returns the id of the row that was inserted */
  insert(sql: string, ...parameters: SqlValue[]): number {
    return Number(this.prepare(sql).run(...parameters).lastInsertRowid);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Takes the write lock if it is free. Never waits: whoever calls it decides what to do in the meantime. */
  tryBeginWrite(): boolean {
    this.exec('PRAGMA busy_timeout = 0');
    try {
      this.exec('BEGIN IMMEDIATE');
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    } finally {
      this.exec(`PRAGMA busy_timeout = ${this.#lockTimeout}`);
    }
  }

  /** Does nothing where SQLite has rolled back by itself, as after a full disk. */
  rollback(): void {
    if (this.inTransaction) this.exec('ROLLBACK');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** For loops that run one statement many times. It stays valid. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement) {
      this.#statements.delete(sql);
    } else {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      const [oldest] = this.#statements.keys();
      if (this.#statements.size >= maxStatements && oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  #all(sql: string, parameters: readonly (SqlValue | Record<string, SqlValue>)[]): SqlRow[] {
    const statement = this.prepare(sql);
    // The types of node:sqlite know named parameters only as the first of an overload.
    const all = () => statement.all(...(parameters as SqlValue[])) as unknown as SqlRow[];
    try {
      return all();
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
    }
    statement.setReadBigInts(true);
    try {
      return all().map(row => row.map(narrow));
    } finally {
      statement.setReadBigInts(false);
    }
  }
}

/** `mode=rw` keeps SQLite from creating a file that was deleted a moment ago. */
function existingFile(path: string): string {
  // SQLite takes no authority: a UNC path's server belongs into the path, after four slashes.
  return `${pathToFileURL(path).href.replace(/^file:\/\/(?=[^/])/, 'file:////')}?mode=rw`;
}

const isOutOfRange = (thrown: unknown) =>
  thrown instanceof RangeError ||
  (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_OUT_OF_RANGE');

const narrow = (value: SqlValue): SqlValue =>
  typeof value === 'bigint' && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
    ? Number(value)
    : value;
