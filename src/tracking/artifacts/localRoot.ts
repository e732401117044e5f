import { posix, win32 } from 'node:path';
import { unquote } from './artifactPath.ts';

/** The scheme of a URI in lower case; undefined for a plain path, also one with a drive letter. */
export const schemeOf = (uri: string) => /^([a-z][a-z\d+.-]+):/i.exec(uri)?.[1]?.toLowerCase();

/**
 * The directory that a plain path or a `file:` URI means to MLflow (`mlflow.utils.file_utils.local_file_uri_to_path`):
 * percent escapes are decoded in both, raw blanks are taken as they are, and a raw `?` or `#` ends a URI. A host is
 * ignored, except on Windows, where it makes a UNC path. The result may be relative, as MLflow 1.x wrote it.
 */
export function localRoot(uri: string, platform: NodeJS.Platform = process.platform): string {
  const isUri = schemeOf(uri) === 'file';
  const [, host = '', rest = ''] = isUri
    ? (/^file:(?:\/\/([^/?#]*))?([^?#]*)/i.exec(uri) ?? [])
    : ['', '', uri];
  const path = unquote(rest);
  if (platform !== 'win32') return posix.normalize(path);
  if (host !== '' && host !== 'localhost') return win32.normalize(`\\\\${host}${path}`);
  return win32.normalize(path.replace(/^\/+(?=[a-z]:)/i, ''));
}
