import { isAbsolute, resolve, sep } from 'node:path';

const uriPattern = /^([a-zA-Z][a-zA-Z0-9+.-]+:)(\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?$/s;

/**
 * `base`, a URI or a path, with segments appended to its path; a query or fragment stays at the end
 * (`mlflow.utils.uri.append_to_uri_path`).
 */
export function appendUriPath(base: string, ...segments: string[]): string {
  const suffix = segments.join('/');
  const join = (path: string) => (path === '' || path.endsWith('/') ? path : `${path}/`) + suffix;
  const parts = uriPattern.exec(base);
  if (!parts) return join(base);
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = parts;
  return scheme + authority + join(path === '' && authority !== '' ? '/' : path) + query + fragment;
}

/** A relative path as an absolute one in `base`, anything else as it is (`mlflow.utils.uri.resolve_uri_if_local`). */
export function resolveLocation(location: string, base: string): string {
  if (uriPattern.test(location) || isAbsolute(location)) return location;
  const path = resolve(base, location).split(sep).join('/');
  return process.platform === 'win32' ? `file:///${path}` : path;
}
