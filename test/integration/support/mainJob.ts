import { readFile, writeFile } from 'node:fs/promises';
import { inWorkspace } from './extension.ts';

/** What the tests before the reload tell those after it. */
export interface Kept {
  /** When the artifact slow.bin was written, milliseconds since the epoch. */
  readonly slowArrived: number;
}

const file = () => inWorkspace('.kept.json').fsPath;

export const keepForNextPhase = (kept: Kept) => writeFile(file(), JSON.stringify(kept));
export const keptFromLastPhase = async () => JSON.parse(await readFile(file(), 'utf8')) as Kept;
