import { posix } from 'node:path';
import { schemeOf } from '../tracking/artifacts/localRoot.ts';

/** A tracking URI in a few words, without credentials: `sqlite · mlflow.db`, `files · mlruns`, `tracking.example:5000`. */
export function storeLabel(uri: string): string {
  const scheme = schemeOf(uri);
  if (scheme === 'http' || scheme === 'https') return URL.parse(uri)?.host ?? uri;
  const name = posix.basename(uri.replaceAll('\\', '/').replace(/[?#].*$/, ''));
  return `${scheme === undefined || scheme === 'file' ? 'files' : scheme} · ${decoded(name)}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
