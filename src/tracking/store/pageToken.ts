import { invalid } from '../errors.ts';

/** MLflow's page token: base64 of `{"offset": N}` (`SearchUtils.create_page_token`). */
export const pageTokenOf = (offset: number) => Buffer.from(JSON.stringify({ offset })).toString('base64');

/** @throws TrackingError INVALID_PARAMETER_VALUE for what is not a token of `pageTokenOf` or of MLflow */
export function offsetOf(pageToken: string | undefined): number {
  if (pageToken === undefined || pageToken === '') return 0;
  const { offset } = decodeToken(pageToken) as { offset?: unknown };
  if (Number.isSafeInteger(offset) && (offset as number) > 0) return offset as number;
  throw invalid(`"${pageToken}" is not a page token: start again from the first page.`);
}

/** The JSON object inside a token. */
export function decodeToken(pageToken: string): object {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(pageToken, 'base64').toString());
    if (typeof decoded === 'object' && decoded !== null) return decoded;
  } catch {
    // Not JSON: refused below like everything else that is no token.
  }
  throw invalid(`"${pageToken}" is not a page token: start again from the first page.`);
}

/** @throws TrackingError unless 1 to 50,000 (`SEARCH_MAX_RESULTS_THRESHOLD`) */
export function validateMaxResults(maxResults: number): void {
  if (Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= 50_000) return;
  throw invalid(`A page holds 1 to 50,000 results, not ${maxResults}.`);
}
