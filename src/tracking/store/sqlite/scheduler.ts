import { GroupCommit } from './groupCommit.ts';
import { type Handler, hasWaited, type Job, refusal } from './job.ts';
import type { FromWorker, Request } from './protocol.ts';
import { type FileQuestions, reads, writes } from './requests.ts';
import { toTrackingError } from './sqliteError.ts';
import { type Session, type StoreFile, UnfinishedSchema } from './storeFile.ts';

const readHandlers: Readonly<Record<string, Handler>> = reads as never;
const unfinishedDelay = 50;

/**
 * Decides what SQLite does next. Reads and commits take turns, so that neither waits behind a queue of the other, and
 * reads in pieces take turns among themselves.
 */
export class Scheduler {
  readonly #file: StoreFile;
  readonly #lockTimeout: number;
  readonly #respond: (responses: FromWorker) => void;
  readonly #commits: GroupCommit;
  readonly #questions: FileQuestions;
  #reads: Job[] = [];
  readonly #writes: Job[] = [];
  #turn: 'read' | 'write' = 'read';
  #scheduled = false;
  #rest: NodeJS.Timeout | undefined;

  constructor(file: StoreFile, lockTimeout: number, respond: (responses: FromWorker) => void) {
    this.#file = file;
    this.#lockTimeout = lockTimeout;
    this.#respond = respond;
    this.#commits = new GroupCommit(file, lockTimeout);
    this.#questions = { access: () => file.access(), changeToken: () => file.changeToken() };
  }

  add(requests: readonly Request[]): void {
    for (const request of requests)
      (request.name in writes ? this.#writes : this.#reads).push({ ...request });
    this.#schedule();
  }

  /** Drops reads, also half-done ones. Writes stay: they were accepted. */
  cancel(ids: readonly number[]): void {
    if (ids.length > 0) this.#reads = this.#reads.filter(({ id }) => !ids.includes(id));
  }

  get #writesAreDue(): boolean {
    return this.#writes.length > 0 && this.#rest === undefined;
  }

  /** One piece of work an immediate: between two of them messages come in, cancellations among them. */
  #schedule(): void {
    if (this.#reads.length === 0 && !this.#writesAreDue) return;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#writesAreDue && (this.#turn === 'write' || this.#reads.length === 0)) this.#write();
      else this.#read();
      this.#schedule();
    });
  }

  #write(): void {
    this.#turn = 'read';
    const { responses, rest } = this.#commits.run(this.#writes);
    if (responses.length > 0) this.#respond(responses);
    if (rest === 0) return;
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#schedule();
    }, rest);
  }

  #read(): void {
    this.#turn = 'write';
    const job = this.#reads.shift();
    if (!job) return;
    try {
      const result = this.#nextPiece(job);
      if (job.rest) this.#reads.push(job);
      else this.#respond([{ id: job.id, result }]);
    } catch (error) {
      if (error instanceof UnfinishedSchema && !hasWaited(job, this.#lockTimeout)) this.#readLater(job);
      else this.#respond([refusal(job, toTrackingError(error, this.#file.path))]);
    }
  }

  /** Leaves `job.rest` set if there is more to do. */
  #nextPiece(job: Job): unknown {
    if (job.name === 'access' || job.name === 'changeToken') return this.#questions[job.name]();
    return this.#file.read((session: Session) => {
      const outcome = job.rest ?? readHandlers[job.name]?.(session, ...job.args);
      if (!isGenerator(outcome)) return outcome;
      const piece = outcome.next(session);
      job.rest = outcome;
      if (piece.done) delete job.rest;
      return piece.value;
    });
  }

  #readLater(job: Job): void {
    setTimeout(() => {
      this.#reads.push(job);
      this.#schedule();
    }, unfinishedDelay);
  }
}

const isGenerator = (value: unknown): value is Generator<unknown, unknown, Session> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;
