import { type Handler, hasWaited, type Job, refusal } from './job.ts';
import type { FromWorker, Response } from './protocol.ts';
import { writes } from './requests.ts';
import { lockedError, toTrackingError } from './sqliteError.ts';
import { type Session, type StoreFile, UnfinishedSchema } from './storeFile.ts';

const handlers: Readonly<Record<string, Handler>> = writes as never;

/** No transaction takes more requests after so many milliseconds: a trainer may be waiting to write. */
const longestTransaction = 50;
/**
 * After the lock was ours for so long with no pause to speak of, others get one in which they find it free: SQLite has
 * no queue for it, they ask again and again, up to 100 ms apart. A longer one if they are known to be there.
 */
const longestHold = 100;
const pause = 5;
const pauseForOthers = 25;
const othersAreThereFor = 2000;
const longestRetryDelay = 50;

/**
 * Commits writes in their order, as many together as there are, each in a savepoint, so that a refused one takes
 * nothing else with it. Nothing is answered before the commit.
 */
export class GroupCommit {
  readonly #file: StoreFile;
  readonly #lockTimeout: number;
  #attempts = 0;
  #held = 0;
  #released = 0;
  #othersSeen = -Infinity;

  constructor(file: StoreFile, lockTimeout: number) {
    this.#file = file;
    this.#lockTimeout = lockTimeout;
  }

  /**
   * Takes what it has dealt with from the front of `queue`.
   * @returns the answers, and how many milliseconds to leave the file alone
   */
  run(queue: Job[]): { readonly responses: FromWorker; readonly rest: number } {
    let session: Session | undefined;
    let obstacle = lockedError(this.#file.path);
    try {
      session = this.#file.beginWrite();
    } catch (error) {
      obstacle = toTrackingError(error, this.#file.path);
      if (!(error instanceof UnfinishedSchema)) {
        return { responses: queue.splice(0).map(job => refusal(job, obstacle)), rest: 0 };
      }
    }
    if (!session) {
      this.#othersSeen = performance.now();
      const tired = queue.filter(job => hasWaited(job, this.#lockTimeout)).length;
      // Jitter, so that two windows do not ask in step.
      const delay = Math.min(2 ** this.#attempts++, longestRetryDelay) * (0.5 + Math.random());
      return { responses: queue.splice(0, tired).map(job => refusal(job, obstacle)), rest: delay };
    }
    this.#attempts = 0;
    return this.#transact(session, queue);
  }

  #transact(session: Session, queue: Job[]) {
    const { db } = session;
    const begun = performance.now();
    const taken: Job[] = [];
    let responses: Response[] = [];
    try {
      for (let job = queue.shift(); job; job = queue.shift()) {
        taken.push(job);
        responses.push(this.#apply(session, job));
        if (performance.now() - begun > longestTransaction) break;
      }
      db.exec('COMMIT');
    } catch (error) {
      // A full disk or a failing one: SQLite may have rolled back everything by itself already.
      db.rollback();
      const failure = toTrackingError(error, this.#file.path);
      responses = taken.map(job => refusal(job, failure));
    }
    return { responses, rest: this.#restAfter(begun) };
  }

  /** @throws what ended the whole transaction */
  #apply(session: Session, job: Job): Response {
    const { db } = session;
    db.run('SAVEPOINT request');
    try {
      const result = handlers[job.name]?.(session, ...job.args);
      db.run('RELEASE request');
      return { id: job.id, result };
    } catch (error) {
      if (!db.inTransaction) throw error;
      db.run('ROLLBACK TO request');
      db.run('RELEASE request');
      return refusal(job, toTrackingError(error, this.#file.path));
    }
  }

  #restAfter(begun: number): number {
    if (begun - this.#released >= pause) this.#held = 0;
    this.#released = performance.now();
    this.#held += this.#released - begun;
    if (this.#held < longestHold) return 0;
    this.#held = 0;
    return this.#released - this.#othersSeen < othersAreThereFor ? pauseForOthers : pause;
  }
}
