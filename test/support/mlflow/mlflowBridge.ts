import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type MlflowVersion, pythonOf } from './python.ts';

/** The operations of bridge.py and their keyword arguments. */
export type BridgeCall = readonly [operation: string, args?: Readonly<Record<string, unknown>>];

/** What MLflow raised: `errorCode` is MLflow's, or PYTHON_ERROR for anything else that Python raised. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly errorCode: string;

  constructor(errorCode: string, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** One Python process with one MLflow, that performs operations of `MlflowClient` on any tracking URI. */
export class MlflowBridge implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #stderr = '';
  /** Batches take turns: each waits for the answer to the one before. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#closed = once(process, 'close');
    this.#answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
  }

  /** @param directory the current directory of the process: artifacts go into its `mlruns` by default */
  static async start(version: MlflowVersion, directory: string): Promise<MlflowBridge> {
    const env = { ...process.env, PYTHONUTF8: '1', MLFLOW_DISABLE_TELEMETRY: 'true' };
    const bridge = join(import.meta.dirname, 'bridge.py');
    return new MlflowBridge(spawn(await pythonOf(version), [bridge], { env, cwd: directory }));
  }

  /** All that MLflow has said so far, its log included. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Performs one operation. @throws BridgeError for what MLflow refuses */
  async call<T = unknown>(uri: string, ...call: BridgeCall): Promise<T> {
    const [result] = await this.batch<T>(uri, [call]);
    if (result instanceof BridgeError) throw result;
    return result as T;
  }

  /** Performs operations one after the other, in one exchange of messages; what is refused stands in its place. */
  batch<T = unknown>(uri: string, calls: readonly BridgeCall[]): Promise<(T | BridgeError)[]> {
    const answer = this.#turn.then(() => this.#exchange(uri, calls));
    this.#turn = answer.catch(() => undefined);
    return answer as Promise<(T | BridgeError)[]>;
  }

  async #exchange(uri: string, calls: readonly BridgeCall[]): Promise<unknown[]> {
    const message = { uri, calls: calls.map(([operation, args = {}]) => [operation, args]) };
    this.#process.stdin.write(`${JSON.stringify(message, encode)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw new Error(`MLflow's process has ended.\n${this.#stderr}`);
    const results = JSON.parse(line.value, decode) as readonly Answer[];
    return results.map(result =>
      'error' in result ? new BridgeError(result.error, result.message) : result.value,
    );
  }

  /** Ends the process; then `stderr` is complete. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await this.#closed;
  }
}

type Answer = { readonly value: unknown } | { readonly error: string; readonly message: string };

/** The objects that stand for what JSON can't hold; the same in bridge.py. */
function encode(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $float: String(value) };
  return value;
}

function decode(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$int' in value) return BigInt(String(value.$int));
  if ('$float' in value) return { 'nan': NaN, 'inf': Infinity, '-inf': -Infinity }[String(value.$float)];
  return value;
}
