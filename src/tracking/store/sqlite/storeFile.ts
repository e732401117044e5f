import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '../../fileError.ts';
import { invalid, TrackingError } from '../../errors.ts';
import type { StoreAccess } from '../trackingStore.ts';
import { Connection } from './connection.ts';
import { createStore, fillStore } from './createStore.ts';
import { datasetStandIns, dropTemporary, freshSchema, ourExperiments } from './schema.ts';
import { type Features, readSchema, type SchemaState } from './schemaState.ts';
import { toTrackingError } from './sqliteError.ts';

/** What a query works with, within one transaction. */
export interface Session {
  readonly db: Connection;
  readonly features: Features;
  readonly artifactRoot: string;
}

/** Thrown where a migration or a creation by another process seems to be under way: try again in a moment. */
export class UnfinishedSchema extends TrackingError {}

const unfinishedAfter = 10_000;
const emptyFileIsNobodys = 3_000;

interface OpenFile {
  readonly db: Connection;
  /** Device and inode: another file under the same name is another store. */
  readonly identity: string;
  readonly generation: number;
  schema: SchemaState;
  schemaVersion: number;
}

/**
 * The database file under a path, through whatever happens to it: it may be absent, appear, be replaced, be deleted, be
 * migrated by MLflow. An absent or empty one reads as a store with nothing in it, and is made by the first write. The
 * file is never opened but by SQLite: closing any other descriptor of it would drop SQLite's POSIX locks.
 */
export class StoreFile {
  readonly path: string;
  readonly #artifactRoot: string;
  readonly #lockTimeout: number;
  readonly #nothing: Session;
  #open: OpenFile | undefined;
  #generation = 0;

  constructor(path: string, artifactRoot: string, lockTimeout: number) {
    this.path = path;
    this.#artifactRoot = artifactRoot;
    this.#lockTimeout = lockTimeout;
    const db = new Connection(':memory:', 0);
    db.exec(freshSchema + datasetStandIns);
    this.#nothing = {
      db,
      features: {
        access: { writable: true },
        workspaces: false,
        datasets: false,
        stepIndex: false,
        metricsIndex: undefined,
      },
      artifactRoot,
    };
  }

  /** Runs `work` in a read transaction: it sees one state of the store, and nobody can commit until it returns. */
  read<T>(work: (session: Session) => T): T {
    try {
      for (;;) {
        const open = this.#current();
        if (!open) return work(this.#nothing);
        open.db.exec('BEGIN');
        try {
          if (schemaVersionOf(open.db) === open.schemaVersion)
            return work(this.#sessionOf(open) ?? this.#nothing);
        } finally {
          open.db.rollback();
        }
        this.#look(open);
      }
    } catch (error) {
      throw toTrackingError(error, this.path);
    }
  }

  /**
   * Begins a write transaction, having made the store if need be. The caller ends it with `db.exec('COMMIT')`.
   * @returns undefined if another process holds the lock
   * @throws TrackingError if the store can't be written
   */
  beginWrite(): Session | undefined {
    try {
      for (let created = false; ;) {
        const open = this.#current();
        if (!open) {
          if (created) throw leadsNowhere(this.path);
          createStore(this.path, this.#artifactRoot);
          created = true;
          continue;
        }
        this.#requireWritable();
        if (!open.db.tryBeginWrite()) return undefined;
        const session = this.#writable(open);
        if (session) return session;
        open.db.rollback();
        this.#look(open);
        if (open.schema.kind === 'empty') this.#fill();
      }
    } catch (error) {
      throw toTrackingError(error, this.path);
    }
  }

  access(): StoreAccess {
    return this.read(({ features }) => {
      if (!features.access.writable) return features.access;
      try {
        this.#requireWritable();
        return { writable: true };
      } catch (error) {
        if (error instanceof TrackingError) return { writable: false, reason: error.message };
        throw error;
      }
    });
  }

  /** Differs from the last one if somebody else has committed, or the file has appeared, gone or been replaced. */
  changeToken(): string {
    try {
      const open = this.#current();
      return open ? `${open.generation}:${String(open.db.row('PRAGMA data_version')?.[0])}` : 'absent';
    } catch (error) {
      throw toTrackingError(error, this.path);
    }
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
  }

  /** The file that has the name now; undefined if none has. */
  #current(): OpenFile | undefined {
    const stat = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const identity = stat && `${stat.dev}:${stat.ino}`;
    if (identity !== this.#open?.identity) this.close();
    if (identity === undefined || stat === undefined) return undefined;
    if (stat.isDirectory())
      throw invalid(`"${this.path}" is a folder, not a tracking store: choose another tracking URI.`);
    if (!this.#open) {
      const db = new Connection(this.path, this.#lockTimeout);
      const open = {
        db,
        identity,
        generation: ++this.#generation,
        schema: { kind: 'empty' } as const,
        schemaVersion: NaN,
      };
      try {
        this.#look(open);
      } catch (error) {
        db.close();
        throw error;
      }
      this.#open = open;
    }
    return this.#open;
  }

  #look(open: OpenFile): void {
    open.db.exec(`${dropTemporary} BEGIN`);
    try {
      open.schemaVersion = schemaVersionOf(open.db);
      open.schema = readSchema(open.db, this.path);
    } finally {
      open.db.rollback();
    }
    if (open.schema.kind !== 'ready') return;
    if (!open.schema.datasets) open.db.exec(datasetStandIns);
    if (open.schema.workspaces) open.db.exec(ourExperiments);
  }

  #sessionOf({ db, schema }: OpenFile): Session | undefined {
    switch (schema.kind) {
      case 'empty':
        return undefined;
      case 'ready':
        return { db, features: schema, artifactRoot: this.#artifactRoot };
      case 'unusable':
        throw schema.unfinished && this.#age() < unfinishedAfter
          ? new UnfinishedSchema('INVALID_STATE', schema.reason)
          : new TrackingError('INVALID_STATE', schema.reason);
    }
  }

  /** The session of the write transaction that has begun; undefined if the schema must be looked at again, or made. */
  #writable(open: OpenFile): Session | undefined {
    try {
      if (schemaVersionOf(open.db) !== open.schemaVersion) return undefined;
      const session = this.#sessionOf(open);
      if (!session || session.features.access.writable) return session;
      throw new TrackingError('INVALID_STATE', session.features.access.reason);
    } catch (error) {
      open.db.rollback();
      throw error;
    }
  }

  /** An empty file may be MLflow's, about to be filled: filling it at the same time would break MLflow's migrations. */
  #fill(): void {
    if (this.#age() < emptyFileIsNobodys) {
      throw new UnfinishedSchema(
        'INVALID_STATE',
        `The tracking store "${this.path}" is being created by another program.`,
      );
    }
    fillStore(this.path, this.#artifactRoot);
  }

  /** Milliseconds since the file was last written to. */
  #age(): number {
    return Date.now() - (statSync(this.path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  }

  /** SQLite needs to write the file and, for its journal, the folder. */
  #requireWritable(): void {
    try {
      const file = firstThatExists(this.path);
      accessSync(file, constants.W_OK);
      if (file === this.path) accessSync(dirname(realpathSync(file)), constants.W_OK);
    } catch (error) {
      throw fileError(error, `The tracking store "${this.path}" can be read, but not written`);
    }
  }
}

/** The name is taken, and yet there is no file: a symbolic link without a target. */
const leadsNowhere = (path: string) =>
  invalid(`"${path}" is a link that leads nowhere: remove it, or choose another tracking URI.`);

const schemaVersionOf = (db: Connection) => Number(db.row('PRAGMA main.schema_version')?.[0]);

function firstThatExists(path: string): string {
  for (let candidate = path; ; candidate = dirname(candidate)) {
    if (statSync(candidate, { throwIfNoEntry: false }) || candidate === dirname(candidate)) return candidate;
  }
}
