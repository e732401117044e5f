import { closeSync, linkSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { v4 as uuid } from 'uuid';
import { fileError, systemCode } from '../../fileError.ts';
import { invalid } from '../../errors.ts';
import { appendUriPath } from '../artifactLocation.ts';
import { freshRevision, freshSchema } from './schema.ts';

/**
 * Makes a store at `path`, complete before anyone can see it: in a file of its own, then linked to its name. MLflow
 * crashes when it finds a schema that is still being made, so it must never see one. Does nothing where the name is
 * taken. Parent folders are made, as MLflow makes them.
 */
export function createStore(path: string, artifactRoot: string): void {
  const attempt = <T>(step: () => T): T => {
    try {
      return step();
    } catch (error) {
      throw systemCode(error) === 'ERR_SQLITE_ERROR'
        ? error
        : fileError(error, `Can't create the tracking store "${path}"`);
    }
  };
  attempt(() => {
    makeFolder(dirname(path));
  });
  const temporary = join(dirname(path), `.${basename(path)}.${uuid()}`);
  try {
    attempt(() => {
      claim(temporary);
    });
    fillStore(temporary, artifactRoot);
    if (attempt(() => publish(temporary, path)) === 'unsupported') {
      attempt(() => {
        claim(path);
      });
      fillStore(path, artifactRoot);
    }
  } finally {
    rmSync(temporary, { force: true });
    rmSync(`${temporary}-journal`, { force: true });
  }
}

/** Puts MLflow's first tables and its experiment "Default" into the database at `path`, unless it has tables already. */
export function fillStore(path: string, artifactRoot: string): void {
  const now = Date.now();
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 20000; BEGIN EXCLUSIVE');
    if (database.prepare('SELECT 1 FROM sqlite_master').get() === undefined) {
      database.exec(freshSchema);
      database.prepare('INSERT INTO alembic_version VALUES (?)').run(freshRevision);
      database
        .prepare(`INSERT INTO experiments VALUES (0, 'Default', ?, 'active', ?, ?)`)
        .run(appendUriPath(artifactRoot, '0'), now, now);
    }
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw invalid(
      `There can't be a folder "${folder}": a part of that path is a file. Choose another tracking URI.`,
    );
  }
}

/** Makes an empty file, which nobody can have open yet, so that closing it drops no locks. */
const claim = (path: string) => {
  closeSync(openSync(path, 'wx'));
};

function publish(temporary: string, path: string): 'done' | 'unsupported' {
  try {
    linkSync(temporary, path);
    return 'done';
  } catch (error) {
    switch (systemCode(error)) {
      case 'EEXIST':
        return 'done';
      case 'EPERM':
      case 'ENOTSUP':
      case 'EOPNOTSUPP':
      case 'ENOSYS':
        // FAT and some network file systems have no hard links.
        return 'unsupported';
      default:
        throw error;
    }
  }
}
