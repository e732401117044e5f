import { invalid } from '../../errors.ts';
import { decodeToken } from '../pageToken.ts';
import type { HistoryPosition, PointRow } from './metricHistory.ts';

/** Names the last point of a page, so that points which are logged meanwhile shift nothing. 64-bit integers as text. */
export function historyTokenOf([
  value = null,
  timestamp = null,
  step = null,
  isNaN = null,
]: PointRow): string {
  const after = [String(timestamp), String(step), value, isNaN];
  return Buffer.from(JSON.stringify({ after })).toString('base64');
}

export function positionOf(pageToken: string | undefined): HistoryPosition | undefined {
  if (pageToken === undefined || pageToken === '') return undefined;
  const { after } = decodeToken(pageToken) as { after?: unknown };
  if (Array.isArray(after) && after.length === 4) {
    const [timestamp, step, value, isNaN] = after as unknown[];
    const integer = (text: unknown) =>
      typeof text === 'string' && /^-?\d{1,19}$/.test(text) ? BigInt(text) : null;
    const [time, at] = [integer(timestamp), integer(step)];
    if (time !== null && at !== null && typeof value === 'number' && typeof isNaN === 'number') {
      return [time, at, value, isNaN];
    }
  }
  throw invalid(`"${pageToken}" is not a page token of a metric's history: start again from the first page.`);
}
